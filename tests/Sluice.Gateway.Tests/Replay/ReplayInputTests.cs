using Sluice.Gateway.Replay;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public sealed class ReplayInputTests : IDisposable
{
    private readonly ReplayBench bench = new();

    public ReplayInputTests() => bench.Config(ReplayBench.Masquerade);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_configuration_error_writes_nothing()
    {
        bench.Config("kind: Nonsense\n");

        ReplayResult result = ReplayRun.Run(bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.RawIp))));

        Assert.True(result.BadInput);
        Assert.NotEmpty(result.Messages);
        Assert.False(Directory.Exists(bench.Out));
    }

    [Theory]
    [InlineData("c", "a.pcap", "there is no link 'c'; there are: a, b")]
    [InlineData("a", "absent.pcap", "no such file")]
    [InlineData("a", "gateway.yaml", "neither pcap nor pcapng")]
    [InlineData("a", "ethernet.pcap", "link type 1, but link a (driver tun) takes raw IP packets")]
    public void What_cannot_come_in_is_bad_input_and_writes_nothing(string link, string file, string expected)
    {
        bench.Capture("a.pcap", CaptureLinkType.RawIp);
        bench.Capture("ethernet.pcap", CaptureLinkType.Ethernet, (0, new byte[60]));

        ReplayResult result = ReplayRun.Run(bench.Options((link, bench.At(file))));

        Assert.True(result.BadInput);
        Assert.Contains(expected, Assert.Single(result.Messages), StringComparison.Ordinal);
        Assert.False(Directory.Exists(bench.Out));
    }

    [Fact]
    public void Several_captures_may_come_in_by_one_link()
    {
        string first = bench.Capture("1.pcap", CaptureLinkType.RawIp, (5, ReplayBench.Request(1)));
        string second = bench.Capture("2.pcap", CaptureLinkType.RawIp, (3, ReplayBench.Request(2)), (5, ReplayBench.Request(3)));

        ReplayRun.Run(bench.Options(("a", first), ("a", second)));

        Assert.Equal([3L, 5L, 5L], bench.Left("b").Select(p => p.Milliseconds));
        Assert.Equal([1UL, 2UL, 3UL], bench.Verdicts().Select(v => v.GetProperty("session").GetUInt64()));
    }

    [Fact]
    public void Replies_with_the_stamp_of_their_requests_are_worked_on_in_the_order_of_the_options()
    {
        string b = bench.Capture("b.pcap", CaptureLinkType.RawIp, (1, ReplayBench.Answer()));
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (1, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("b", b), ("a", a)));
        Assert.Equal(["drop", "forward"], bench.Verdicts().Select(v => v.GetProperty("verdict").GetString()));

        ReplayRun.Run(bench.Options(("a", a), ("b", b)));
        Assert.Equal(["forward", "forward"], bench.Verdicts().Select(v => v.GetProperty("verdict").GetString()));
    }
}
