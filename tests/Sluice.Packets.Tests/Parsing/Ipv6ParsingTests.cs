using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed class Ipv6ParsingTests
{
    private static PacketBuilder Ip => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    private static PacketBuilder Datagram => Ip.Udp(5000, 53).Payload(32);

    [Fact]
    public void A_TCP_segment_is_a_flow()
    {
        Packet packet = Parsed.Ip(Ip.Tcp(5000, 80, TcpFlag.Syn).Ttl(9).Payload(10).Build());
        Assert.Equal(PacketKind.Flow6, packet.Kind);
        Assert.Equal(40, packet.L4);
        Assert.Equal(70, packet.L3Length);
        Assert.Equal(9, packet.Ttl);
        Assert.Equal(TcpFlag.Syn, packet.TcpFlags);
        Assert.Equal(PacketFlags.Parsed, packet.Flags);
    }

    [Fact]
    public void Extension_headers_are_walked()
    {
        Packet packet = Parsed.Ip(Datagram.Extension(IpProtocol.HopByHop).Extension(IpProtocol.Routing, 24)
            .Extension(IpProtocol.DestinationOptions, 16).Extension(IpProtocol.Authentication, 24).Build());
        Assert.Equal(PacketKind.Flow6, packet.Kind);
        Assert.Equal(40 + 8 + 24 + 16 + 24, packet.L4);
        Assert.Equal(IpProtocol.Udp, packet.Protocol);
        Assert.Equal(PacketFlags.Parsed | PacketFlags.HeaderOptions, packet.Flags);
    }

    [Theory]
    [InlineData(8, DropReason.None)]
    [InlineData(9, DropReason.Malformed)]
    public void Eight_extension_headers_are_the_limit(int count, DropReason reason)
    {
        PacketBuilder builder = Datagram;
        for (int i = 0; i < count; i++) builder.Extension(IpProtocol.DestinationOptions);
        Assert.Equal(reason, Parsed.Ip(builder.Build()).Reason);
    }

    [Fact]
    public void Hop_by_hop_options_come_first_or_not_at_all() =>
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.Extension(IpProtocol.DestinationOptions).Extension(IpProtocol.HopByHop).Build()));

    [Fact]
    public void An_extension_header_beyond_the_packet_is_truncated()
    {
        byte[] bytes = Datagram.Extension(IpProtocol.DestinationOptions).Build();
        bytes[41] = 6;
        Dropped.For(DropReason.Truncated, Parsed.Ip(bytes));
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip.Protocol(IpProtocol.Routing).Payload(new byte[7]).Build()));
    }

    [Fact]
    public void Fragments_are_told_apart_and_only_the_first_has_ports()
    {
        byte[][] fragments = Fragments.Of(Ip.Tcp(5000, 80, TcpFlag.Syn).Payload(2000).Build(), 1200, identification: 77);
        Packet first = Parsed.Ip(fragments[0]);
        Packet last = Parsed.Ip(fragments[1]);
        Assert.Equal([PacketKind.Fragment6, PacketKind.Fragment6], [first.Kind, last.Kind]);
        Assert.Equal([48, 0], [first.L4, last.L4]);
        Assert.Equal([40, 40], [first.FragmentHeader, last.FragmentHeader]);
        Assert.Equal(TcpFlag.Syn, first.TcpFlags);
        Assert.True(first.Flags.HasFlag(PacketFlags.FirstFragment));
        Assert.False(last.Flags.HasFlag(PacketFlags.FirstFragment));
    }

    [Fact]
    public void An_atomic_fragment_is_a_whole_packet()
    {
        Packet packet = Parsed.Ip(Datagram.Fragment(5, 0, more: false).Build());
        Assert.Equal(PacketKind.Flow6, packet.Kind);
        Assert.Equal(48, packet.L4);
        Assert.Equal(PacketFlags.Parsed | PacketFlags.HeaderOptions, packet.Flags);
    }

    [Fact]
    public void A_first_fragment_without_its_whole_header_chain_is_truncated() =>
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip.Protocol(IpProtocol.DestinationOptions).Payload(17, 4, 1, 4, 0, 0, 0, 0).Fragment(1, 0, more: true).Build()));

    [Fact]
    public void Fragments_that_can_never_be_put_together_are_malformed()
    {
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload(new byte[15]).Fragment(1, 0, more: true).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload([]).Fragment(1, 8, more: false).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip.Protocol(17).Payload(new byte[16]).Fragment(1, 65_528, more: false).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.Fragment(1, 0, more: true).Fragment(2, 0, more: true).Build()));
    }

    [Fact]
    public void A_payload_length_beyond_the_frame_is_truncated() =>
        Dropped.For(DropReason.Truncated, Parsed.Ip(Datagram.WithIpLength(41).Build()));

    [Fact]
    public void Padding_is_not_part_of_the_packet() => Assert.Equal(80, Parsed.Ip(Datagram.Padding(3).Build()).L3Length);

    [Fact]
    public void A_jumbogram_is_malformed() =>
        Dropped.For(DropReason.Malformed, Parsed.Ip(Datagram.Extension(IpProtocol.HopByHop).WithIpLength(0).Build()));

    [Fact]
    public void A_super_frame_too_long_for_its_length_field_takes_the_frame_s_length()
    {
        Packet packet = Parsed.Ip(Ip.Tcp(1, 2).Payload(70_000).WithIpLength(0).Build(), new Packet { GsoType = 4, GsoSize = 1428 });
        Assert.Equal(PacketKind.Flow6, packet.Kind);
        Assert.Equal(70_060, packet.L3Length);
    }

    [Theory]
    [InlineData("ff02::1")]
    [InlineData("::1")]
    public void A_source_that_no_station_can_have_is_malformed(string source) =>
        Dropped.For(DropReason.Malformed, Parsed.Ip(PacketBuilder.Ip(source, "2001:db8::1").Udp(1, 2).Build()));

    [Theory]
    [InlineData("::")]
    [InlineData("::2")]
    [InlineData("fe80::1")]
    public void Other_sources_are_for_the_policy_to_judge(string source) =>
        Assert.Equal(PacketKind.Flow6, Parsed.Ip(PacketBuilder.Ip(source, "2001:db8::1").Udp(1, 2).Build()).Kind);

    [Theory]
    [InlineData(59)]
    [InlineData(136)]
    [InlineData(50)]
    [InlineData(1)]
    public void Other_protocols_are_said_and_not_looked_into(int protocol)
    {
        Packet packet = Parsed.Ip(Ip.Protocol((byte)protocol).Build());
        Assert.Equal(PacketKind.Other6, packet.Kind);
        Assert.Equal(40, packet.L4);
    }

    [Theory]
    [InlineData(4, DropReason.Malformed)]
    [InlineData(6, DropReason.None)]
    [InlineData(7, DropReason.Truncated)]
    public void TCP_s_header_length_is_checked(int words, DropReason reason) =>
        Assert.Equal(reason, Parsed.Ip(Ip.Tcp(1, 2).Payload(4).WithDataOffset(words).Build()).Reason);

    [Theory]
    [InlineData(7, DropReason.Malformed)]
    [InlineData(40, DropReason.None)]
    [InlineData(41, DropReason.Truncated)]
    public void UDP_s_length_is_checked(int length, DropReason reason) =>
        Assert.Equal(reason, Parsed.Ip(Datagram.WithUdpLength(length).Build()).Reason);
}
