using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed class Ipv4ParsingTests
{
    private static PacketBuilder Ip => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");

    private static PacketBuilder Datagram => Ip.Udp(5000, 53).Payload(32);

    [Fact]
    public void A_UDP_datagram_is_a_flow()
    {
        Packet packet = Parsed.Ip(Datagram.Ttl(7).Build());
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(0, packet.L3);
        Assert.Equal(20, packet.L4);
        Assert.Equal(60, packet.L3Length);
        Assert.Equal(7, packet.Ttl);
        Assert.Equal(0, packet.TcpFlags);
    }

    [Fact]
    public void Padding_is_not_part_of_the_packet() => Assert.Equal(60, Parsed.Ip(Datagram.Padding(7).Build()).L3Length);

    [Fact]
    public void Options_are_skipped_and_said()
    {
        // Loose source route, then end of options.
        Packet packet = Parsed.Ip(Datagram.Options(131, 7, 4, 192, 0, 2, 1).Build());
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(28, packet.L4);
        Assert.Equal(PacketFlags.Parsed | PacketFlags.HeaderOptions, packet.Flags);
    }

    [Fact]
    public void A_wrong_header_checksum_is_dropped()
    {
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Datagram.WithBadHeaderChecksum().Build()));
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Datagram.Options(1, 1, 1, 1).WithBadHeaderChecksum().Build()));
    }

    [Fact]
    public void A_header_that_contradicts_itself_is_malformed()
    {
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.WithHeaderWords(4).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.WithIpLength(19).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.WithIpLength(0).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Of(Datagram.WithVersion(5).Ethernet(Parsed.Us, Parsed.Peer).Build(), Parsed.Link));
    }

    [Fact]
    public void A_total_length_beyond_the_frame_is_truncated() =>
        Dropped.For(DropReason.Truncated, Parsed.Ip(Datagram.WithIpLength(61).Build()));

    [Fact]
    public void A_super_frame_too_long_for_its_length_field_takes_the_frame_s_length()
    {
        Packet packet = Parsed.Ip(Ip.Tcp(1, 2).Payload(70_000).WithIpLength(0).Build(), new Packet { GsoType = 1, GsoSize = 1448 });
        Assert.Equal(PacketKind.Flow4, packet.Kind);
        Assert.Equal(70_040, packet.L3Length);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    public void A_source_that_no_station_can_have_is_malformed(string source) =>
        Dropped.For(DropReason.Malformed, Parsed.Ip(PacketBuilder.Ip(source, "198.51.100.7").Udp(1, 2).Build()));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("240.0.0.1")]
    public void Other_sources_are_for_the_policy_to_judge(string source) =>
        Assert.Equal(PacketKind.Flow4, Parsed.Ip(PacketBuilder.Ip(source, "198.51.100.7").Udp(1, 2).Build()).Kind);

    [Fact]
    public void Fragments_are_told_apart_and_only_the_first_has_ports()
    {
        byte[][] fragments = Fragments.Of(Ip.Udp(5000, 53).Payload(3000).Build(), 1480, identification: 77);
        Packet first = Parsed.Ip(fragments[0]);
        Packet second = Parsed.Ip(fragments[1]);
        Packet last = Parsed.Ip(fragments[2]);
        Assert.Equal([PacketKind.Fragment4, PacketKind.Fragment4, PacketKind.Fragment4], [first.Kind, second.Kind, last.Kind]);
        Assert.Equal(PacketFlags.Parsed | PacketFlags.FirstFragment, first.Flags);
        Assert.Equal(20, first.L4);
        Assert.Equal(PacketFlags.Parsed, second.Flags);
        Assert.Equal(0, second.L4);
        Assert.Equal(IpProtocol.Udp, last.Protocol);
    }

    [Fact]
    public void A_first_TCP_fragment_has_its_flags_if_they_are_in_it()
    {
        byte[] segment = Ip.Tcp(5000, 80, TcpFlag.Syn).Payload(100).Build();
        Assert.Equal(TcpFlag.Syn, Parsed.Ip(Fragments.Of(segment, 16)[0]).TcpFlags);
        Packet tiny = Parsed.Ip(Fragments.Of(segment, 8)[0]);
        Assert.Equal(0, tiny.TcpFlags);
        Assert.Equal(PacketKind.Fragment4, tiny.Kind);
    }

    [Fact]
    public void Fragments_that_can_never_be_put_together_are_malformed()
    {
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload(new byte[15]).Fragment(1, 0, more: true).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload([]).Fragment(1, 8, more: false).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload(new byte[16]).Fragment(1, 65_528, more: false).Build()));
        Assert.Equal(PacketKind.Fragment4, Parsed.Ip(Ip.Protocol(17).Payload(new byte[7]).Fragment(1, 65_504, more: false).Build()).Kind);
    }

    [Fact]
    public void Dont_fragment_alone_makes_no_fragment() => Assert.Equal(PacketKind.Flow4, Parsed.Ip(Datagram.DontFragment().Build()).Kind);

    [Theory]
    [InlineData(4, DropReason.Malformed)]
    [InlineData(5, DropReason.None)]
    [InlineData(6, DropReason.None)]
    [InlineData(7, DropReason.Truncated)]
    public void TCP_s_header_length_is_checked(int words, DropReason reason) =>
        Assert.Equal(reason, Parsed.Ip(Ip.Tcp(1, 2).Payload(4).WithDataOffset(words).Build()).Reason);

    [Theory]
    [InlineData(0, DropReason.Malformed)]
    [InlineData(7, DropReason.Malformed)]
    [InlineData(8, DropReason.None)]
    [InlineData(40, DropReason.None)]
    [InlineData(41, DropReason.Truncated)]
    public void UDP_s_length_is_checked(int length, DropReason reason) =>
        Assert.Equal(reason, Parsed.Ip(Datagram.WithUdpLength(length).Build()).Reason);

    [Theory]
    [InlineData(6, 19)]
    [InlineData(17, 7)]
    [InlineData(1, 7)]
    public void A_transport_header_that_is_cut_short_is_truncated(int protocol, int bytes) =>
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip.Protocol((byte)protocol).Payload(new byte[bytes]).Build()));

    [Theory]
    [InlineData(136)]
    [InlineData(47)]
    [InlineData(58)]
    [InlineData(4)]
    public void Other_protocols_are_said_and_not_looked_into(int protocol)
    {
        Packet packet = Parsed.Ip(Ip.Protocol((byte)protocol).Payload(1, 2, 3).Build());
        Assert.Equal(PacketKind.Other4, packet.Kind);
        Assert.Equal(protocol, packet.Protocol);
        Assert.Equal(20, packet.L4);
    }
}
