using Xunit;

namespace Sluice.Live;

/// <summary>Real programs through a masquerading gateway, in both families, with one worker and with two.</summary>
public sealed class MasqueradeTests : IDisposable
{
    private readonly Town town = new();

    public static TheoryData<bool, int> Kinds => new() { { false, 1 }, { true, 1 }, { false, 2 }, { true, 2 } };

    public void Dispose() => town.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Curl_fetches_pages_and_the_server_sees_the_public_address(bool ipv6, int workers)
    {
        town.Start(Configurations.Masquerade(ipv6, workers));
        town.Keep(new Service(town.ServerSide, Town.Server(ipv6), 8080));
        for (int i = 0; i < 8; i++)
            Assert.Equal($"you are {Town.Public(ipv6)}\n", town.Client.Call("curl", "-gsS", "--max-time", "60", Town.Url(Town.Server(ipv6), 8080)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_ping_is_answered_once_the_first_one_too(bool ipv6, int workers)
    {
        // A kernel that would forward as well is the harder case: it must be kept from it.
        town.Middle.SetControl("ipv4/ip_forward", "1");
        town.Middle.SetControl("ipv6/conf/all/forwarding", "1");
        town.Start(Configurations.Masquerade(ipv6, workers));
        town.PingAll(town.Client, Town.Server(ipv6), 1);
        Assert.DoesNotContain("DUP", town.PingAll(town.Client, Town.Server(ipv6), 5), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Iperf_sends_tcp_both_ways_and_udp(bool ipv6, int workers)
    {
        town.Start(Configurations.Masquerade(ipv6, workers));
        town.Iperf(town.ServerSide);
        town.CallIperf(Town.Server(ipv6), "-t", "1", "-P", "4");
        town.CallIperf(Town.Server(ipv6), "-t", "1", "-R");
        town.CallIperf(Town.Server(ipv6), "-t", "1", "-u", "-b", "20M", "-l", "1200");

        // Kernels that have time check each other's link-local addresses too, which the gateway doesn't answer for.
        Assert.All(town.Gateway.Inspector.Drops().Drops.Where(static drop => drop.Reason != "NotForUs"), drop => Assert.Fail($"{drop.Packets} packets were dropped: {drop.Reason}"));
        Assert.Null(town.Gateway.Failure);
    }

    [Fact]
    public void An_own_address_is_answered_by_the_host()
    {
        town.Start(Configurations.Masquerade());
        town.Client.Ping(Town.Inside4);
        town.ServerSide.Ping(Town.Outside6);
    }
}
