using System.Text.Json;
using Sluice.Gateway.Replay;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public sealed class ReplayChangeTests : IDisposable
{
    private readonly ReplayBench bench = new();

    public ReplayChangeTests() => bench.Config(ReplayBench.Masquerade);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_change_comes_before_the_packets_of_its_time_and_ends_what_it_forbids()
    {
        string without = bench.Config(ReplayBench.Masquerade[..ReplayBench.Masquerade.IndexOf("---", StringComparison.Ordinal)], "without.yaml");
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (999, ReplayBench.Request()), (1000, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("a", a)) with { Changes = [new ReplayChange(ReplayBench.Start + 1_000_000_000, [without])] });

        Assert.Equal(["forward", "forward", "drop"], bench.Verdicts().Select(v => v.GetProperty("verdict").GetString()));
        Assert.Equal("""[{"time":1700000001,"accepted":true}]""", bench.Summary().GetProperty("applies").GetRawText());
        Assert.Equal(0, bench.Summary().GetProperty("sessions").GetProperty("total").GetInt32());
    }

    [Fact]
    public void A_session_that_the_change_still_allows_keeps_its_public_endpoint()
    {
        string same = bench.Config(ReplayBench.Masquerade.Replace("metadata: { name: p }", "metadata: { name: other }", StringComparison.Ordinal), "same.yaml");
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (2000, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("a", a)) with { Changes = [new ReplayChange(ReplayBench.Start + 1_000_000_000, [same])] });

        Assert.Equal([1UL, 1UL], bench.Verdicts().Select(v => v.GetProperty("session").GetUInt64()));
        Assert.Equal(bench.Left("b")[0].Text, bench.Left("b")[1].Text);
    }

    [Fact]
    public void A_change_that_is_refused_leaves_the_old_configuration_in_force()
    {
        string wrong = bench.Config("kind: Nonsense\n", "wrong.yaml");
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (2000, ReplayBench.Request()));

        ReplayResult result = ReplayRun.Run(bench.Options(("a", a)) with { Changes = [new ReplayChange(ReplayBench.Start + 1_000_000_000, [wrong])] });

        Assert.NotNull(result.Summary);
        JsonElement apply = Assert.Single(bench.Summary().GetProperty("applies").EnumerateArray());
        Assert.False(apply.GetProperty("accepted").GetBoolean());
        Assert.StartsWith($"{wrong}:1:", apply.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
        Assert.All(bench.Verdicts(), v => Assert.Equal("forward", v.GetProperty("verdict").GetString()));
    }

    [Fact]
    public void A_change_may_take_a_link_away_and_bring_it_back()
    {
        string one = bench.Config("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links: [{ name: b, driver: tun, realm: two, addresses: [192.168.50.1/24] }]
              realms: [{ name: two }]
            """, "one.yaml");
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (1000, ReplayBench.Request()), (3000, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("a", a)) with
        {
            Changes =
            [
                new ReplayChange(ReplayBench.Start + 2_000_000_000, [bench.At("gateway.yaml")]),
                new ReplayChange(ReplayBench.Start + 1_000_000_000, [one]),
            ],
        });

        Assert.Equal(["forward", "drop", "forward"], bench.Verdicts().Select(v => v.GetProperty("verdict").GetString()));
        Assert.Equal([0L, 3000L], bench.Left("b").Select(p => p.Milliseconds));
        Assert.Equal(3, bench.Summary().GetProperty("packets").GetProperty("in").GetInt32());
    }
}
