using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What is the host's or the gateway's own: never routed, never translated.</summary>
public sealed class ConsumedTests : IDisposable
{
    private readonly Rig rig = new(Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"), Net.Link("own", "198.51.100.1/24", "198.51.100.2")],
        [
            $"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}",
            $"vpc1: {Net.Masquerading("10.0.0.0/24", "198.51.100.1/32")}, own: {Net.Plain("198.51.100.0/24")}",
        ]));

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Packets_for_own_addresses_and_groups_are_the_hosts() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 10.0.0.1:22 tcp S
          consume
        vpc1 10.0.0.2 > 10.0.0.1 icmp echo request id 1
          consume
        vpc1 10.0.0.2:5000 > 10.0.0.1:22 udp ttl 1
          consume
        vpc1 10.0.0.2 > 10.0.0.1 protocol 89
          consume
        vpc1 10.0.0.2 > 10.0.0.1 fragment of protocol 17 id 9 offset 64 len 5
          consume
        vpc1 10.0.0.2:1 > 224.0.0.5:2 udp
          consume
        vpc1 10.0.0.2 > 224.0.0.5 protocol 89
          consume
        vpc1 10.0.0.2:1 > 255.255.255.255:67 udp
          consume
        vpc2 192.168.50.2 > 192.168.50.1 icmp unreachable 3 [192.168.50.1:53 > 192.168.50.2:9 udp]
          consume
        """);

    [Fact]
    public void The_gateways_address_in_another_realm_is_nowhere() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 192.168.50.1:22 tcp S
          = vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:5000 > 192.168.50.1:22 tcp]
          drop NoRoute
        """);

    [Fact]
    public void An_own_address_that_is_masqueraded_to_is_shared_with_the_host() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 198.51.100.2:53 udp
          = own 198.51.100.1:5000 > 198.51.100.2:53 udp
        own 198.51.100.2:53 > 198.51.100.1:5000 udp
          = vpc1 198.51.100.2:53 > 10.0.0.2:5000 udp
        own 198.51.100.2:53 > 198.51.100.1:22 udp
          consume
        own 198.51.100.2:999 > 198.51.100.1:22 tcp S
          consume
        own 198.51.100.2:999 > 198.51.100.1:22 tcp A
          consume
        own 198.51.100.2 > 198.51.100.1 icmp unreachable 3 [198.51.100.1:22 > 198.51.100.2:53 udp]
          consume
        own 198.51.100.2 > 198.51.100.1 icmp unreachable 3 [198.51.100.1:5000 > 198.51.100.2:53 udp]
          = vpc1 198.51.100.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 198.51.100.2:53 udp]
        """);

    [Fact]
    public void Frames_to_a_group_are_the_hosts_whatever_they_hold()
    {
        byte[] frame = PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:53 udp").Ethernet("ff:ff:ff:ff:ff:ff", "02:00:00:00:99:99").Build();
        Assert.Empty(rig.Send("vpc1", frame));
        Assert.Equal(["consume"], rig.TakeVerdicts());
    }

    [Fact]
    public void What_neighbours_tell_is_the_hosts()
    {
        byte[] arp = PacketBuilder.Arp(2, MacAddress.Parse("02:00:00:00:10:01"), IpAddress.Parse("10.0.0.2"), rig.Link("vpc1").Mac, IpAddress.Parse("10.0.0.1"))
            .Ethernet(rig.Link("vpc1").Mac, MacAddress.Parse("02:00:00:00:10:01")).Build();
        Assert.Empty(rig.Send("vpc1", arp));
        Assert.Equal(["consume"], rig.TakeVerdicts());
    }
}
