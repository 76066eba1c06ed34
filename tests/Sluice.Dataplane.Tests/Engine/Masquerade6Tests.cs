using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>The whole way of packets through a masquerade, IPv6.</summary>
public sealed class Masquerade6Tests : IDisposable
{
    private readonly Rig rig = new(Net.Of(
        [Net.Link("vpc1", "2001:db8:1::1/64", "2001:db8:1::2"), Net.Link("vpc2", "2001:db8:2::1/64", "2001:db8:2::2", ", mtu: 1400")],
        [$"vpc1: {Net.Masquerading("2001:db8:1::/64", "2001:db8:2::f/128")}, vpc2: {Net.Plain("2001:db8:2::/64")}"]));

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Connections_datagrams_and_pings_leave_public_and_come_back() => new Play(rig).Run("""
        vpc1 [2001:db8:1::2]:5000 > [2001:db8:2::2]:80 tcp S
          = vpc2 [2001:db8:2::f]:5000 > [2001:db8:2::2]:80 tcp S len 0 ttl 63
        vpc2 [2001:db8:2::2]:80 > [2001:db8:2::f]:5000 tcp SA
          = vpc1 [2001:db8:2::2]:80 > [2001:db8:1::2]:5000 tcp SA len 0 ttl 63
        vpc1 [2001:db8:1::2]:5353 > [2001:db8:2::2]:53 udp len 4
          = vpc2 [2001:db8:2::f]:5353 > [2001:db8:2::2]:53 udp len 4 ttl 63
        vpc2 [2001:db8:2::2]:53 > [2001:db8:2::f]:5353 udp len 9
          = vpc1 [2001:db8:2::2]:53 > [2001:db8:1::2]:5353 udp len 9 ttl 63
        vpc1 2001:db8:1::2 > 2001:db8:2::2 icmp6 echo request id 7 len 5
          = vpc2 2001:db8:2::f > 2001:db8:2::2 icmp6 echo request id 7 seq 1 len 5 ttl 63
        vpc2 2001:db8:2::2 > 2001:db8:2::f icmp6 echo reply id 7 len 5
          = vpc1 2001:db8:2::2 > 2001:db8:1::2 icmp6 echo reply id 7 seq 1 len 5 ttl 63
        """);

    [Fact]
    public void Errors_are_translated_both_ways() => new Play(rig).Run("""
        vpc1 [2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp len 4
          = vpc2 [2001:db8:2::f]:5000 > [2001:db8:2::2]:9 udp
        vpc2 2001:db8:2::2 > 2001:db8:2::f icmp6 unreachable 4 [[2001:db8:2::f]:5000 > [2001:db8:2::2]:9 udp len 4]
          = vpc1 2001:db8:2::2 > 2001:db8:1::2 icmp6 unreachable 4 [[2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp]
        vpc2 2001:db8:2::99 > 2001:db8:2::f icmp6 too big mtu 1280 [[2001:db8:2::f]:5000 > [2001:db8:2::2]:9 udp len 4]
          = vpc1 2001:db8:2::99 > 2001:db8:1::2 icmp6 too big mtu 1280 [[2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp]
        vpc1 2001:db8:1::77 > 2001:db8:2::2 icmp6 time exceeded 0 [[2001:db8:2::2]:9 > [2001:db8:1::2]:5000 udp len 1]
          = vpc2 2001:db8:2::f > 2001:db8:2::2 icmp6 time exceeded 0 [[2001:db8:2::2]:9 > [2001:db8:2::f]:5000 udp]
        vpc1 2001:db8:1::2 > 2001:db8:2::2 icmp6 echo request id 7
          = vpc2 2001:db8:2::f > 2001:db8:2::2 icmp6 echo request id 7
        vpc2 2001:db8:2::99 > 2001:db8:2::f icmp6 time exceeded 0 [2001:db8:2::f > 2001:db8:2::2 icmp6 echo request id 7]
          = vpc1 2001:db8:2::99 > 2001:db8:1::2 icmp6 time exceeded 0 [2001:db8:1::2 > 2001:db8:2::2 icmp6 id 7]
        vpc2 2001:db8:2::2 > 2001:db8:2::f icmp6 unreachable 4 [[2001:db8:2::f]:4444 > [2001:db8:2::2]:9 udp len 4]
          drop IcmpUnmatched
        """);

    [Fact]
    public void A_used_up_hop_limit_and_a_packet_too_big_are_told() => new Play(rig).Run("""
        vpc1 [2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp ttl 1
          = vpc1 2001:db8:1::1 > 2001:db8:1::2 icmp6 time exceeded 0 [[2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp]
          drop TtlExpired
        vpc1 [2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp len 1400
          = vpc1 2001:db8:1::1 > 2001:db8:1::2 icmp6 too big mtu 1400 [[2001:db8:1::2]:5000 > [2001:db8:2::2]:9 udp]
          drop TooBig
        """);

    [Theory]
    [InlineData("vpc1", "2001:db8:1::1", true)]
    [InlineData("vpc2", "2001:db8:2::1", true)]
    [InlineData("vpc2", "2001:db8:2::f", true)]
    [InlineData("vpc2", "2001:db8:2::e", false)]
    [InlineData("vpc1", "2001:db8:2::f", false)]
    public void Neighbours_are_told_of_own_and_public_addresses_only(string link, string target, bool told)
    {
        string sender = link == "vpc1" ? "2001:db8:1::2" : "2001:db8:2::2";
        PacketBuilder question = PacketBuilder.Ip(sender, target).NeighborSolicitation(Packets.Addresses.IpAddress.Parse(target), Packets.Addresses.MacAddress.Parse("02:00:00:00:99:99"));
        string[] answers = rig.In(link, question);
        Assert.Equal(told ? ["consume"] : ["drop NotForUs"], rig.TakeVerdicts());
        if (told) Assert.Equal($"{link} {target} > {sender} icmp6 neighbor advertisement {target} ttl 255", Assert.Single(answers));
        else Assert.Empty(answers);
    }

    [Fact]
    public void What_nobody_asked_for_is_dropped_in_silence() => new Play(rig).Run("""
        vpc2 [2001:db8:2::2]:53 > [2001:db8:2::f]:5353 udp
          drop NoMapping
        vpc2 2001:db8:2::2 > 2001:db8:2::f icmp6 echo reply id 7
          drop NoMapping
        vpc2 [2001:db8:2::2]:53 > [2001:db8:1::2]:5353 udp
          drop NotExposed
        """);
}
