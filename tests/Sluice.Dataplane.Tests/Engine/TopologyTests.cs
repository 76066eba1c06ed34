using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Realms, routes and kinds of links in every mixture.</summary>
public sealed class TopologyTests
{
    [Fact]
    public void A_realm_reaches_several_others_and_each_sees_it_by_its_own_public_address()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("a", "10.0.0.1/24", "10.0.0.2"), Net.Link("b", "192.168.1.1/24", "192.168.1.2"), Net.Link("c", "192.168.2.1/24", "192.168.2.2")],
            [
                $"a: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, b: {Net.Plain("192.168.1.0/24")}",
                $"a: {Net.Masquerading("10.0.0.0/24", "203.0.113.9/32")}, c: {Net.Plain("192.168.2.0/24")}",
                $"b: {Net.Plain("192.168.1.0/24")}, c: {Net.Plain("192.168.2.0/24")}",
            ]));
        new Play(rig).Run("""
            a 10.0.0.2:5000 > 192.168.1.2:53 udp
              = b 203.0.113.1:5000 > 192.168.1.2:53 udp
            a 10.0.0.2:5000 > 192.168.2.2:53 udp
              = c 203.0.113.9:5000 > 192.168.2.2:53 udp
            b 192.168.1.2:53 > 203.0.113.1:5000 udp
              = a 192.168.1.2:53 > 10.0.0.2:5000 udp
            c 192.168.2.2:53 > 203.0.113.9:5000 udp
              = a 192.168.2.2:53 > 10.0.0.2:5000 udp
            b 192.168.1.2:1 > 192.168.2.2:2 udp
              = c 192.168.1.2:1 > 192.168.2.2:2 udp
            # a's public address in one realm is nobody's in another.
            c 192.168.2.2:53 > 203.0.113.1:5000 udp
              drop NotExposed
            """);
    }

    [Fact]
    public void Realms_with_the_same_addresses_stay_apart()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("a", "10.0.0.1/24", "10.0.0.2"), Net.Link("b", "10.0.0.1/24", "10.0.0.2"), Net.Link("c", "192.168.2.1/24", "192.168.2.2")],
            [
                $"a: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, c: {Net.Plain("192.168.2.0/24")}",
                $"b: {Net.Masquerading("10.0.0.0/24", "203.0.113.2/32")}, c: {Net.Plain("192.168.2.0/24")}",
            ]));
        new Play(rig).Run("""
            a 10.0.0.2:5000 > 192.168.2.2:53 udp
              = c 203.0.113.1:5000 > 192.168.2.2:53 udp
            b 10.0.0.2:5000 > 192.168.2.2:53 udp
              = c 203.0.113.2:5000 > 192.168.2.2:53 udp
            c 192.168.2.2:53 > 203.0.113.2:5000 udp
              = b 192.168.2.2:53 > 10.0.0.2:5000 udp
            c 192.168.2.2:53 > 203.0.113.1:5000 udp
              = a 192.168.2.2:53 > 10.0.0.2:5000 udp
            """);
    }

    [Fact]
    public void A_default_expose_takes_what_no_prefix_covers_but_special_use_sources()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("net", "198.18.0.1/24", "198.18.0.254", ", routes: [{ to: 0.0.0.0/0, via: 198.18.0.254 }]", realm: "ext.net")],
            [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, ext.net: {{ expose: [{{ default: true }}] }}"]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 8.8.8.8:53 udp
              = net 203.0.113.1:5000 > 8.8.8.8:53 udp
            net 8.8.8.8:53 > 203.0.113.1:5000 udp
              = vpc1 8.8.8.8:53 > 10.0.0.2:5000 udp
            # Its own realm keeps what it has itself.
            vpc1 10.0.0.2:5000 > 10.0.0.9:53 udp
              drop NotExposed
            """);
    }

    [Fact]
    public void A_route_with_a_gateway_is_followed_and_the_longest_prefix_wins()
    {
        using var rig = new Rig(Net.Of(
            [
                Net.Link("in", "10.0.0.1/24", "10.0.0.2 10.0.0.254", ", routes: [{ to: 10.7.0.0/16, via: 10.0.0.254 }]", realm: "vpc1"),
                Net.Link("second", "10.0.1.1/24", "10.0.1.2 10.0.1.254", ", routes: [{ to: 10.7.8.0/24, via: 10.0.1.254 }]", realm: "vpc1"),
                Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"),
            ],
            [$"vpc1: {Net.Plain("10.0.0.0/15", "10.7.0.0/16")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        new Play(rig).Run("""
            vpc2 192.168.50.2:1 > 10.7.1.1:2 udp
              = in 192.168.50.2:1 > 10.7.1.1:2 udp
            vpc2 192.168.50.2:1 > 10.7.8.1:2 udp
              = second 192.168.50.2:1 > 10.7.8.1:2 udp
            # Inside one realm packets are plainly routed, between its links.
            in 10.0.0.2:1 > 10.0.1.2:2 udp
              = second 10.0.0.2:1 > 10.0.1.2:2 udp len 0 ttl 63
            # Two links and no route for it: neither takes what has no better way.
            vpc2 192.168.50.2:1 > 10.1.1.1:2 udp
              = vpc2 192.168.50.1 > 192.168.50.2 icmp unreachable 1 [192.168.50.2:1 > 10.1.1.1:2 udp]
              drop NoRoute
            """);
        Assert.Equal("02:00:00:00:10:02", DestinationMac(rig, "vpc2", "192.168.50.2:1 > 10.7.9.9:2 udp"));
    }

    [Fact]
    public void Bare_ip_and_ethernet_feed_each_other()
    {
        using var rig = new Rig(Net.Of(
            [
                Net.Tun("vpc1", "10.0.0.1/24"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"),
                Net.Tun("six1", "2001:db8:1::1/64"), Net.Link("six2", "2001:db8:2::1/64", "2001:db8:2::2"),
            ],
            [
                $"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}",
                $"six1: {Net.Plain("2001:db8:1::/64")}, six2: {Net.Plain("2001:db8:2::/64")}",
            ]));
        new Play(rig).Run("""
            vpc1 10.0.0.77:5000 > 192.168.50.2:80 tcp S
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA
              = vpc1 192.168.50.2:80 > 10.0.0.77:5000 tcp SA
            vpc2 192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:5000 > 192.168.50.2:80 tcp S]
              = vpc1 192.168.50.2 > 10.0.0.77 icmp unreachable 3 [10.0.0.77:5000 > 192.168.50.2:80 tcp]
            six1 [2001:db8:1::77]:5000 > [2001:db8:2::2]:80 udp
              = six2 [2001:db8:1::77]:5000 > [2001:db8:2::2]:80 udp
            vpc1 10.0.0.77:5000 > 192.168.50.2:9 udp ttl 1
              = vpc1 10.0.0.1 > 10.0.0.77 icmp time exceeded 0 [10.0.0.77:5000 > 192.168.50.2:9 udp]
              drop TtlExpired
            """);
    }

    [Fact]
    public void Vlan_links_take_and_give_tagged_frames_and_no_others()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2", ", vlan: 5"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2", ", vlan: 6"), Net.Tun("t", "172.16.0.1/24")],
            [
                $"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}",
                $"vpc1: {Net.Plain("10.0.0.0/24")}, t: {Net.Plain("172.16.0.0/24")}",
            ]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S
              = vpc2 vlan 6 203.0.113.1:5000 > 192.168.50.2:80 tcp S
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA
              = vpc1 vlan 5 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 udp ttl 1
              = vpc1 vlan 5 10.0.0.1 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:5000 > 192.168.50.2:80 udp]
              drop TtlExpired
            t 172.16.0.9:1 > 10.0.0.2:2 udp
              = vpc1 vlan 5 172.16.0.9:1 > 10.0.0.2:2 udp
            vpc1 10.0.0.2:2 > 172.16.0.9:1 udp
              = t 10.0.0.2:2 > 172.16.0.9:1 udp
            """);
        Assert.Empty(rig.Send("vpc1", PacketScript.Parse("10.0.0.2:1 > 192.168.50.2:2 udp").Ethernet(rig.Link("vpc1").Mac, rig.Link("vpc2").Mac).Build()));
        Assert.Equal(["drop NotForUs"], rig.TakeVerdicts());
    }

    private static string DestinationMac(Rig rig, string link, string packet)
    {
        rig.In(link, PacketScript.Parse(packet));
        return Packets.Addresses.MacAddress.FromBytes(rig.Frames.Single()).ToString();
    }
}
