using System.Net;
using System.Net.Sockets;
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
        string[] others = ipv6 ? ["fd00:2::77", Town.Client6] : ["192.168.50.77", Town.Client4];
        string[] answeredFor = ipv6 ? [Town.Public6, Town.Outside6] : [Town.Public4, Town.Outside4];
        foreach (string address in others) AskFor(address);

        // They are asked for after the others: when they are answered for, so would the others be.
        foreach (string address in answeredFor)
            Programs.Until(() =>
            {
                AskFor(address);
                return MacOf(address) == Town.OutsideMac;
            }, $"the gateway answers for {address}");
        Assert.All(others, other => Assert.Null(MacOf(other)));
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
            town.PingAll(town.Client, Town.Server(ipv6), 2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_to_a_neighbour_that_never_answers_are_dropped_with_that_reason(bool ipv6)
    {
        town.Start(Configurations.Masquerade(ipv6));
        town.Client.Unanswered(() => town.Dropped("NoNeighbor"), 5, "ping", "-c", "5", "-i", "0.2", "-W", "60", ipv6 ? "fd00:2::99" : "192.168.50.99");
        Assert.Equal((5UL, 0UL), (town.Dropped("NoNeighbor"), town.Gateway.Inspector.Status().Packets.Held));

        // Others don't wait behind them.
        town.PingAll(town.Client, Town.Server(ipv6), 2);
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
        town.PingAll(town.Client, Town.Server6, 3);
    }

    [Fact]
    public void A_neighbour_with_a_new_card_is_reached_again()
    {
        town.Start(Configurations.Masquerade());
        town.Client.Ping(Town.Server4);
        town.ServerSide.Shell($"""
            ip link set s0 down
            ip link set s0 address 02:00:00:00:02:33
            ip link set s0 up
            ip neigh flush all
            """);
        town.Middle.Call("ip", "neigh", "flush", "all");

        // The kernel's news may be behind a packet, which then goes to the old card.
        town.Client.Ping(Town.Server4);
    }

    // A packet to nobody's port has the server's kernel ask at once.
    private void AskFor(string address)
    {
        town.ServerSide.Shell($"ip route replace {address} dev s0");
        var there = new IPEndPoint(IPAddress.Parse(address), 9);
        using Socket socket = town.ServerSide.Run(() => new Socket(there.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.SendTo("anyone?"u8, there);
    }

    private string? MacOf(string address)
    {
        string[] entry = town.ServerSide.Call("ip", "neigh", "show", "to", address, "dev", "s0").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(entry, "lladdr");
        return at < 0 ? null : entry[at + 1];
    }
}
