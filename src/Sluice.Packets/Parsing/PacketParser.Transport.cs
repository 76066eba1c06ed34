using Sluice.Packets.Headers;

namespace Sluice.Packets;

public static unsafe partial class PacketParser
{
    /// <summary>Takes what follows the IP headers of a whole packet.</summary>
    private static DropReason ParseTransport(Packet* packet, int version)
    {
        switch (packet->Protocol)
        {
            case IpProtocol.Tcp:
                return ParseTcp(packet, version);
            case IpProtocol.Udp:
                return ParseUdp(packet, version);
            case IpProtocol.Sctp:
                return ParseSctp(packet, version);
            case IpProtocol.Icmp when version == 4:
                return ParseIcmp(packet);
            case IpProtocol.IcmpV6 when version == 6:
                return ParseIcmpV6(packet);
            default:
                packet->Kind = OtherOf(version);
                return DropReason.None;
        }
    }

    private static PacketKind FlowOf(int version) => version == 4 ? PacketKind.Flow4 : PacketKind.Flow6;

    private static PacketKind OtherOf(int version) => version == 4 ? PacketKind.Other4 : PacketKind.Other6;

    private static DropReason ParseTcp(Packet* packet, int version)
    {
        int available = packet->TransportLength;
        if (available < TcpHeader.Bytes) return DropReason.Truncated;
        int header = packet->Tcp->HeaderBytes;
        if (header < TcpHeader.Bytes) return DropReason.Malformed;
        if (header > available) return DropReason.Truncated;
        packet->TcpFlags = packet->Tcp->Flags;
        packet->Kind = FlowOf(version);
        return DropReason.None;
    }

    private static DropReason ParseUdp(Packet* packet, int version)
    {
        int available = packet->TransportLength;
        if (available < UdpHeader.Bytes) return DropReason.Truncated;

        // The length may be less than what is there (the rest is no concern of UDP's), never more.
        int length = packet->Udp->Length.Value;
        if (length < UdpHeader.Bytes) return DropReason.Malformed;
        if (length > available) return DropReason.Truncated;
        packet->Kind = FlowOf(version);
        return DropReason.None;
    }

    /// <summary>
    /// Takes an SCTP packet: the common header, and a first chunk that lies in the packet. A life is told from the first chunk: what begins and ends one stands there.
    /// A header without chunks says nothing and contradicts nothing.
    /// </summary>
    private static DropReason ParseSctp(Packet* packet, int version)
    {
        int available = packet->TransportLength - SctpHeader.Bytes;
        if (available < 0) return DropReason.Truncated;
        packet->TcpFlags = TcpFlag.Ack;
        DropReason reason = available == 0 ? DropReason.None : TakeChunk(packet, available);
        if (reason != DropReason.None) return reason;
        packet->Kind = FlowOf(version);
        CompleteSctp(packet);
        return DropReason.None;
    }

    private static DropReason TakeChunk(Packet* packet, int available)
    {
        if (available < SctpChunkHeader.Bytes) return DropReason.Truncated;
        SctpChunkHeader* chunk = packet->SctpChunk;
        int length = chunk->Length.Value;
        int least = chunk->Type is SctpChunk.Init or SctpChunk.InitAck ? SctpChunkHeader.InitBytes : SctpChunkHeader.Bytes;
        if (length < least) return DropReason.Malformed;
        if (length > available) return DropReason.Truncated;
        packet->TcpFlags = LifeFlagsOf(chunk->Type);
        return DropReason.None;
    }

    /// <summary>TCP's flags that mean to a session's life what a chunk means to an association's (RFC 9260 sections 5.1 and 9).</summary>
    private static byte LifeFlagsOf(byte chunk) => chunk switch
    {
        SctpChunk.Init => TcpFlag.Syn,
        SctpChunk.InitAck => TcpFlag.Syn | TcpFlag.Ack,
        SctpChunk.ShutdownAck => TcpFlag.Fin | TcpFlag.Ack,
        SctpChunk.Abort or SctpChunk.ShutdownComplete => TcpFlag.Rst,
        _ => TcpFlag.Ack,
    };

    /// <summary>Computes a checksum that the sender left to hardware: no link can be told to compute a CRC, so nothing behind the parser meets one that isn't whole.</summary>
    private static void CompleteSctp(Packet* packet)
    {
        if ((packet->Flags & PacketFlags.PartialChecksum) == PacketFlags.None) return;
        SctpChecksum.Write(packet->Data + packet->L4, packet->TransportLength);
        packet->Flags &= ~PacketFlags.PartialChecksum;
    }

    private static DropReason ParseIcmp(Packet* packet)
    {
        if (packet->TransportLength < IcmpHeader.Bytes) return DropReason.Truncated;
        switch (packet->Icmp->Type)
        {
            case IcmpType.EchoReply or IcmpType.EchoRequest or IcmpType.TimestampRequest or IcmpType.TimestampReply:
                packet->Kind = PacketKind.Flow4;
                return DropReason.None;
            case IcmpType.Unreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem:
                return ParseError4(packet);
            default:
                packet->Kind = PacketKind.Other4;
                return DropReason.None;
        }
    }

    private static DropReason ParseIcmpV6(Packet* packet)
    {
        if (packet->TransportLength < IcmpHeader.Bytes) return DropReason.Truncated;
        switch (packet->Icmp->Type)
        {
            case IcmpV6Type.EchoRequest or IcmpV6Type.EchoReply:
                packet->Kind = PacketKind.Flow6;
                return DropReason.None;
            case >= IcmpV6Type.Unreachable and <= IcmpV6Type.ParameterProblem:
                return ParseError6(packet);
            case >= IcmpV6Type.RouterSolicitation and <= IcmpV6Type.Redirect:
                return ParseNeighborDiscovery(packet);
            default:
                packet->Kind = PacketKind.Other6;
                return DropReason.None;
        }
    }

    /// <summary>Validates as RFC 4861 sections 6.1, 7.1 and 8.1 ask: hop limit 255 (so it was not forwarded), code 0, checksum, length.</summary>
    private static DropReason ParseNeighborDiscovery(Packet* packet)
    {
        if (packet->Ttl != byte.MaxValue || packet->Icmp->Code != 0) return DropReason.Malformed;
        int least = packet->Icmp->Type switch
        {
            IcmpV6Type.RouterSolicitation => 8,
            IcmpV6Type.RouterAdvertisement => 16,
            IcmpV6Type.Redirect => 40,
            _ => 24,
        };
        if (packet->TransportLength < least) return DropReason.Truncated;
        if (!IcmpChecksumHolds(packet, version: 6)) return DropReason.BadChecksum;
        packet->Kind = PacketKind.NeighborDiscovery;
        return DropReason.None;
    }

    private static bool IcmpChecksumHolds(Packet* packet, int version)
    {
        // The sender left the sum to hardware, so there is nothing to verify yet.
        if ((packet->Flags & PacketFlags.PartialChecksum) != PacketFlags.None) return true;
        int length = packet->TransportLength;
        ulong sum = Checksum.Sum(packet->Data + packet->L4, length);
        if (version == 6) sum += Checksum.PseudoHeader6((byte*)&packet->Ipv6->Source0, IpProtocol.IcmpV6, length);
        return Checksum.Fold(sum) == ushort.MaxValue;
    }
}
