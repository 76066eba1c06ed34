using System.Runtime.InteropServices;
using System.Text;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

public sealed partial class PacketBuilder
{
    private byte _protocol = IpProtocol.NoNext;
    private byte[] _header = [];
    private byte[] _payload = [];
    private ushort? _checksum;
    private bool _badChecksum;
    private bool _partialChecksum;
    private int? _udpLength;

    /// <summary>A TCP segment.</summary>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="flags">Bits of <see cref="TcpFlag"/>.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="acknowledgment">Acknowledgment number.</param>
    public PacketBuilder Tcp(int sourcePort, int destinationPort, byte flags = TcpFlag.Ack, uint sequence = 1000, uint acknowledgment = 0)
    {
        _protocol = IpProtocol.Tcp;
        _header = new byte[TcpHeader.Bytes];
        Put16(_header, 0, sourcePort);
        Put16(_header, 2, destinationPort);
        Put32(_header, 4, sequence);
        Put32(_header, 8, acknowledgment);
        _header[12] = 0x50;
        _header[13] = flags;
        Put16(_header, 14, 0xFFFF);
        return this;
    }

    /// <summary>Adds TCP options, filled up to whole words with "end of options".</summary>
    public PacketBuilder TcpOptions(params byte[] options)
    {
        _header = [.. _header, .. options, .. new byte[-options.Length & 3]];
        _header[12] = (byte)(_header.Length / 4 << 4);
        return this;
    }

    /// <summary>Adds TCP's maximum segment size option (RFC 9293 section 3.7.1).</summary>
    public PacketBuilder Mss(int bytes) => TcpOptions(2, 4, (byte)(bytes >> 8), (byte)bytes);

    /// <summary>Writes another TCP header length, in words.</summary>
    public PacketBuilder WithDataOffset(int words)
    {
        _header[12] = (byte)(words << 4);
        return this;
    }

    /// <summary>A UDP datagram.</summary>
    public PacketBuilder Udp(int sourcePort, int destinationPort)
    {
        _protocol = IpProtocol.Udp;
        _header = new byte[UdpHeader.Bytes];
        Put16(_header, 0, sourcePort);
        Put16(_header, 2, destinationPort);
        return this;
    }

    /// <summary>Writes another UDP length.</summary>
    public PacketBuilder WithUdpLength(int length)
    {
        _udpLength = length;
        return this;
    }

    /// <summary>An SCTP packet of one chunk; its payload stands in the chunk.</summary>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="chunk">The chunk's type, of <see cref="SctpChunk"/>.</param>
    /// <param name="tag">The verification tag.</param>
    /// <param name="initiateTag">Of INIT and INIT ACK: the tag that the other side is to use.</param>
    public PacketBuilder Sctp(int sourcePort, int destinationPort, byte chunk = SctpChunk.Data, uint tag = 0, uint initiateTag = 1)
    {
        _protocol = IpProtocol.Sctp;
        bool isInit = chunk is SctpChunk.Init or SctpChunk.InitAck;
        _header = new byte[SctpHeader.Bytes + (isInit ? SctpChunkHeader.InitBytes : SctpChunkHeader.Bytes)];
        Put16(_header, 0, sourcePort);
        Put16(_header, 2, destinationPort);
        Put32(_header, 4, tag);
        _header[12] = chunk;
        if (!isInit) return this;

        // Window, streams each way, first sequence number: what a small end system says.
        Put32(_header, 16, initiateTag);
        Put32(_header, 20, 65_536);
        Put16(_header, 24, 10);
        Put16(_header, 26, 10);
        Put32(_header, 28, initiateTag);
        return this;
    }

    /// <summary>Any ICMP or ICMPv6 message (by the family of the addresses).</summary>
    /// <param name="type">Type.</param>
    /// <param name="code">Code.</param>
    /// <param name="rest">The four bytes after the checksum.</param>
    public PacketBuilder Icmp(byte type, byte code = 0, uint rest = 0)
    {
        _protocol = _source.IsV4 ? IpProtocol.Icmp : IpProtocol.IcmpV6;
        _header = new byte[IcmpHeader.Bytes];
        _header[0] = type;
        _header[1] = code;
        Put32(_header, 4, rest);
        return this;
    }

    /// <summary>An echo request or reply.</summary>
    public PacketBuilder Echo(int identifier, int sequence = 1, bool reply = false)
    {
        byte type = _source.IsV4
            ? reply ? IcmpType.EchoReply : IcmpType.EchoRequest
            : reply ? IcmpV6Type.EchoReply : IcmpV6Type.EchoRequest;
        return Icmp(type, 0, (uint)identifier << 16 | (ushort)sequence);
    }

    /// <summary>An ICMP error that quotes a packet (which begins with its IP header).</summary>
    public PacketBuilder Error(byte type, byte code, byte[] quoted, uint rest = 0) => Icmp(type, code, rest).Payload(quoted);

    /// <summary>A neighbour solicitation with the sender's link-layer address.</summary>
    public PacketBuilder NeighborSolicitation(IpAddress target, MacAddress senderMac) =>
        Neighbor(IcmpV6Type.NeighborSolicitation, 0, target, option: 1, senderMac);

    /// <summary>A neighbour advertisement with the target's link-layer address.</summary>
    /// <param name="target">Whose address it is.</param>
    /// <param name="targetMac">Where it is.</param>
    /// <param name="flags">Router, solicited, override: the upper three bits.</param>
    public PacketBuilder NeighborAdvertisement(IpAddress target, MacAddress targetMac, uint flags = 0x6000_0000) =>
        Neighbor(IcmpV6Type.NeighborAdvertisement, flags, target, option: 2, targetMac);

    /// <summary>Any protocol, with a payload as it stands.</summary>
    public PacketBuilder Protocol(byte protocol)
    {
        _protocol = protocol;
        _header = [];
        return this;
    }

    /// <summary>Sets the payload.</summary>
    public PacketBuilder Payload(params byte[] payload)
    {
        _payload = payload;
        return this;
    }

    /// <summary>Sets a payload of counting bytes.</summary>
    public PacketBuilder Payload(int lengthBytes)
    {
        _payload = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) _payload[i] = (byte)i;
        return this;
    }

    /// <summary>Sets a payload of text.</summary>
    public PacketBuilder Payload(string text) => Payload(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes this transport checksum (as a number) instead of the right one; 0 is UDP's "none".</summary>
    public PacketBuilder WithChecksum(ushort checksum)
    {
        _checksum = checksum;
        return this;
    }

    /// <summary>Writes a wrong transport checksum.</summary>
    public PacketBuilder WithBadChecksum()
    {
        _badChecksum = true;
        return this;
    }

    /// <summary>Writes the pseudo-header's sum only, as a sender does that leaves the rest to hardware.</summary>
    public PacketBuilder WithPartialChecksum()
    {
        _partialChecksum = true;
        return this;
    }

    private PacketBuilder Neighbor(byte type, uint flags, IpAddress target, byte option, MacAddress mac)
    {
        _ttl = byte.MaxValue;
        byte[] body = new byte[24];
        target.CopyTo(body);
        body[16] = option;
        body[17] = 1;
        mac.CopyTo(body.AsSpan(18));
        return Icmp(type, 0, flags).Payload(body);
    }

    private byte[] BuildTransport()
    {
        if (_protocol == IpProtocol.Sctp && _header.Length != 0) return BuildSctp();
        byte[] transport = [.. _header, .. _payload];
        int at = _header.Length == 0 ? -1 : TransportChecksum.FieldOffset(_protocol);
        if (at < 0) return transport;
        if (_protocol == IpProtocol.Udp) Put16(transport, 4, _udpLength ?? transport.Length);
        ulong pseudoHeader = PseudoHeader(transport.Length);
        ushort field = (ushort)~Checksum.Fold(pseudoHeader + Checksum.Sum(transport));
        if (_protocol == IpProtocol.Udp) field = Checksum.OrAllOnes(field);
        if (_partialChecksum) field = Checksum.Fold(pseudoHeader);
        if (_checksum is { } given) field = Be16.From(given).Raw;
        if (_badChecksum) field ^= 0x0100;
        MemoryMarshal.Write(transport.AsSpan(at), field);
        return transport;
    }

    private byte[] BuildSctp()
    {
        byte[] transport = [.. _header, .. _payload, .. new byte[-_payload.Length & 3]];
        Put16(transport, 14, _header.Length + _payload.Length - SctpHeader.Bytes);
        if (_partialChecksum) return transport;
        uint field = Crc32c.Of(transport);
        if (_checksum is { } given) field = given;
        if (_badChecksum) field ^= 0x0100;
        MemoryMarshal.Write(transport.AsSpan(8), field);
        return transport;
    }

    private ulong PseudoHeader(int length)
    {
        if (_protocol == IpProtocol.Icmp) return 0;
        Span<byte> bytes = stackalloc byte[32];
        int first = _source.CopyTo(bytes);
        int both = first + _destination.CopyTo(bytes[first..]);
        return Checksum.Sum(bytes[..both]) + ((uint)_protocol << 8) + Be32.From((uint)length).Raw;
    }
}
