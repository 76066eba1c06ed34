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
        byte[][] corpus = [.. PacketCorpus.Ip(), .. PacketCorpus.Ethernet()];
        var kinds = new HashSet<PacketKind>();
        using var buffer = new GuardedBuffer(Room);
        for (int round = 0; round < 400_000; round++)
        {
            byte[] bytes = PacketCorpus.Mutate(random, corpus[random.Next(corpus.Length)]);
            byte* data = buffer.Data + Room - bytes.Length;
            bytes.CopyTo(new Span<byte>(data, bytes.Length));
            kinds.Add(Check(random, data, bytes.Length, Links[random.Next(Links.Length)]));
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
        PacketCorpus.RepairHeaderChecksum(ip);
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
