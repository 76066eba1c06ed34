using System.Runtime.CompilerServices;
using Sluice.Packets.Headers;

namespace Sluice.Packets;

// The rare frames, layer by layer. Each step answers with a drop reason, or None for "taken".
public static unsafe partial class PacketParser
{
    /// <summary>The flags that a link sets; the parser finds the others.</summary>
    private const PacketFlags LinkFlags = PacketFlags.PartialChecksum | PacketFlags.Made;

    /// <summary>Parses any packet, the common ones too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ParseSlow(Packet* packet, in LinkFrame link)
    {
        if (packet->Length < 0) packet->Length = 0;
        packet->L3 = 0;
        packet->L4 = 0;
        packet->Flags = packet->Flags & LinkFlags | PacketFlags.Parsed;
        packet->Kind = PacketKind.Bad;
        packet->Protocol = 0;
        packet->TcpFlags = 0;
        packet->Verdict = Verdict.None;
        packet->Reason = DropReason.None;
        packet->Ttl = 0;
        packet->OutLink = Packet.NoLink;
        packet->Session = Packet.NoSession;
        packet->L3Length = 0;
        packet->QuotedL3 = 0;
        packet->QuotedL4 = 0;
        packet->QuotedProtocol = 0;

        DropReason reason = link.HasEthernet ? ParseEthernet(packet, in link) : ParseRaw(packet);
        if (reason == DropReason.None) return;
        packet->Kind = PacketKind.Bad;
        packet->Verdict = Verdict.Drop;
        packet->Reason = reason;
    }

    private static DropReason ParseRaw(Packet* packet)
    {
        if (packet->Length == 0) return DropReason.Truncated;
        return (packet->Data[0] >> 4) switch
        {
            4 => ParseIpv4(packet, 0),
            6 => ParseIpv6(packet, 0),
            _ => DropReason.Malformed,
        };
    }

    private static DropReason ParseEthernet(Packet* packet, in LinkFrame link)
    {
        byte* data = packet->Data;
        if (packet->Length < EthernetHeader.Bytes) return DropReason.Truncated;
        if ((data[0] & 1) != 0) packet->Flags |= PacketFlags.LinkMulticast;
        else if ((Unsafe.ReadUnaligned<ulong>(data) ^ link.Mac) << 16 != 0) return DropReason.NotForUs;

        int l3 = EthernetHeader.Bytes;
        ushort type = ((EthernetHeader*)data)->Type;
        if (type is EtherType.Vlan or EtherType.ServiceVlan)
        {
            // A tag inside of another, or of a provider's network, is somebody else's traffic.
            if (packet->VlanTag != 0 || type == EtherType.ServiceVlan) return DropReason.NotForUs;
            if (packet->Length < EthernetHeader.Bytes + VlanHeader.Bytes) return DropReason.Truncated;
            packet->VlanTag = ((VlanHeader*)(data + l3 - 2))->Tag.Value;
            l3 += VlanHeader.Bytes;
            type = Unsafe.ReadUnaligned<ushort>(data + l3 - 2);
            if (type is EtherType.Vlan or EtherType.ServiceVlan) return DropReason.NotForUs;
        }

        // VLAN 0 is a priority tag: the frame counts as untagged (IEEE 802.1Q section 6.9).
        if ((packet->VlanTag & VlanHeader.IdentifierMask) != link.Vlan) return DropReason.NotForUs;
        switch (type)
        {
            case EtherType.Ipv4:
                return ParseIpv4(packet, l3);
            case EtherType.Ipv6:
                return ParseIpv6(packet, l3);
            case EtherType.Arp:
                return ParseArp(packet, l3);
            default:
                packet->L3 = (ushort)l3;
                packet->L3Length = packet->Length - l3;
                packet->Kind = PacketKind.OtherFrame;
                return DropReason.None;
        }
    }

    private static DropReason ParseArp(Packet* packet, int l3)
    {
        packet->L3 = (ushort)l3;
        if (packet->Length - l3 < ArpHeader.Bytes) return DropReason.Truncated;
        const ulong AllButOperation = 0x0000_FFFF_FFFF_FFFF;
        if ((Unsafe.ReadUnaligned<ulong>(packet->Data + l3) & AllButOperation) != ArpHeader.EthernetIpv4) return DropReason.Malformed;
        packet->L3Length = ArpHeader.Bytes;
        packet->Kind = PacketKind.Arp;
        return DropReason.None;
    }
}
