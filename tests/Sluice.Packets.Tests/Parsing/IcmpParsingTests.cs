using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed class IcmpParsingTests
{
    private static PacketBuilder Ip4 => PacketBuilder.Ip("198.51.100.1", "10.0.0.5");

    private static PacketBuilder Ip6 => PacketBuilder.Ip("2001:db8:1::1", "2001:db8::5");

    private static byte[] Sent4 => PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 53).Payload(100).Build();

    private static byte[] Sent6 => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Udp(5000, 53).Payload(100).Build();

    [Theory]
    [InlineData(8)]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(14)]
    public void Queries_over_IPv4_are_flows(int type) => Assert.Equal(PacketKind.Flow4, Parsed.Ip(Ip4.Icmp((byte)type).Build()).Kind);

    [Theory]
    [InlineData(128)]
    [InlineData(129)]
    public void Queries_over_IPv6_are_flows(int type) => Assert.Equal(PacketKind.Flow6, Parsed.Ip(Ip6.Icmp((byte)type).Build()).Kind);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(255)]
    public void Other_messages_over_IPv4_are_no_flows(int type) =>
        Assert.Equal(PacketKind.Other4, Parsed.Ip(Ip4.Error((byte)type, 0, Sent4).Build()).Kind);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(143)]
    public void Other_messages_over_IPv6_are_no_flows(int type) => Assert.Equal(PacketKind.Other6, Parsed.Ip(Ip6.Icmp((byte)type).Build()).Kind);

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(12)]
    public void Errors_over_IPv4_tell_what_they_quote(int type)
    {
        Packet packet = Parsed.Ip(Ip4.Error((byte)type, 1, Sent4).Build());
        Assert.Equal(PacketKind.Error4, packet.Kind);
        Assert.Equal([20, 28, 48], [packet.L4, packet.QuotedL3, packet.QuotedL4]);
        Assert.Equal(IpProtocol.Udp, packet.QuotedProtocol);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Errors_over_IPv6_tell_what_they_quote(int type)
    {
        Packet packet = Parsed.Ip(Ip6.Error((byte)type, 0, Sent6).Build());
        Assert.Equal(PacketKind.Error6, packet.Kind);
        Assert.Equal([40, 48, 88], [packet.L4, packet.QuotedL3, packet.QuotedL4]);
        Assert.Equal(IpProtocol.Udp, packet.QuotedProtocol);
    }

    [Fact]
    public void Quoted_options_and_extension_headers_are_walked()
    {
        byte[] sent4 = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Options(1, 1, 1, 1).Tcp(1, 2).Build();
        byte[] sent6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Extension(IpProtocol.HopByHop).Fragment(3, 0, more: true).Tcp(1, 2).Build();
        Packet error4 = Parsed.Ip(Ip4.Error(3, 1, sent4).Build());
        Packet error6 = Parsed.Ip(Ip6.Error(1, 1, sent6).Build());
        Assert.Equal([52, 104], [error4.QuotedL4, error6.QuotedL4]);
        Assert.Equal([IpProtocol.Tcp, IpProtocol.Tcp], [error4.QuotedProtocol, error6.QuotedProtocol]);
    }

    [Fact]
    public void Eight_bytes_of_the_quoted_transport_are_needed()
    {
        Assert.Equal(PacketKind.Error4, Parsed.Ip(Ip4.Error(3, 1, Sent4[..28]).Build()).Kind);
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip4.Error(3, 1, Sent4[..27]).Build()));
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip4.Error(3, 1, Sent4[..19]).Build()));
        Assert.Equal(PacketKind.Error6, Parsed.Ip(Ip6.Error(1, 1, Sent6[..48]).Build()).Kind);
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip6.Error(1, 1, Sent6[..47]).Build()));
        Dropped.For(DropReason.Truncated, Parsed.Ip(Ip6.Error(1, 1, Sent6[..39]).Build()));
    }

    [Fact]
    public void Checksums_of_the_error_and_of_the_quoted_header_are_verified()
    {
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Ip4.Error(3, 1, Sent4).WithBadChecksum().Build()));
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Ip6.Error(1, 1, Sent6).WithBadChecksum().Build()));
        byte[] wrong = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").WithBadHeaderChecksum().Udp(5000, 53).Build();
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Ip4.Error(3, 1, wrong).Build()));
    }

    [Fact]
    public void The_quoted_transport_checksum_is_not_looked_at()
    {
        byte[] sent = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 53).WithBadChecksum().Build();
        Assert.Equal(PacketKind.Error4, Parsed.Ip(Ip4.Error(3, 1, sent).Build()).Kind);
    }

    [Fact]
    public void A_checksum_that_the_sender_left_to_hardware_is_not_verified()
    {
        var offload = new Packet { Flags = PacketFlags.PartialChecksum };
        Packet packet = Parsed.Ip(Ip4.Error(3, 1, Sent4).WithBadChecksum().Build(), offload);
        Assert.Equal(PacketKind.Error4, packet.Kind);
        Assert.Equal(PacketFlags.PartialChecksum | PacketFlags.Parsed, packet.Flags);
    }

    [Fact]
    public void A_quote_of_another_version_is_malformed()
    {
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip4.Error(3, 1, Sent6).Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip6.Error(1, 1, Sent4).Build()));
    }

    [Fact]
    public void An_error_about_a_later_fragment_matches_nothing()
    {
        byte[] later4 = Fragments.Of(Sent4, 64)[1];
        byte[] later6 = Fragments.Of(Sent6, 64)[1];
        Dropped.For(DropReason.IcmpUnmatched, Parsed.Ip(Ip4.Error(3, 1, later4).Build()));
        Dropped.For(DropReason.IcmpUnmatched, Parsed.Ip(Ip6.Error(1, 1, later6).Build()));
    }

    [Theory]
    [InlineData(133, 0)]
    [InlineData(134, 8)]
    [InlineData(135, 16)]
    [InlineData(136, 16)]
    [InlineData(137, 32)]
    public void Neighbour_discovery_is_validated(int type, int least)
    {
        PacketBuilder Message(int bytes) => Ip6.Ttl(255).Icmp((byte)type).Payload(new byte[bytes]);
        Assert.Equal(PacketKind.NeighborDiscovery, Parsed.Ip(Message(least).Build()).Kind);
        Dropped.For(DropReason.Malformed, Parsed.Ip(Message(least).Ttl(254).Build()));
        Dropped.For(DropReason.BadChecksum, Parsed.Ip(Message(least).WithBadChecksum().Build()));
        Dropped.For(DropReason.Malformed, Parsed.Ip(Ip6.Ttl(255).Icmp((byte)type, 1).Payload(new byte[least]).Build()));
        if (least > 0) Dropped.For(DropReason.Truncated, Parsed.Ip(Message(least - 1).Build()));
    }
}
