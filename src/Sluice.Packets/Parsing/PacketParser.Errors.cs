using Sluice.Packets.Headers;

namespace Sluice.Packets;

public static unsafe partial class PacketParser
{
    /// <summary>An error quotes at least this much of the transport header (RFC 792, RFC 5508 section 4.2).</summary>
    private const int QuotedTransportBytes = 8;

    /// <summary>Verifies an ICMP error and the header that it quotes (RFC 5508 REQ-3); the quoted packet's own transport checksum is not looked at.</summary>
    private static DropReason ParseError4(Packet* packet)
    {
        if (!IcmpChecksumHolds(packet, version: 4)) return DropReason.BadChecksum;
        int quoted = packet->L4 + IcmpHeader.Bytes;
        int limit = packet->L3 + packet->L3Length;
        if (limit - quoted < Ipv4Header.Bytes) return DropReason.Truncated;

        var ip = (Ipv4Header*)(packet->Data + quoted);
        int header = ip->HeaderBytes;
        if (ip->Version != 4 || header < Ipv4Header.Bytes) return DropReason.Malformed;
        if (header > limit - quoted) return DropReason.Truncated;
        if (Checksum.Fold(Checksum.Sum((byte*)ip, header)) != ushort.MaxValue) return DropReason.BadChecksum;

        // A later fragment has no ports to find a session by, and errors about one are never sent (RFC 1122 section 3.2.2).
        if (ip->FragmentOffsetBytes != 0) return DropReason.IcmpUnmatched;
        return TakeError(packet, PacketKind.Error4, quoted, quoted + header, ip->Protocol, limit);
    }

    private static DropReason ParseError6(Packet* packet)
    {
        if (!IcmpChecksumHolds(packet, version: 6)) return DropReason.BadChecksum;
        int quoted = packet->L4 + IcmpHeader.Bytes;
        int limit = packet->L3 + packet->L3Length;
        if (limit - quoted < Ipv6Header.Bytes) return DropReason.Truncated;

        var ip = (Ipv6Header*)(packet->Data + quoted);
        if (ip->Version != 6) return DropReason.Malformed;
        HeaderChain chain = WalkHeaders(packet->Data, quoted, limit);
        if (chain.Reason != DropReason.None) return chain.Reason;
        bool later = chain.Fragment != 0 && ((Ipv6FragmentHeader*)(packet->Data + chain.Fragment))->OffsetBytes != 0;
        if (later) return DropReason.IcmpUnmatched;
        return TakeError(packet, PacketKind.Error6, quoted, chain.End, chain.Protocol, limit);
    }

    private static DropReason TakeError(Packet* packet, PacketKind kind, int quotedL3, int quotedL4, byte protocol, int limit)
    {
        if (limit - quotedL4 < QuotedTransportBytes) return DropReason.Truncated;
        packet->QuotedL3 = (ushort)quotedL3;
        packet->QuotedL4 = (ushort)quotedL4;
        packet->QuotedProtocol = protocol;
        packet->Kind = kind;
        return DropReason.None;
    }
}
