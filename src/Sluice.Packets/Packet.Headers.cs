using Sluice.Packets.Headers;

namespace Sluice.Packets;

/// <summary>The packet's headers as the parser placed them. Valid only where <see cref="Kind"/> says that the header is there; nothing is checked again.</summary>
public unsafe partial struct Packet
{
    /// <summary>The Ethernet header, on links that have one.</summary>
    public readonly EthernetHeader* Ethernet => (EthernetHeader*)Data;

    /// <summary>The ARP packet.</summary>
    public readonly ArpHeader* Arp => (ArpHeader*)(Data + L3);

    /// <summary>The IPv4 header.</summary>
    public readonly Ipv4Header* Ipv4 => (Ipv4Header*)(Data + L3);

    /// <summary>The IPv6 header.</summary>
    public readonly Ipv6Header* Ipv6 => (Ipv6Header*)(Data + L3);

    /// <summary>The TCP header.</summary>
    public readonly TcpHeader* Tcp => (TcpHeader*)(Data + L4);

    /// <summary>The UDP header.</summary>
    public readonly UdpHeader* Udp => (UdpHeader*)(Data + L4);

    /// <summary>SCTP's common header.</summary>
    public readonly SctpHeader* Sctp => (SctpHeader*)(Data + L4);

    /// <summary>The first chunk of an SCTP packet, where it has one: then more than the common header is there.</summary>
    public readonly SctpChunkHeader* SctpChunk => (SctpChunkHeader*)(Data + L4 + SctpHeader.Bytes);

    /// <summary>The ICMP or ICMPv6 header.</summary>
    public readonly IcmpHeader* Icmp => (IcmpHeader*)(Data + L4);

    /// <summary>The IPv6 fragment header, with <see cref="PacketKind.Fragment6"/>.</summary>
    public readonly Ipv6FragmentHeader* Fragment6 => (Ipv6FragmentHeader*)(Data + FragmentHeader);

    /// <summary>The IPv4 header that an ICMP error quotes.</summary>
    public readonly Ipv4Header* QuotedIpv4 => (Ipv4Header*)(Data + QuotedL3);

    /// <summary>The IPv6 header that an ICMPv6 error quotes.</summary>
    public readonly Ipv6Header* QuotedIpv6 => (Ipv6Header*)(Data + QuotedL3);

    /// <summary>Bytes of the IP packet from the transport header on.</summary>
    public readonly int TransportLength => L3 + L3Length - L4;
}
