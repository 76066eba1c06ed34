using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What is counted between realms.</summary>
public sealed class TrafficTests
{
    private static TrafficCount Between(Rig rig, string from, string to) =>
        rig.Engine.Traffic().Pairs.GetValueOrDefault((rig.RealmOf(from), rig.RealmOf(to)));

    [Fact]
    public void Packets_of_live_and_of_ended_sessions_count_by_the_pair_of_realms()
    {
        using var rig = new Rig(Net.Masquerade());
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp len 10
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp len 20
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp len 20
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            """);
        Assert.Equal(new TrafficCount(1, 38), Between(rig, "vpc1", "vpc2"));
        Assert.Equal(new TrafficCount(2, 96), Between(rig, "vpc2", "vpc1"));
        rig.Wait(600_000);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        Assert.Equal(new TrafficCount(1, 38), Between(rig, "vpc1", "vpc2"));
        Assert.Equal(new TrafficCount(2, 96), Between(rig, "vpc2", "vpc1"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp len 2
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            """);
        Assert.Equal(new TrafficCount(2, 68), Between(rig, "vpc1", "vpc2"));
    }

    [Fact]
    public void Stateless_packets_count_too_whether_or_not_they_have_a_line()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
            [$"vpc1: {Net.Plain("10.0.0.0/24")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 udp len 2
              = vpc2 10.0.0.2:5000 > 192.168.50.2:80 udp
            vpc1 10.0.0.2 > 192.168.50.2 protocol 47 len 8
              = vpc2 10.0.0.2 > 192.168.50.2 protocol 47
            vpc1 10.0.0.2 > 192.168.50.2 icmp unreachable 3 [192.168.50.2:7 > 10.0.0.2:9 udp]
              = vpc2 10.0.0.2 > 192.168.50.2 icmp unreachable 3 [192.168.50.2:7 > 10.0.0.2:9 udp]
            """);
        Assert.Equal(3UL, Between(rig, "vpc1", "vpc2").Packets);
        rig.Reload(Net.Masquerade());
        rig.Wait(600_000);
        Assert.Equal(3UL, Between(rig, "vpc1", "vpc2").Packets);
    }

    [Fact]
    public void Drops_count_by_pair_once_it_is_known_where_a_packet_goes()
    {
        using var rig = new Rig(Net.Masquerade());
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp ttl 1
              = vpc1 10.0.0.1 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:5000 > 192.168.50.2:53 udp]
              drop TtlExpired
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 tcp A
              drop MidstreamTcp
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              drop NoMapping
            """);
        Assert.Equal(new TrafficCount(0, 0, 2), Between(rig, "vpc1", "vpc2"));
        Assert.Equal(default, Between(rig, "vpc2", "vpc1"));
        Assert.Equal(1UL, rig.Engine.Traffic().Drops[rig.RealmOf("vpc2")]);
    }

    [Fact]
    public void Drops_count_by_the_realm_that_packets_came_from()
    {
        using var rig = new Rig(Net.Masquerade());
        new Play(rig).Run("""
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              drop NoMapping
            vpc2 192.168.50.2:53 > 203.0.113.1:5001 udp
              drop NoMapping
            """);
        RealmTraffic traffic = rig.Engine.Traffic();
        Assert.Equal(2UL, traffic.Drops[rig.RealmOf("vpc2")]);
        Assert.False(traffic.Drops.ContainsKey(rig.RealmOf("vpc1")));
        Assert.Empty(traffic.Pairs);
    }
}
