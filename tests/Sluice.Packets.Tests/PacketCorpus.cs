using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Tests;

/// <summary>Valid packets of every kind, for fuzz tests to mutate.</summary>
internal static class PacketCorpus
{
    private static PacketBuilder Ip4() => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");

    private static PacketBuilder Ip6() => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    /// <summary>Packets that begin with their IP header.</summary>
    public static byte[][] Ip()
    {
        byte[] udp4 = Ip4().Udp(5000, 53).Payload(40).Build();
        byte[] tcp6 = Ip6().Tcp(5000, 80).Payload(40).Build();
        return
        [
            udp4, tcp6,
            Ip4().Tcp(5000, 80, TcpFlag.Syn).Mss(1460).Build(),
            Ip6().Udp(5000, 53).Payload(3).Build(),
            Ip4().Options(7, 7, 4, 0, 0, 0, 0).Udp(1, 2).Build(),
            Ip4().Sctp(5000, 80, SctpChunk.Init).Build(),
            Ip6().Sctp(5000, 80).Payload(30).Build(),
            Ip4().Error(3, 1, Ip4().Sctp(5000, 80).Build()).Build(),
            Ip4().Echo(7).Payload(56).Build(),
            Ip6().Echo(7).Payload(56).Build(),
            Ip4().Error(3, 1, udp4).Build(),
            Ip6().Error(2, 0, tcp6, 1280).Build(),
            Ip6().Error(1, 0, Ip6().Extension(IpProtocol.HopByHop).Fragment(1, 0, more: true).Tcp(1, 2).Build()).Build(),
            Ip6().Extension(IpProtocol.HopByHop).Extension(IpProtocol.Routing, 24).Extension(IpProtocol.Authentication, 24).Udp(1, 2).Build(),
            Ip6().NeighborSolicitation(IpAddress.Parse("2001:db8:1::7"), MacAddress.Parse(Parsed.Peer)).Build(),
            .. Fragments.Of(udp4, 16),
            .. Fragments.Of(tcp6, 24),
        ];
    }

    /// <summary>Frames that begin with an Ethernet header.</summary>
    public static byte[][] Ethernet() =>
    [
        Ip4().Tcp(1, 2).Ethernet(Parsed.Us, Parsed.Peer).Build(),
        Ip6().Udp(1, 2).Payload(9).Ethernet(Parsed.Us, Parsed.Peer).Build(),
        Ip4().Error(11, 0, Ip4().Udp(5000, 53).Payload(40).Build()).Ethernet(Parsed.Us, Parsed.Peer).Vlan(5).Build(),
        PacketBuilder.Arp(1, MacAddress.Parse(Parsed.Peer), IpAddress.Parse("10.0.0.5"), default, IpAddress.Parse("10.0.0.1"))
            .Ethernet("ff:ff:ff:ff:ff:ff", Parsed.Peer).Build(),
    ];

    /// <summary>Copies a packet, or its beginning, and changes up to three of its bytes, mostly among the headers.</summary>
    public static byte[] Mutate(Random random, byte[] packet)
    {
        int length = random.Next(3) == 0 ? random.Next(packet.Length + 1) : packet.Length;
        byte[] bytes = packet[..length];
        for (int change = random.Next(4); change > 0 && length > 0; change--)
        {
            int at = random.Next(Math.Min(length, random.Next(2) == 0 ? 64 : length));
            bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(bytes[at] + 1), _ => (byte)(bytes[at] ^ 1 << random.Next(8)) };
        }

        if (random.Next(2) == 0) RepairHeaderChecksum(bytes);
        return bytes;
    }

    /// <summary>Makes an IPv4 header's checksum right again, where there is such a header.</summary>
    public static void RepairHeaderChecksum(Span<byte> ip)
    {
        if (ip.Length < 20 || ip[0] >> 4 != 4) return;
        int header = (ip[0] & 15) * 4;
        if (header < 20 || header > ip.Length) return;
        ip[10..12].Clear();
        System.Runtime.InteropServices.MemoryMarshal.Write(ip[10..], Checksum.Of(ip[..header]));
    }
}
