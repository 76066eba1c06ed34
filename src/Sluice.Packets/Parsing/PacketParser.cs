using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Sluice.Packets.Headers;

namespace Sluice.Packets;

/// <summary>Finds out what a packet is, once. Total: any bytes of any length end in a kind or in a drop reason, and nothing outside the packet is read.</summary>
/// <remarks>
/// <para>The entry takes the common packet (untagged, IPv4 without options or IPv6 without extension headers, not a fragment, TCP or UDP) in one
/// straight path; all else goes to <see cref="ParseSlow"/>, which decides again from the first byte and gives the same answer for common packets.</para>
/// <para>It sets what <see cref="Packet"/> says the parser finds, and starts the stages' own fields afresh: no verdict, no session, no outgoing link.
/// Offload fields, handle, realm and link are left alone.</para>
/// </remarks>
public static unsafe partial class PacketParser
{
    /// <summary>No packet shorter than this is common: an IPv4 header and a UDP header.</summary>
    private const int ShortestFlow = Ipv4Header.Bytes + UdpHeader.Bytes;

    /// <summary>Parses one packet.</summary>
    /// <param name="packet">Its data, length, offload fields, flags and VLAN tag are set.</param>
    /// <param name="link">The link that it came in by.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Parse(Packet* packet, in LinkFrame link)
    {
        byte* data = packet->Data;
        if (link.HasEthernet)
        {
            if (packet->Length >= EthernetHeader.Bytes + ShortestFlow
                && (Unsafe.ReadUnaligned<ulong>(data) ^ link.Mac) << 16 == 0
                && (packet->VlanTag | link.Vlan) == 0)
            {
                ushort type = Unsafe.ReadUnaligned<ushort>(data + 12);
                if (type == EtherType.Ipv4 && TryFlow4(packet, EthernetHeader.Bytes)) return;
                if (type == EtherType.Ipv6 && TryFlow6(packet, EthernetHeader.Bytes)) return;
            }
        }
        else if (packet->Length >= ShortestFlow)
        {
            if (data[0] == Ipv4Header.Plain && TryFlow4(packet, 0)) return;
            if (data[0] >> 4 == 6 && TryFlow6(packet, 0)) return;
        }

        ParseSlow(packet, in link);
    }

    /// <summary>6 becomes 1 and 17 becomes 0: the protocol is random, and a choice by it would be mispredicted every other time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint IsTcp(uint protocol) => protocol >> 1 & 1;

    /// <summary>Whether the protocol is not the one of the two that <paramref name="tcp"/> stands for: one comparison, whichever it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNeither(uint protocol, uint tcp) => protocol != IpProtocol.Udp - (IpProtocol.Udp - IpProtocol.Tcp) * tcp;

    /// <summary>Takes a common IPv4 packet, or leaves it untouched and returns false. At least <see cref="ShortestFlow"/> bytes are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFlow4(Packet* packet, int l3)
    {
        var ip = (Ipv4Header*)(packet->Data + l3);
        uint protocol = ip->Protocol;
        uint tcp = IsTcp(protocol);
        uint total = ip->TotalLength.Value;
        uint firstOctet = (byte)ip->Source;
        if (ip->VersionAndWords != Ipv4Header.Plain || (ip->FragmentWord.Raw & NotDontFragment) != 0 || IsNeither(protocol, tcp)) return false;
        if (total < ShortestFlow + 12 * tcp || total > (uint)(packet->Length - l3)) return false;
        if (firstOctet >= 224 || firstOctet == 127) return false;
        if (Checksum.Fold(ip->PlainSum) != ushort.MaxValue) return false;
        uint word = TransportWord((byte*)ip + Ipv4Header.Bytes, tcp);
        if (!HeaderFits(word, tcp, total - Ipv4Header.Bytes)) return false;
        SetFlow(packet, PacketKind.Flow4, l3, Ipv4Header.Bytes, protocol, word & 0xFF & (0 - tcp), ip->Ttl, total);
        return true;
    }

    /// <summary>Takes a common IPv6 packet, or leaves it untouched and returns false. At least <see cref="ShortestFlow"/> bytes are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFlow6(Packet* packet, int l3)
    {
        var ip = (Ipv6Header*)(packet->Data + l3);
        uint protocol = ip->NextHeader;
        uint tcp = IsTcp(protocol);
        uint payload = ip->PayloadLength.Value;
        if ((byte)ip->VersionClassLabel.Raw >> 4 != 6 || IsNeither(protocol, tcp)) return false;
        if (payload < UdpHeader.Bytes + 12 * tcp || payload + Ipv6Header.Bytes > (uint)(packet->Length - l3)) return false;

        // Groups begin with 0xFF; the loopback address has eight zero bytes first, as has hardly any other.
        ulong source = ip->Source0;
        if ((byte)source == 0xFF || source == 0) return false;
        uint word = TransportWord((byte*)ip + Ipv6Header.Bytes, tcp);
        if (!HeaderFits(word, tcp, payload)) return false;
        SetFlow(packet, PacketKind.Flow6, l3, Ipv6Header.Bytes, protocol, word & 0xFF & (0 - tcp), ip->HopLimit, payload + Ipv6Header.Bytes);
        return true;
    }

    /// <summary>The fragment word's bits but "don't fragment", as a load gives them.</summary>
    private const ushort NotDontFragment = 0xFFBF;

    /// <summary>The 16 bits that hold UDP's length, or TCP's header length and flags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint TransportWord(byte* transport, uint tcp) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(transport + 4 + 8 * tcp));

    /// <summary>Whether UDP's length, or TCP's header length, lies between its least value and what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HeaderFits(uint word, uint tcp, uint available)
    {
        // TCP counts words in the upper four bits: shifted by ten, and without two bits of what follows, they are bytes. UDP's whole word is bytes.
        uint bytes = word >> (int)(10 * tcp) & ~(3 * tcp);
        uint least = UdpHeader.Bytes + 12 * tcp;
        return bytes - least <= available - least;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetFlow(Packet* packet, PacketKind kind, int l3, int headerBytes, uint protocol, uint tcpFlags, byte ttl, uint length)
    {
        packet->L3 = (ushort)l3;
        packet->L4 = (ushort)(l3 + headerBytes);
        packet->Flags |= PacketFlags.Parsed;
        packet->Kind = kind;
        packet->Protocol = (byte)protocol;
        packet->TcpFlags = (byte)tcpFlags;
        packet->Verdict = Verdict.None;
        packet->Reason = DropReason.None;
        packet->Ttl = ttl;
        packet->OutLink = Packet.NoLink;
        packet->Session = Packet.NoSession;
        packet->L3Length = (int)length;
    }
}
