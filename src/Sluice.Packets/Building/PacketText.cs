using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

/// <summary>Renders one packet as one readable line: <c>10.0.0.5:5000 > 198.51.100.7:80 tcp S len 0 ttl 63</c>. For scenarios, traces and failing tests.</summary>
/// <remarks>A wrong transport checksum is said at the end; nothing is said of a right one.</remarks>
public static unsafe class PacketText
{
    /// <summary>Describes a frame, whomever it is addressed to.</summary>
    /// <param name="frame">The bytes.</param>
    /// <param name="hasEthernet">Whether they begin with an Ethernet header (else with the IP header).</param>
    public static string Describe(ReadOnlySpan<byte> frame, bool hasEthernet)
    {
        fixed (byte* data = frame)
        {
            var packet = new Packet { Data = data, Length = frame.Length };
            LinkFrame link = hasEthernet ? OwnLink(frame) : LinkFrame.Raw;
            PacketParser.Parse(&packet, in link);
            return Describe(&packet);
        }
    }

    /// <summary>Describes a parsed packet.</summary>
    public static string Describe(Packet* packet)
    {
        var line = new StringBuilder();
        if ((packet->VlanTag & VlanHeader.IdentifierMask) != 0) Append(line, $"vlan {packet->VlanTag & VlanHeader.IdentifierMask} ");
        switch (packet->Kind)
        {
            case PacketKind.Bad:
                return Append(line, $"bad {packet->Reason} ({packet->Length} bytes)").ToString();
            case PacketKind.Arp:
                return AppendArp(line, packet->Arp).ToString();
            case PacketKind.OtherFrame:
                ushort type = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(packet->Data + packet->L3 - 2, 2));
                return Append(line, $"frame 0x{type:x4} len {packet->L3Length}").ToString();
            case PacketKind.Fragment4 or PacketKind.Fragment6:
                return AppendFragment(line, packet).ToString();
            default:
                AppendIp(line, packet);
                break;
        }

        if ((packet->Flags & PacketFlags.PartialChecksum) != PacketFlags.None) line.Append(" partial checksum");
        else if (!TransportChecksum.Holds(packet)) line.Append(" bad checksum");
        return line.ToString();
    }

    /// <summary>The link to which a frame is addressed.</summary>
    private static LinkFrame OwnLink(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.Bytes + VlanHeader.Bytes) return LinkFrame.Ethernet(frame.Length < 6 ? default : MacAddress.FromBytes(frame));
        bool tagged = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x8100;
        int tag = tagged ? BinaryPrimitives.ReadUInt16BigEndian(frame[14..]) : 0;
        return LinkFrame.Ethernet(MacAddress.FromBytes(frame), (ushort)(tag & VlanHeader.IdentifierMask));
    }

    private static void AppendIp(StringBuilder line, Packet* packet)
    {
        byte* ip = packet->Data + packet->L3;
        switch (packet->Protocol)
        {
            case IpProtocol.Tcp:
                AppendEndpoints(line, ip, packet->Tcp->Ports);
                int data = packet->TransportLength - packet->Tcp->HeaderBytes;
                Append(line, $" tcp {FlagLetters(packet->TcpFlags)} len {data} ttl {packet->Ttl}");
                break;
            case IpProtocol.Udp:
                AppendEndpoints(line, ip, packet->Udp->Ports);
                Append(line, $" udp len {packet->Udp->Length.Value - UdpHeader.Bytes} ttl {packet->Ttl}");
                break;
            case IpProtocol.Sctp:
                AppendEndpoints(line, ip, packet->Sctp->Ports);
                SctpText.Append(line, packet);
                break;
            case IpProtocol.Icmp when *ip >> 4 == 4:
            case IpProtocol.IcmpV6 when *ip >> 4 == 6:
                AppendEndpoints(line, ip, null);
                IcmpText.Append(line, packet);
                break;
            default:
                AppendEndpoints(line, ip, null);
                Append(line, $" protocol {packet->Protocol} len {packet->TransportLength} ttl {packet->Ttl}");
                break;
        }
    }

    private static StringBuilder AppendFragment(StringBuilder line, Packet* packet)
    {
        bool v4 = packet->Kind == PacketKind.Fragment4;
        AppendEndpoints(line, packet->Data + packet->L3, null);
        uint identification = v4 ? packet->Ipv4->Identification.Value : packet->Fragment6->Identification.Value;
        int offset = v4 ? packet->Ipv4->FragmentOffsetBytes : packet->Fragment6->OffsetBytes;
        bool more = v4 ? (packet->Ipv4->FragmentWord.Value & Ipv4Header.MoreFragments) != 0 : packet->Fragment6->More;
        int start = v4 ? packet->L3 + packet->Ipv4->HeaderBytes : packet->FragmentHeader + Ipv6FragmentHeader.Bytes;
        int length = packet->L3 + packet->L3Length - start;
        return Append(line, $" fragment of protocol {packet->Protocol} id {identification} offset {offset} len {length}{(more ? " more" : "")} ttl {packet->Ttl}");
    }

    private static StringBuilder AppendArp(StringBuilder line, ArpHeader* arp)
    {
        var sender = IpAddress.FromNetworkWord(arp->SenderAddress);
        return arp->Operation.Value == ArpHeader.Request
            ? Append(line, $"arp who has {IpAddress.FromNetworkWord(arp->TargetAddress)} tell {sender}")
            : Append(line, $"arp {sender} is at {arp->SenderMac.Address}");
    }

    internal static void AppendEndpoints(StringBuilder line, byte* ip, uint? ports)
    {
        bool v4 = *ip >> 4 == 4;
        int width = v4 ? 4 : 16;
        byte* source = ip + (v4 ? 12 : 8);
        AppendEndpoint(line, IpAddress.FromBytes(new ReadOnlySpan<byte>(source, width)), (ushort?)ports);
        line.Append(" > ");
        AppendEndpoint(line, IpAddress.FromBytes(new ReadOnlySpan<byte>(source + width, width)), (ushort?)(ports >> 16));
    }

    private static void AppendEndpoint(StringBuilder line, IpAddress address, ushort? port)
    {
        if (port is not { } raw) Append(line, $"{address}");
        else if (address.IsV4) Append(line, $"{address}:{new Be16(raw)}");
        else Append(line, $"[{address}]:{new Be16(raw)}");
    }

    private static string FlagLetters(byte flags)
    {
        const string Letters = "FSRPAUEC";
        var text = new StringBuilder();
        foreach (int bit in (ReadOnlySpan<int>)[1, 0, 2, 3, 4, 5, 6, 7])
        {
            if ((flags >> bit & 1) != 0) text.Append(Letters[bit]);
        }

        return text.Length == 0 ? "-" : text.ToString();
    }

    internal static StringBuilder Append(StringBuilder line, FormattableString text) => line.Append(text.ToString(CultureInfo.InvariantCulture));
}
