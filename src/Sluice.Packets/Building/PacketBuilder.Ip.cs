using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

public sealed partial class PacketBuilder
{
    private readonly List<(byte Protocol, byte[] Bytes)> _extensions = [];
    private IpAddress _source;
    private IpAddress _destination;
    private byte _ttl = 64;
    private byte _trafficClass;
    private uint _flowLabel;
    private ushort _identification;
    private int _fragmentWord;
    private byte[] _options = [];
    private int? _version;
    private int? _headerWords;
    private int? _ipLength;
    private bool _badHeaderChecksum;

    /// <summary>Sets TTL or hop limit (64 unless set).</summary>
    public PacketBuilder Ttl(int ttl)
    {
        _ttl = (byte)ttl;
        return this;
    }

    /// <summary>Sets differentiated services and ECN.</summary>
    public PacketBuilder TrafficClass(byte value)
    {
        _trafficClass = value;
        return this;
    }

    /// <summary>Sets IPv6's flow label.</summary>
    public PacketBuilder FlowLabel(uint value)
    {
        _flowLabel = value;
        return this;
    }

    /// <summary>Sets IPv4's identification.</summary>
    public PacketBuilder Identification(int value)
    {
        _identification = (ushort)value;
        return this;
    }

    /// <summary>Sets "don't fragment" (IPv4).</summary>
    public PacketBuilder DontFragment()
    {
        _fragmentWord |= Ipv4Header.DontFragment;
        return this;
    }

    /// <summary>Adds IPv4 options; they are filled up to whole words.</summary>
    public PacketBuilder Options(params byte[] options)
    {
        _options = [.. options, .. new byte[-options.Length & 3]];
        return this;
    }

    /// <summary>Adds an IPv6 extension header of a length that is filled with padding options.</summary>
    /// <param name="protocol">The header's own number.</param>
    /// <param name="lengthBytes">A multiple of eight.</param>
    public PacketBuilder Extension(byte protocol, int lengthBytes = 8)
    {
        byte[] header = new byte[lengthBytes];
        header[1] = (byte)(protocol == IpProtocol.Authentication ? lengthBytes / 4 - 2 : lengthBytes / 8 - 1);
        if (protocol is IpProtocol.HopByHop or IpProtocol.DestinationOptions && lengthBytes <= 256)
        {
            // One PadN option (RFC 8200 section 4.2) fills the header.
            header[2] = 1;
            header[3] = (byte)(lengthBytes - 4);
        }

        _extensions.Add((protocol, header));
        return this;
    }

    /// <summary>Makes the packet a fragment: what follows is its payload as it stands.</summary>
    /// <param name="identification">The same for all fragments of one packet.</param>
    /// <param name="offsetBytes">A multiple of eight.</param>
    /// <param name="more">Whether more fragments follow.</param>
    public PacketBuilder Fragment(uint identification, int offsetBytes, bool more)
    {
        if (_source.IsV4)
        {
            _identification = (ushort)identification;
            _fragmentWord |= (more ? Ipv4Header.MoreFragments : 0) | offsetBytes / 8;
            return this;
        }

        byte[] header = new byte[Ipv6FragmentHeader.Bytes];
        Put16(header, 2, offsetBytes | (more ? 1 : 0));
        Put32(header, 4, identification);
        _extensions.Add((IpProtocol.Fragment, header));
        return this;
    }

    /// <summary>Writes another version.</summary>
    public PacketBuilder WithVersion(int version)
    {
        _version = version;
        return this;
    }

    /// <summary>Writes another IPv4 header length, in words.</summary>
    public PacketBuilder WithHeaderWords(int words)
    {
        _headerWords = words;
        return this;
    }

    /// <summary>Writes another total length (IPv4) or payload length (IPv6).</summary>
    public PacketBuilder WithIpLength(int length)
    {
        _ipLength = length;
        return this;
    }

    /// <summary>Writes a wrong IPv4 header checksum.</summary>
    public PacketBuilder WithBadHeaderChecksum()
    {
        _badHeaderChecksum = true;
        return this;
    }

    private byte[] BuildIp() => _source.IsV4 ? BuildIpv4() : BuildIpv6();

    private byte[] BuildIpv4()
    {
        byte[] transport = BuildTransport();
        byte[] ip = [.. new byte[Ipv4Header.Bytes], .. _options, .. transport];
        int header = Ipv4Header.Bytes + _options.Length;
        ip[0] = (byte)((_version ?? 4) << 4 | (_headerWords ?? header / 4));
        ip[1] = _trafficClass;
        Put16(ip, 2, _ipLength ?? ip.Length);
        Put16(ip, 4, _identification);
        Put16(ip, 6, _fragmentWord);
        ip[8] = _ttl;
        ip[9] = _protocol;
        _source.CopyTo(ip.AsSpan(12));
        _destination.CopyTo(ip.AsSpan(16));
        ushort checksum = Checksum.Of(ip.AsSpan(0, header));
        System.Runtime.InteropServices.MemoryMarshal.Write(ip.AsSpan(10), (ushort)(_badHeaderChecksum ? checksum ^ 0x0100 : checksum));
        return ip;
    }

    private byte[] BuildIpv6()
    {
        byte[] transport = BuildTransport();
        byte[] extensions = [];
        byte next = _protocol;
        for (int i = _extensions.Count - 1; i >= 0; i--)
        {
            byte[] header = _extensions[i].Bytes;
            header[0] = next;
            next = _extensions[i].Protocol;
            extensions = [.. header, .. extensions];
        }

        byte[] ip = [.. new byte[Ipv6Header.Bytes], .. extensions, .. transport];
        Put32(ip, 0, (uint)(_version ?? 6) << 28 | (uint)_trafficClass << 20 | _flowLabel & 0xFFFFF);
        Put16(ip, 4, _ipLength ?? ip.Length - Ipv6Header.Bytes);
        ip[6] = next;
        ip[7] = _ttl;
        _source.CopyTo(ip.AsSpan(8));
        _destination.CopyTo(ip.AsSpan(24));
        return ip;
    }
}
