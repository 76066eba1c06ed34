using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes the reset that answers a TCP segment, as if its destination had no such connection (RFC 9293 section 3.10.7.1).</summary>
public static unsafe class TcpReset
{
    /// <summary>The longest one.</summary>
    public const int MaximumBytes = Ipv6Header.Bytes + TcpHeader.Bytes;

    /// <summary>Whether the packet is a segment that may be answered: a whole one between two stations, and no reset itself.</summary>
    public static bool MayAnswer(Packet* segment) =>
        segment->Kind is PacketKind.Flow4 or PacketKind.Flow6
        && segment->Protocol == IpProtocol.Tcp
        && (segment->TcpFlags & TcpFlag.Rst) == 0
        && IcmpError.MayAnswer(segment);

    /// <summary>Writes the IP packet that answers and returns its length, or 0 where it does not fit.</summary>
    /// <param name="at">Where to write.</param>
    /// <param name="capacity">Bytes there; <see cref="MaximumBytes"/> is enough.</param>
    /// <param name="segment"><see cref="MayAnswer"/> was true.</param>
    public static int Write(byte* at, int capacity, Packet* segment)
    {
        bool v4 = segment->Kind == PacketKind.Flow4;
        int header = v4 ? Ipv4Header.Bytes : Ipv6Header.Bytes;
        if (header + TcpHeader.Bytes > capacity) return 0;

        if (v4) IpWriter.Write4(at, segment->Ipv4->Destination, segment->Ipv4->Source, IpProtocol.Tcp, TcpHeader.Bytes);
        else IpWriter.Write6(at, (byte*)&segment->Ipv6->Destination0, (byte*)&segment->Ipv6->Source0, IpProtocol.Tcp, TcpHeader.Bytes);

        TcpHeader* received = segment->Tcp;
        var reset = (TcpHeader*)(at + header);
        *reset = default;
        reset->SourcePort = received->DestinationPort;
        reset->DestinationPort = received->SourcePort;
        reset->Words = TcpHeader.Bytes / 4 << 4;
        if ((received->Flags & TcpFlag.Ack) != 0)
        {
            reset->Sequence = received->Acknowledgment;
            reset->Flags = TcpFlag.Rst;
        }
        else
        {
            reset->Acknowledgment = Be32.From(received->Sequence.Value + SequenceLength(segment));
            reset->Flags = TcpFlag.Rst | TcpFlag.Ack;
        }

        TransportChecksum.Write(at, IpProtocol.Tcp, (byte*)reset, TcpHeader.Bytes);
        return header + TcpHeader.Bytes;
    }

    /// <summary>Writes the IP packet that ends a connection in the name of one of its ends, and returns its length.</summary>
    /// <param name="at">Room for <see cref="MaximumBytes"/>.</param>
    /// <param name="source">In whose name.</param>
    /// <param name="destination">Who is told.</param>
    /// <param name="sequence">What the other end expects next; null: it has sent its SYN only, and believes a reset that acknowledges that.</param>
    /// <param name="acknowledgment">What is acknowledged where there is no sequence.</param>
    public static int Write(byte* at, in TcpEnd source, in TcpEnd destination, uint? sequence, uint acknowledgment)
    {
        bool v4 = source.Address.IsV4;
        int header = v4 ? Ipv4Header.Bytes : Ipv6Header.Bytes;
        if (v4) IpWriter.Write4(at, source.Address.ToNetworkWord(), destination.Address.ToNetworkWord(), IpProtocol.Tcp, TcpHeader.Bytes);
        else IpWriter.Write6(at, source.Address, destination.Address, IpProtocol.Tcp, TcpHeader.Bytes);
        var reset = (TcpHeader*)(at + header);
        *reset = default;
        reset->SourcePort = Be16.From(source.Port);
        reset->DestinationPort = Be16.From(destination.Port);
        reset->Words = TcpHeader.Bytes / 4 << 4;
        reset->Sequence = Be32.From(sequence ?? 0);
        reset->Acknowledgment = Be32.From(sequence is null ? acknowledgment : 0);
        reset->Flags = sequence is null ? (byte)(TcpFlag.Rst | TcpFlag.Ack) : TcpFlag.Rst;
        TransportChecksum.Write(at, IpProtocol.Tcp, (byte*)reset, TcpHeader.Bytes);
        return header + TcpHeader.Bytes;
    }

    /// <summary>The segment's length in sequence numbers: its data, and one each for SYN and FIN.</summary>
    private static uint SequenceLength(Packet* segment)
    {
        int data = segment->TransportLength - segment->Tcp->HeaderBytes;
        byte flags = segment->TcpFlags;
        return (uint)(data + (flags >> 1 & 1) + (flags & 1));
    }
}

/// <summary>One end of a connection.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port.</param>
public readonly record struct TcpEnd(IpAddress Address, ushort Port);
