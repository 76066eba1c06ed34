using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Headers;

namespace Sluice.Dataplane.Stages;

/// <summary>Writes ports and identifiers and keeps the transport checksum right. Shared by both families.</summary>
internal static unsafe class TransportRewrite
{
    private const int UdpChecksumOffset = 6;
    private const int TcpChecksumFurther = 10;
    private const int TcpChecksumOffset = UdpChecksumOffset + TcpChecksumFurther;
    private const int DccpChecksumOffset = 6;
    private const int IcmpChecksumOffset = 2;
    private const int IcmpIdentifierOffset = 4;

    /// <summary>Whether a packet with ports or an identifier is TCP or UDP; the others (SCTP is 132, ICMP 1, ICMPv6 58) are other numbers modulo 32, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTcpOrUdp(Packet* packet) => ((1u << IpProtocol.Tcp | 1u << IpProtocol.Udp) >> packet->Protocol & 1) != 0;

    /// <summary>TCP or UDP: new ports, and the checksum by the difference of addresses and ports.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ports(Packet* packet, byte* l4, uint oldPorts, uint newPorts, ulong addressDelta)
    {
        // 6 -> 1, 17 -> 0: the protocols of a burst are random, and the compiler makes a jump of a conditional.
        uint isTcp = (uint)packet->Protocol >> 1 & 1;
        Unsafe.WriteUnaligned(l4, newPorts);
        ushort* field = (ushort*)(l4 + UdpChecksumOffset + TcpChecksumFurther * isTcp);
        ushort old = *field;
        if ((packet->Flags & PacketFlags.PartialChecksum) != 0)
        {
            *field = Checksum.ApplyPartial(old, addressDelta);
        }
        else if ((isTcp | old) != 0)
        {
            // A UDP checksum of 0 is "none" and stays; one that comes out as 0 is written as 0xFFFF (RFC 768).
            ushort sum = Checksum.Apply(old, addressDelta + (uint)~oldPorts + newPorts);
            if ((sum | isTcp) == 0) sum = 0xFFFF;
            *field = sum;
        }
    }

    /// <summary>SCTP: new ports. An ICMP query or reply: a new identifier.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OtherSlow(Packet* packet, byte* l4, uint oldPorts, uint newPorts, ulong pseudoHeaderDelta)
    {
        if (packet->Protocol == IpProtocol.Sctp) SctpChecksum.SetPorts(l4, packet->TransportLength, newPorts);
        else Identifier(packet, l4, oldPorts, newPorts, pseudoHeaderDelta);
    }

    private static void Identifier(Packet* packet, byte* icmp, uint oldPorts, uint newPorts, ulong pseudoHeaderDelta)
    {
        // One half of the port word is 0 (see QueryPorts), so the identifier is both halves together.
        ushort oldIdentifier = (ushort)(oldPorts | oldPorts >> 16), newIdentifier = (ushort)(newPorts | newPorts >> 16);
        Unsafe.WriteUnaligned(icmp + IcmpIdentifierOffset, newIdentifier);
        ushort* field = (ushort*)(icmp + IcmpChecksumOffset);
        *field = (packet->Flags & PacketFlags.PartialChecksum) != 0
            ? Checksum.ApplyPartial(*field, pseudoHeaderDelta)
            : Checksum.Apply(*field, pseudoHeaderDelta + (ushort)~oldIdentifier + newIdentifier);
    }

    /// <summary>Neither TCP nor UDP nor a query of ICMP: what has the addresses in its checksum is kept right, and nothing else is touched.</summary>
    public static void AddressesAlone(Packet* packet, ulong addressDelta) =>
        AddressesAlone(
            packet->Data + packet->L4,
            packet->TransportLength,
            packet->Protocol,
            isV6: packet->Kind == PacketKind.Other6,
            isPartial: (packet->Flags & PacketFlags.PartialChecksum) != 0,
            addressDelta);

    /// <summary>The transport header that an ICMP error quotes: its checksum is kept by difference where the quote is long enough to have it.</summary>
    public static void Quoted(Packet* packet, uint newPorts, ulong addressDelta, byte icmpProtocol, bool icmpCountsAddresses)
    {
        byte* l4 = packet->Data + packet->QuotedL4;
        int available = packet->L3 + packet->L3Length - packet->QuotedL4;
        if (!PacketPorts.TryOfQuoted(packet, out _))
        {
            AddressesAlone(l4, available, packet->QuotedProtocol, isV6: icmpCountsAddresses, isPartial: false, addressDelta);
            return;
        }

        if (packet->QuotedProtocol == IpProtocol.Sctp)
        {
            SctpChecksum.SetQuotedPorts(l4, available, QuotedTransportLength(packet), newPorts);
            return;
        }

        if (packet->QuotedProtocol == icmpProtocol)
        {
            ushort oldIdentifier = Unsafe.ReadUnaligned<ushort>(l4 + IcmpIdentifierOffset);
            ushort newIdentifier = (ushort)(newPorts | newPorts >> 16);
            Unsafe.WriteUnaligned(l4 + IcmpIdentifierOffset, newIdentifier);
            ulong delta = (icmpCountsAddresses ? addressDelta : 0) + (ushort)~oldIdentifier + newIdentifier;
            ushort* checksum = (ushort*)(l4 + IcmpChecksumOffset);
            *checksum = Checksum.Apply(*checksum, delta);
            return;
        }

        uint oldPorts = Unsafe.ReadUnaligned<uint>(l4);
        Unsafe.WriteUnaligned(l4, newPorts);
        bool isUdp = packet->QuotedProtocol == IpProtocol.Udp;
        int offset = isUdp ? UdpChecksumOffset : TcpChecksumOffset;
        if (available < offset + 2) return;
        ushort* field = (ushort*)(l4 + offset);
        if (isUdp && *field == 0) return;
        ushort sum = Checksum.Apply(*field, addressDelta + (uint)~oldPorts + newPorts);
        *field = isUdp && sum == 0 ? (ushort)0xFFFF : sum;
    }

    // How long the quoted packet's transport was, as its own header says.
    private static int QuotedTransportLength(Packet* packet)
    {
        byte* ip = packet->Data + packet->QuotedL3;
        int length = *ip >> 4 == 4 ? ((Ipv4Header*)ip)->TotalLength.Value : ((Ipv6Header*)ip)->PayloadLength.Value + Ipv6Header.Bytes;
        return length - (packet->QuotedL4 - packet->QuotedL3);
    }

    // GRE, ESP and their like don't look at addresses; ICMP over IPv4 neither.
    private static void AddressesAlone(byte* transport, int available, byte protocol, bool isV6, bool isPartial, ulong addressDelta)
    {
        int offset = protocol switch
        {
            IpProtocol.UdpLite => UdpChecksumOffset,
            IpProtocol.Dccp => DccpChecksumOffset,
            IpProtocol.IcmpV6 when isV6 => IcmpChecksumOffset,
            _ => -1,
        };
        if (offset < 0 || available < offset + sizeof(ushort)) return;
        ushort* field = (ushort*)(transport + offset);
        ushort sum = isPartial ? Checksum.ApplyPartial(*field, addressDelta) : Checksum.Apply(*field, addressDelta);

        // UDP-Lite has no "no checksum": 0 is written as its other form (RFC 3828 section 3.1).
        *field = protocol == IpProtocol.UdpLite && !isPartial ? Checksum.OrAllOnes(sum) : sum;
    }
}
