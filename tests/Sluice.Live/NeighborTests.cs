using Xunit;

namespace Sluice.Live;

/// <summary>ARP and neighbour discovery at the gateway: who answers for which address, and what becomes of packets meanwhile.</summary>
public sealed class NeighborTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Public_addresses_are_answered_for_and_no_others(bool ipv6)
    {
        town.Start(Configurations.Masquerade(ipv6));
        Assert.Equal(Town.OutsideMac, MacOf(Town.Public(ipv6)));
        Assert.Equal(Town.OutsideMac, MacOf(ipv6 ? Town.Outside6 : Town.Outside4));
        Assert.Null(MacOf(ipv6 ? "fd00:2::77" : "192.168.50.77"));
        Assert.Null(MacOf(ipv6 ? Town.Client6 : Town.Client4));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_wait_while_a_neighbour_is_asked_for(bool ipv6)
    {
        town.Start(Configurations.Masquerade(ipv6));
        for (int i = 0; i < 5; i++)
        {
            town.Middle.Call("ip", "neigh", "flush", "all");
            Assert.Contains(" 0% packet loss", town.Client.Call("ping", "-c", "2", "-i", "0.1", "-W", "2", Town.Server(ipv6)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_to_a_neighbour_that_never_answers_are_dropped_with_that_reason(bool ipv6)
    {
        town.Start(Configurations.Masquerade(ipv6));
        Assert.NotEqual(0, town.Client.Try("ping", "-c", "5", "-i", "0.2", "-W", "1", ipv6 ? "fd00:2::99" : "192.168.50.99").Code);
        Programs.Until(() => town.Gateway.Inspector.Status().Packets.Held == 0, "nothing waits any more");
        Assert.Contains(town.Gateway.Inspector.Drops().Drops, static d => d is { Reason: "NoNeighbor", Packets: 5 });

        // Others don't wait behind them.
        Assert.Contains(" 0% packet loss", town.Client.Call("ping", "-c", "2", "-i", "0.1", "-W", "2", Town.Server(ipv6)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ipv6_passes_once_duplicate_address_detection_is_over()
    {
        town.Middle.SetControl("ipv6/conf/vpc1/accept_dad", "1");
        town.Middle.SetControl("ipv6/conf/vpc2/accept_dad", "1");
        town.Middle.Shell("""
            for one in vpc1 vpc2; do
                ip link set $one down
                ip link set $one up
            done
            """);
        town.Start(Configurations.Masquerade(ipv6: true));
        Programs.Until(() => town.Client.Try("ping", "-c", "1", "-W", "1", Town.Server6).Code == 0, "the first ping is answered");
        Assert.DoesNotContain("dadfailed", town.Middle.Call("ip", "-6", "address"), StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", town.Client.Call("ping", "-c", "5", "-i", "0.1", "-W", "2", Town.Server6), StringComparison.Ordinal);
    }

    [Fact]
    public void A_neighbour_with_a_new_card_is_reached_again()
    {
        town.Start(Configurations.Masquerade());
        town.Client.Call("ping", "-c", "1", "-W", "2", Town.Server4);
        town.ServerSide.Shell($"""
            ip link set s0 down
            ip link set s0 address 02:00:00:00:02:33
            ip link set s0 up
            ip neigh flush all
            """);
        town.Middle.Call("ip", "neigh", "flush", "all");
        town.Client.Call("ping", "-c", "1", "-W", "3", Town.Server4);
    }

    private string? MacOf(string address)
    {
        town.ServerSide.Shell($"ip neigh flush all; ip route replace {address} dev s0");
        town.ServerSide.Try("ping", "-c", "1", "-W", "1", address);
        string[] entry = town.ServerSide.Call("ip", "neigh", "show", "to", address, "dev", "s0").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(entry, "lladdr");
        return at < 0 ? null : entry[at + 1];
    }
}
