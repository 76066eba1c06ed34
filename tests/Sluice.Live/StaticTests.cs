using Xunit;

namespace Sluice.Live;

/// <summary>Two networks that know each other by other addresses only: static NAT at both ends.</summary>
public sealed class StaticTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_networks_reach_each_other_by_their_public_addresses(bool ipv6)
    {
        string client = ipv6 ? Town.Client6 : Town.Client4, server = Town.Server(ipv6);
        string publicClient = ipv6 ? "fd00:11::2" : "10.11.0.2", publicServer = ipv6 ? "fd00:22::2" : "10.22.0.2";
        town.ServerSide.Shell(ipv6 ? $"ip route add fd00:11::/64 via {Town.Outside6}" : $"ip route add 10.11.0.0/24 via {Town.Outside4}");
        town.Start(Configurations.Static(ipv6));
        town.Keep(new Service(town.Client, client, 8080));
        town.Keep(new Service(town.ServerSide, server, 8080));
        using var outside = new Capture(town, town.ServerSide, "s0");
        Assert.Equal($"you are {publicClient}\n", town.Client.Call("curl", "-gsS", "--max-time", "60", Town.Url(publicServer, 8080)));
        Assert.Equal($"you are {publicServer}\n", town.ServerSide.Call("curl", "-gsS", "--max-time", "60", Town.Url(publicClient, 8080)));
        town.Client.Ping(publicServer, 3);
        town.ServerSide.Ping(publicClient, 3);

        // The server's own error about a closed port comes back about the address that the client knows.
        string trace = town.Client.Call("traceroute", "-n", "-q", "1", "-w", "30", "-m", "3", publicServer);
        Assert.Contains($" {publicServer} ", trace, StringComparison.Ordinal);
        Assert.DoesNotContain($" {server} ", trace, StringComparison.Ordinal);
        outside.End();
        Assert.Empty(outside.Show($"ip.addr == {Town.Client4} || ipv6.addr == {Town.Client6}"));
        Assert.NotEmpty(outside.Show(ipv6 ? $"ipv6.src == {publicClient}" : $"ip.src == {publicClient}"));

        // The networks' own addresses lead nowhere between them.
        town.Client.Unanswered(() => town.Dropped("NotExposed"), 1, "ping", Pings.OneTo(server));
        Assert.Equal(0, town.Gateway.Inspector.Status().Sessions);
    }

    [Fact]
    public void The_gateway_s_own_address_may_be_given_away_whole()
    {
        town.Start($$"""
            {{Configurations.Links()}}
            ---
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: GatewayPeering
            metadata: { name: whole, namespace: default }
            spec:
              peering:
                vpc1: { expose: [{ ips: [{ cidr: {{Town.Client4}}/32 }], as: [{ cidr: {{Town.Outside4}}/32 }], nat: { static: {} } }] }
                vpc2: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
            """);
        town.Keep(new Service(town.Client, Town.Client4, 8080));
        using var outside = new Capture(town, town.ServerSide, "s0");
        Assert.Equal($"you are {Town.Server4}\n", town.ServerSide.Call("curl", "-gsS", "--max-time", "60", Town.Url(Town.Outside4, 8080)));
        string pings = town.PingAll(town.ServerSide, Town.Outside4, 3);
        outside.End();

        // The kernel, which has the address too, stays out of it.
        Assert.DoesNotContain("DUP", pings, StringComparison.Ordinal);
        Assert.Empty(outside.Show($"tcp.flags.reset == 1 && ip.src == {Town.Outside4}"));
    }
}
