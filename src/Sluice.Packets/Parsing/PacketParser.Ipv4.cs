using Sluice.Packets.Headers;

namespace Sluice.Packets;

public static unsafe partial class PacketParser
{
    /// <summary>Payload of all fragments but the last counts in these units (RFC 791 section 3.2).</summary>
    private const int FragmentUnitBytes = 8;

    private static DropReason ParseIpv4(Packet* packet, int l3)
    {
        packet->L3 = (ushort)l3;
        var ip = (Ipv4Header*)(packet->Data + l3);
        int available = packet->Length - l3;
        if (available < Ipv4Header.Bytes) return DropReason.Truncated;

        // The order of RFC 1812 section 5.2.2: the checksum before any field that it covers is believed.
        int header = ip->HeaderBytes;
        if (ip->Version != 4 || header < Ipv4Header.Bytes) return DropReason.Malformed;
        if (header > available) return DropReason.Truncated;
        if (Checksum.Fold(Checksum.Sum((byte*)ip, header)) != ushort.MaxValue) return DropReason.BadChecksum;

        int total = ip->TotalLength.Value;
        if (total == 0 && packet->GsoType != 0) total = available;
        if (total < header) return DropReason.Malformed;
        if (total > available) return DropReason.Truncated;
        if (IsMartian(ip->Source)) return DropReason.Malformed;

        packet->L3Length = total;
        packet->Ttl = ip->Ttl;
        packet->Protocol = ip->Protocol;
        if (header > Ipv4Header.Bytes) packet->Flags |= PacketFlags.HeaderOptions;
        if (ip->IsFragment) return TakeFragment4(packet, ip, header, total - header);

        packet->L4 = (ushort)(l3 + header);
        return ParseTransport(packet, version: 4);
    }

    /// <summary>Sources that no station can have: groups, the limited broadcast, loopback (RFC 1812 section 5.3.7).</summary>
    private static bool IsMartian(uint source)
    {
        uint firstOctet = source & 0xFF;
        return firstOctet is >= 224 and < 240 || firstOctet == 127 || source == uint.MaxValue;
    }

    private static DropReason TakeFragment4(Packet* packet, Ipv4Header* ip, int header, int payload)
    {
        int word = ip->FragmentWord.Value;
        bool more = (word & Ipv4Header.MoreFragments) != 0;
        DropReason reason = TakeFragment(packet, ip->FragmentOffsetBytes, more, payload, header + payload);
        if (reason != DropReason.None) return reason;
        packet->Kind = PacketKind.Fragment4;
        return ip->FragmentOffsetBytes == 0 ? TakeFirstFragment(packet, packet->L3 + header) : DropReason.None;
    }

    /// <summary>Checks what holds for fragments of both families: whole units, a payload, an end within 65,535 bytes.</summary>
    private static DropReason TakeFragment(Packet* packet, int offset, bool more, int payload, int length)
    {
        if (payload <= 0) return DropReason.Malformed;
        if (more && payload % FragmentUnitBytes != 0) return DropReason.Malformed;
        if (offset + length > ushort.MaxValue) return DropReason.Malformed;

        // A segmented fragment is a contradiction: offload ends where fragmentation begins.
        return packet->GsoType == 0 ? DropReason.None : DropReason.Malformed;
    }

    /// <summary>Marks a first fragment. It has to hold the header chain and the ports, or nobody could judge the packet (RFC 7112 section 5).</summary>
    private static DropReason TakeFirstFragment(Packet* packet, int l4)
    {
        int left = packet->L3 + packet->L3Length - l4;
        if (left < FragmentUnitBytes) return DropReason.Truncated;
        packet->L4 = (ushort)l4;
        packet->Flags |= PacketFlags.FirstFragment;
        if (packet->Protocol == IpProtocol.Tcp && left >= TcpFlagsEnd) packet->TcpFlags = packet->Tcp->Flags;
        return DropReason.None;
    }

    /// <summary>TCP's flags lie before this offset.</summary>
    private const int TcpFlagsEnd = 14;
}
