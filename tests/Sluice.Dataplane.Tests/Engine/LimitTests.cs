using Sluice.Packets;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What happens where something is used up: a reason, a word to the host inside, and nothing for those who live.</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_full_table_refuses_new_sessions_and_leaves_live_ones_alone()
    {
        using var rig = new Rig(Net.Masquerade(), capacity: 2);
        var play = new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5001 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5002 > 192.168.50.2:53 udp
              = vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:5002 > 192.168.50.2:53 udp]
              drop TableFull
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            vpc1 10.0.0.2:5001 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:53 udp
            """);
        Assert.Equal(1UL, rig.Engine.Counters().DroppedFor(DropReason.TableFull));
        Assert.Equal(2, rig.Engine.Store.Count().Total);
        play.Run("""
            wait 300001ms
            vpc1 10.0.0.2:5002 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5002 > 192.168.50.2:53 udp
            """);
    }

    [Fact]
    public void Someone_outside_hears_nothing_of_a_full_table()
    {
        using var rig = new Rig(Net.Masquerade("filtering: endpointIndependent"), capacity: 1);
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.3:53 > 203.0.113.1:5000 udp
              drop TableFull
            """);
    }

    [Fact]
    public void An_exhausted_pool_refuses_and_the_host_is_told()
    {
        using var rig = new Rig(Net.Masquerade("ports: \"4000-4001\""));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 tcp S
              = vpc2 203.0.113.1:{a} > 192.168.50.2:53 tcp S
            vpc1 10.0.0.2:5001 > 192.168.50.2:53 tcp S
              = vpc2 203.0.113.1:{b} > 192.168.50.2:53 tcp S
            vpc1 10.0.0.2:5002 > 192.168.50.2:53 tcp S
              = vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:5002 > 192.168.50.2:53 tcp]
              drop PoolExhausted
            # Another protocol has ports of its own, and identifiers are not ports.
            vpc1 10.0.0.2:5002 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:{c} > 192.168.50.2:53 udp
            vpc1 10.0.0.2 > 192.168.50.2 icmp echo request id 9
              = vpc2 203.0.113.1 > 192.168.50.2 icmp echo request id 9
            """);
    }

    [Theory]
    [InlineData("quotas: { sessionsPerHost: 1 }")]
    [InlineData("quotas: { portsPerHost: 1 }")]
    [InlineData("quotas: { newSessionsPerSecondPerHost: 1 }")]
    public void A_host_that_has_used_its_quota_is_refused_and_told_others_are_not(string quota)
    {
        using var rig = new Rig(Net.Masquerade(quota));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5001 > 192.168.50.2:53 udp
              = vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 13 [10.0.0.2:5001 > 192.168.50.2:53 udp]
              drop QuotaExceeded
            vpc1 10.0.0.3:5001 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:53 udp
            """);
    }

    [Fact]
    public void Answers_are_limited_and_the_drops_are_counted_all_the_same()
    {
        using var rig = new Rig(Net.Masquerade());
        for (int port = 1; port <= 600; port++) rig.Put("vpc1", rig.FrameOf("vpc1", PacketScript.Parse($"10.0.0.2:{port} > 192.168.50.2:53 udp ttl 1")));
        Assert.Equal(200, rig.Work().Length);
        Assert.Equal(600UL, rig.Engine.Counters().DroppedFor(DropReason.TtlExpired));
        rig.Wait(1);
        Assert.Single(rig.In("vpc1", PacketScript.Parse("10.0.0.2:7 > 192.168.50.2:53 udp ttl 1")));
    }

    [Fact]
    public void A_link_that_takes_no_more_drops_and_counts()
    {
        using var rig = new Rig(Net.Masquerade());
        rig.Link("vpc2").RefusesNext = 1;
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              drop LinkFull
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            """);
        Assert.Equal(1UL, rig.Engine.Counters().DroppedFor(DropReason.LinkFull));
    }
}
