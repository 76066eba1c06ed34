using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed class EthernetParsingTests
{
    private static PacketBuilder Syn => PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80, TcpFlag.Syn).Ethernet(Parsed.Us, Parsed.Peer);

    private static LinkFrame Tagged(ushort vlan) => LinkFrame.Ethernet(MacAddress.Parse(Parsed.Us), vlan);

    [Fact]
    public void A_frame_to_our_address_is_parsed()
    {
        Packet packet = Parsed.Of(Syn.Build(), Parsed.Link);
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(14, packet.L3);
        Assert.Equal(34, packet.L4);
        Assert.Equal(40, packet.L3Length);
        Assert.Equal(TcpFlag.Syn, packet.TcpFlags);
        Assert.Equal(64, packet.Ttl);
        Assert.Equal(IpProtocol.Tcp, packet.Protocol);
        Assert.Equal(PacketFlags.Parsed, packet.Flags);
        Assert.Equal(Packet.NoSession, packet.Session);
        Assert.Equal(Packet.NoLink, packet.OutLink);
    }

    [Fact]
    public void A_frame_to_another_station_is_not_for_us() =>
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Ethernet("02:00:00:00:00:09", Parsed.Peer).Build(), Parsed.Link));

    [Theory]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    [InlineData("01:00:5e:00:00:01")]
    public void A_frame_to_a_group_is_taken_and_marked(string group)
    {
        Packet packet = Parsed.Of(Syn.Ethernet(group, Parsed.Peer).Build(), Parsed.Link);
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(PacketFlags.Parsed | PacketFlags.LinkMulticast, packet.Flags);
    }

    [Fact]
    public void Our_VLAN_is_taken_and_its_tag_remembered()
    {
        Packet packet = Parsed.Of(Syn.Vlan(0x6005).Build(), Tagged(5));
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(18, packet.L3);
        Assert.Equal(0x6005, packet.VlanTag);
    }

    [Fact]
    public void A_tag_that_the_link_reported_counts_like_one_in_the_frame()
    {
        var reported = new Packet { VlanTag = 0x6005 };
        Assert.Equal(PacketKind.Flow4, Parsed.Of(Syn.Build(), Tagged(5), reported).Kind);
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Build(), Parsed.Link, reported));
    }

    [Fact]
    public void Another_VLAN_is_not_for_us()
    {
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Vlan(6).Build(), Tagged(5)));
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Vlan(6).Build(), Parsed.Link));
    }

    [Fact]
    public void An_untagged_frame_on_a_link_with_a_VLAN_is_not_for_us() =>
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Build(), Tagged(5)));

    [Fact]
    public void A_priority_tag_leaves_a_frame_untagged()
    {
        Assert.Equal(PacketKind.Flow4, Parsed.Of(Syn.Vlan(0xE000).Build(), Parsed.Link).Kind);
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Vlan(0xE000).Build(), Tagged(5)));
    }

    [Fact]
    public void A_second_tag_is_not_for_us()
    {
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Vlan(5).Vlan(6).Build(), Tagged(5)));
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.Vlan(6).Build(), Tagged(5), new Packet { VlanTag = 5 }));
        Dropped.For(DropReason.NotForUs, Parsed.Of(Syn.WithEtherType(0x88A8).Build(), Parsed.Link));
    }

    [Fact]
    public void ARP_is_recognised()
    {
        byte[] frame = PacketBuilder.Arp(1, MacAddress.Parse(Parsed.Peer), IpAddress.Parse("10.0.0.5"), default, IpAddress.Parse("10.0.0.1"))
            .Ethernet("ff:ff:ff:ff:ff:ff", Parsed.Peer).Padding(18).Build();
        Packet packet = Parsed.Of(frame, Parsed.Link);
        Assert.Equal(PacketKind.Arp, packet.Kind);
        Assert.Equal(28, packet.L3Length);
        Dropped.For(DropReason.Truncated, Parsed.Of(frame[..41], Parsed.Link));
        frame[18] = 8;
        Dropped.For(DropReason.Malformed, Parsed.Of(frame, Parsed.Link));
    }

    [Theory]
    [InlineData(0x88CC)]
    [InlineData(0x0026)]
    public void Other_frames_are_named_as_such(int type)
    {
        Packet packet = Parsed.Of(PacketBuilder.Frame((ushort)type, new byte[40]).Ethernet(Parsed.Us, Parsed.Peer).Build(), Parsed.Link);
        Assert.Equal(PacketKind.OtherFrame, packet.Kind);
        Assert.Equal(Verdict.None, packet.Verdict);
    }

    [Fact]
    public void A_frame_cut_anywhere_before_its_announced_end_is_truncated()
    {
        byte[] frame = Syn.Vlan(5).Build();
        for (int length = 0; length < frame.Length; length++) Dropped.For(DropReason.Truncated, Parsed.Of(frame[..length], Tagged(5)));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x5F)]
    [InlineData(0xF0)]
    public void Without_Ethernet_another_version_is_malformed(int first) =>
        Dropped.For(DropReason.Malformed, Parsed.Ip([(byte)first, .. new byte[60]]));

    [Fact]
    public void A_raw_frame_without_a_byte_is_truncated() => Dropped.For(DropReason.Truncated, Parsed.Ip([]));
}
