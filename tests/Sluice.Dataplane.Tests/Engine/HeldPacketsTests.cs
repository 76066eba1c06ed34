using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Packets that wait while a neighbour's Ethernet address is asked for.</summary>
public sealed class HeldPacketsTests : IDisposable
{
    private static readonly MacAddress Found = MacAddress.Parse("02:00:00:00:20:09");
    private readonly Rig rig = new(Net.Masquerade(), waits: true);

    public void Dispose() => rig.Dispose();

    [Fact]
    public void They_leave_in_order_once_it_is_known()
    {
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.8:53 udp len 1
              hold
            vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp len 2
              hold
            """);
        Learn("192.168.50.8");
        Assert.Equal(["vpc2 203.0.113.1:5000 > 192.168.50.8:53 udp len 1 ttl 63"], rig.Work());
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp len 3
              hold
            vpc1 10.0.0.2:5001 > 192.168.50.9:53 udp len 4
              hold
            """);
        Assert.Equal(3UL, rig.Engine.Counters().Held);
        Assert.True(rig.Engine.Router.NextHops.TryTakeWanted(out _, out IpAddress first));
        Assert.Equal("192.168.50.9", first.ToString());
        Learn("192.168.50.9");
        Assert.Equal(
            [
                "vpc2 203.0.113.1:5000 > 192.168.50.9:53 udp len 2 ttl 63",
                "vpc2 203.0.113.1:5000 > 192.168.50.9:53 udp len 3 ttl 63",
                "vpc2 203.0.113.1:5001 > 192.168.50.9:53 udp len 4 ttl 63",
            ],
            rig.Work());
        Assert.Equal(0UL, rig.Engine.Counters().Held);
    }

    [Fact]
    public void Three_wait_for_a_neighbour_and_no_more() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
          hold
        vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
          hold
        vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
          hold
        vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
          drop NoNeighbor
        """);

    [Fact]
    public void They_are_dropped_after_three_seconds()
    {
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
              hold
            """);
        rig.Wait(3000);
        rig.Work();
        Assert.Equal(1UL, rig.Engine.Counters().Held);
        rig.Wait(1);
        rig.Work();
        Assert.Equal((0UL, 1UL), (rig.Engine.Counters().Held, rig.Engine.Counters().DroppedFor(DropReason.NoNeighbor)));
        Learn("192.168.50.9");
        Assert.Empty(rig.Work());
    }

    [Fact]
    public void They_are_dropped_when_their_link_goes()
    {
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
              hold
            """);
        rig.Engine.RemoveLink(1);
        Assert.Single(rig.In("vpc1", PacketScript.Parse("10.0.0.2:5000 > 192.168.50.9:53 udp")), static line => line.StartsWith("vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 1", StringComparison.Ordinal));
        Assert.Equal(1UL, rig.Engine.Counters().DroppedFor(DropReason.NoNeighbor));
        Assert.Equal(1UL, rig.Engine.Counters().DroppedFor(DropReason.NoRoute));
    }

    [Fact]
    public void Where_nobody_asks_they_are_dropped_at_once()
    {
        using var replay = new Rig(Net.Masquerade());
        new Play(replay).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.9:53 udp
              drop NoNeighbor
            """);
    }

    private void Learn(string neighbor) => rig.Engine.Router.Neighbors.Learn(1, IpAddress.Parse(neighbor), Found);
}
