using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

/// <summary>Any bytes at all, each input ending at a page that may not be touched.</summary>
public sealed unsafe class PacketParserFuzzTests
{
    private const int Room = 70_100;

    private static readonly LinkFrame[] Links =
    [
        LinkFrame.Raw, Parsed.Link, LinkFrame.Ethernet(MacAddress.Parse(Parsed.Us), vlan: 5),
    ];

    private static byte[][] Corpus()
    {
        PacketBuilder Ip4() => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");
        PacketBuilder Ip6() => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");
        MacAddress mac = MacAddress.Parse(Parsed.Peer);
        byte[] udp4 = Ip4().Udp(5000, 53).Payload(40).Build();
        byte[] tcp6 = Ip6().Tcp(5000, 80).Payload(40).Build();
        byte[][] packets =
        [
            udp4, tcp6,
            Ip4().Tcp(5000, 80, TcpFlag.Syn).Mss(1460).Build(),
            Ip6().Udp(5000, 53).Payload(3).Build(),
            Ip4().Options(7, 7, 4, 0, 0, 0, 0).Udp(1, 2).Build(),
            Ip4().Echo(7).Payload(56).Build(),
            Ip6().Echo(7).Payload(56).Build(),
            Ip4().Error(3, 1, udp4).Build(),
            Ip6().Error(2, 0, tcp6, 1280).Build(),
            Ip6().Error(1, 0, Ip6().Extension(IpProtocol.HopByHop).Fragment(1, 0, more: true).Tcp(1, 2).Build()).Build(),
            Ip6().Extension(IpProtocol.HopByHop).Extension(IpProtocol.Routing, 24).Extension(IpProtocol.Authentication, 24).Udp(1, 2).Build(),
            Ip6().NeighborSolicitation(IpAddress.Parse("2001:db8:1::7"), mac).Build(),
            .. Fragments.Of(udp4, 16),
            .. Fragments.Of(tcp6, 24),
        ];
        byte[][] frames =
        [
            Ip4().Tcp(1, 2).Ethernet(Parsed.Us, Parsed.Peer).Build(),
            Ip6().Udp(1, 2).Payload(9).Ethernet(Parsed.Us, Parsed.Peer).Build(),
            Ip4().Error(11, 0, udp4).Ethernet(Parsed.Us, Parsed.Peer).Vlan(5).Build(),
            PacketBuilder.Arp(1, mac, IpAddress.Parse("10.0.0.5"), default, IpAddress.Parse("10.0.0.1")).Ethernet("ff:ff:ff:ff:ff:ff", Parsed.Peer).Build(),
        ];
        return [.. packets, .. frames];
    }

    [Fact]
    public void Random_bytes_of_any_length_are_judged_without_reading_past_their_end()
    {
        Random random = Seeds.New();
        using var buffer = new GuardedBuffer(Room);
        for (int round = 0; round < 200_000; round++)
        {
            int length = random.Next(100) == 0 ? random.Next(Room) : random.Next(160);
            var bytes = new Span<byte>(buffer.Data + Room - length, length);
            random.NextBytes(bytes);
            LinkFrame link = Links[random.Next(Links.Length)];
            Steer(random, bytes, link);
            Check(random, buffer.Data + Room - length, length, link);
        }
    }

    [Fact]
    public void Mutated_packets_are_judged_without_reading_past_their_end()
    {
        Random random = Seeds.New();
        byte[][] corpus = Corpus();
        var kinds = new HashSet<PacketKind>();
        using var buffer = new GuardedBuffer(Room);
        for (int round = 0; round < 400_000; round++)
        {
            byte[] seed = corpus[random.Next(corpus.Length)];
            int length = random.Next(3) == 0 ? random.Next(seed.Length + 1) : seed.Length;
            byte* data = buffer.Data + Room - length;
            var bytes = new Span<byte>(data, length);
            seed.AsSpan(0, length).CopyTo(bytes);
            for (int change = random.Next(4); change > 0 && length > 0; change--)
            {
                int at = random.Next(Math.Min(length, random.Next(2) == 0 ? 64 : length));
                bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(bytes[at] + 1), _ => (byte)(bytes[at] ^ 1 << random.Next(8)) };
            }

            if (random.Next(2) == 0) RepairHeaderChecksum(bytes);
            kinds.Add(Check(random, data, length, Links[random.Next(Links.Length)]));
        }

        Assert.Equal(Enum.GetValues<PacketKind>(), kinds.Order());
    }

    /// <summary>Makes random bytes pass the first hurdles often enough to reach the later ones.</summary>
    private static void Steer(Random random, Span<byte> bytes, LinkFrame link)
    {
        int l3 = 0;
        if (link.HasEthernet && bytes.Length >= 14 && random.Next(8) != 0)
        {
            MacAddress.Parse(Parsed.Us).CopyTo(bytes);
            ReadOnlySpan<ushort> types = [EtherType.Ipv4, EtherType.Ipv6, EtherType.Arp, EtherType.Vlan];
            System.Runtime.InteropServices.MemoryMarshal.Write(bytes[12..], types[random.Next(types.Length)]);
            l3 = 14;
        }

        Span<byte> ip = bytes[Math.Min(l3, bytes.Length)..];
        if (ip.Length < 10 || random.Next(8) == 0) return;
        ReadOnlySpan<byte> protocols = [0, 1, 6, 17, 43, 44, 51, 58, 60, 132];
        bool v4 = random.Next(2) == 0;
        ip[0] = v4 ? (byte)(0x45 + random.Next(3)) : (byte)0x60;
        int room = v4 ? ip.Length : ip.Length - 40;
        ip[v4 ? 2 : 4] = (byte)(room >> 8);
        ip[v4 ? 3 : 5] = (byte)room;
        ip[v4 ? 9 : 6] = protocols[random.Next(protocols.Length)];
        if (v4) ip[6] = (byte)(random.Next(3) == 0 ? 0x20 : 0);
        RepairHeaderChecksum(ip);
    }

    private static void RepairHeaderChecksum(Span<byte> ip)
    {
        if (ip.Length < 20 || ip[0] >> 4 != 4) return;
        int header = (ip[0] & 15) * 4;
        if (header < 20 || header > ip.Length) return;
        ip[10..12].Clear();
        System.Runtime.InteropServices.MemoryMarshal.Write(ip[10..], Checksum.Of(ip[..header]));
    }

    /// <summary>Both entries agree, and whatever the result promises lies inside the packet.</summary>
    private static PacketKind Check(Random random, byte* data, int length, LinkFrame link)
    {
        var packet = new Packet { Data = data, Length = length, GsoType = (byte)(random.Next(8) == 0 ? 1 : 0), Handle = 42, Realm = 3, Link = 4 };
        Packet slow = packet;
        PacketParser.Parse(&packet, in link);
        PacketParser.ParseSlow(&slow, in link);
        Assert.True(new ReadOnlySpan<byte>(&packet, sizeof(Packet)).SequenceEqual(new ReadOnlySpan<byte>(&slow, sizeof(Packet))));

        Assert.Equal((42ul, 3, 4), (packet.Handle, packet.Realm, packet.Link));
        if (packet.Kind == PacketKind.Bad)
        {
            Assert.NotEqual(DropReason.None, packet.Reason);
            Assert.Equal(Verdict.Drop, packet.Verdict);
            return packet.Kind;
        }

        Assert.Equal((DropReason.None, Verdict.None), (packet.Reason, packet.Verdict));
        int end = packet.L3 + packet.L3Length;
        Assert.InRange(end, packet.L3, length);
        if (packet.L4 != 0) Assert.InRange(packet.L4, packet.L3, end);
        int least = packet.Kind switch
        {
            PacketKind.Flow4 or PacketKind.Flow6 => packet.Protocol == IpProtocol.Tcp ? 20 : 8,
            PacketKind.Error4 or PacketKind.Error6 or PacketKind.NeighborDiscovery => 8,
            _ => 0,
        };
        Assert.InRange(packet.L4 + least, 0, end);
        if (packet.Kind is PacketKind.Error4 or PacketKind.Error6)
        {
            Assert.InRange(packet.QuotedL3, packet.L4 + 8, packet.QuotedL4);
            Assert.InRange(packet.QuotedL4 + 8, 0, end);
        }

        if (packet.Flags.HasFlag(PacketFlags.FirstFragment)) Assert.InRange(packet.L4 + 8, 0, end);
        if (random.Next(16) == 0) Assert.NotEmpty(PacketText.Describe(&packet));
        return packet.Kind;
    }
}
