using Sluice.Packets.Headers;

namespace Sluice.Packets;

/// <summary>The whole checksum of a parsed packet's transport: computed, verified, completed.</summary>
public static unsafe class TransportChecksum
{
    /// <summary>Where the field lies in the transport header, or -1 for a protocol without a checksum of this kind (SCTP's is of another, <see cref="SctpChecksum"/>).</summary>
    public static int FieldOffset(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => TcpHeader.ChecksumOffset,
        IpProtocol.Udp => UdpHeader.ChecksumOffset,
        IpProtocol.Icmp or IpProtocol.IcmpV6 => IcmpHeader.ChecksumOffset,
        _ => -1,
    };

    /// <summary>The pseudo-header's unfolded sum for a transport of <paramref name="lengthBytes"/>; 0 for ICMP over IPv4, which has none.</summary>
    /// <param name="ip">The IPv4 or IPv6 header.</param>
    /// <param name="protocol">The protocol after all extension headers.</param>
    /// <param name="lengthBytes">Length of the transport header and payload.</param>
    public static ulong PseudoHeader(byte* ip, byte protocol, int lengthBytes)
    {
        if (*ip >> 4 == 6) return Checksum.PseudoHeader6((byte*)&((Ipv6Header*)ip)->Source0, protocol, lengthBytes);
        return protocol == IpProtocol.Icmp ? 0 : Checksum.PseudoHeader4(((Ipv4Header*)ip)->Addresses, protocol, lengthBytes);
    }

    /// <summary>The value that the field should have, for TCP, UDP, ICMP or ICMPv6; what the field holds now does not matter.</summary>
    /// <param name="ip">The IPv4 or IPv6 header.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="transport">The transport header.</param>
    /// <param name="lengthBytes">Length of the transport header and payload.</param>
    public static ushort Compute(byte* ip, byte protocol, byte* transport, int lengthBytes)
    {
        int before = FieldOffset(protocol);
        int after = before + sizeof(ushort);
        ulong sum = PseudoHeader(ip, protocol, lengthBytes)
            + Checksum.Sum(transport, before) + Checksum.Sum(transport + after, lengthBytes - after);
        ushort field = (ushort)~Checksum.Fold(sum);
        return protocol == IpProtocol.Udp ? Checksum.OrAllOnes(field) : field;
    }

    /// <summary>Computes the field and writes it.</summary>
    /// <param name="ip">The IPv4 or IPv6 header.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="transport">The transport header.</param>
    /// <param name="lengthBytes">Length of the transport header and payload.</param>
    public static void Write(byte* ip, byte protocol, byte* transport, int lengthBytes) =>
        *(ushort*)(transport + FieldOffset(protocol)) = Compute(ip, protocol, transport, lengthBytes);

    /// <summary>Whether the checksum of a parsed, whole packet holds. UDP without one over IPv4 holds; so does a protocol that has none.</summary>
    public static bool Holds(Packet* packet)
    {
        if (packet->Protocol == IpProtocol.Sctp && packet->L4 != 0) return packet->Sctp->Checksum == SctpChecksum.Compute(packet->Data + packet->L4, packet->TransportLength);
        int offset = FieldOffset(packet->Protocol);
        byte* ip = packet->Data + packet->L3;
        bool v4 = *ip >> 4 == 4;
        bool foreign = packet->Protocol == (v4 ? IpProtocol.IcmpV6 : IpProtocol.Icmp);
        if (offset < 0 || packet->L4 == 0 || foreign) return true;
        int length = LengthOf(packet);
        if (packet->Protocol == IpProtocol.Udp && packet->Udp->Checksum == 0) return v4;
        ulong sum = Checksum.Sum(packet->Data + packet->L4, length) + PseudoHeader(ip, packet->Protocol, length);
        return Checksum.Fold(sum) == ushort.MaxValue;
    }

    /// <summary>How many bytes the checksum covers: UDP's own length, or the rest of the IP packet.</summary>
    public static int LengthOf(Packet* packet) =>
        packet->Protocol == IpProtocol.Udp ? packet->Udp->Length.Value : packet->TransportLength;

    /// <summary>Computes and writes an IPv4 header's checksum, options included.</summary>
    public static void WriteHeader(Ipv4Header* ip)
    {
        ip->Checksum = 0;
        ip->Checksum = (ushort)~Checksum.Fold(Checksum.Sum((byte*)ip, ip->HeaderBytes));
    }
}
