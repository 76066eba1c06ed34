using System.Text.Json;
using Sluice.Gateway.Replay;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public sealed class ReplayRunTests : IDisposable
{
    private readonly ReplayBench bench = new();

    public ReplayRunTests() => bench.Config(ReplayBench.Masquerade);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_conversation_is_masqueraded_and_every_file_tells_the_same()
    {
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (1, ReplayBench.Request()), (500, PacketBuilder.Ip("10.0.0.2", "8.8.8.8").Udp(1, 2).Build()));
        string b = bench.Capture("b.pcap", CaptureLinkType.RawIp, (2, ReplayBench.Answer()));

        ReplayResult result = ReplayRun.Run(bench.Options(("a", a), ("b", b)));

        Assert.Empty(result.Messages);
        Assert.Equal(
            [
                """{"packet":1,"link":"a","time":1700000000.001,"verdict":"forward","reason":null,"session":1,"out":"b"}""",
                """{"packet":2,"link":"b","time":1700000000.002,"verdict":"forward","reason":null,"session":1,"out":"a"}""",
                """{"packet":3,"link":"a","time":1700000000.5,"verdict":"drop","reason":"NotExposed","session":null,"out":null}""",
            ],
            File.ReadAllLines(Path.Combine(bench.Out, "verdicts.jsonl")));
        Assert.Equal(1, Assert.Single(bench.Left("b")).Milliseconds);
        Assert.Contains("203.0.113.1", bench.Left("b")[0].Text, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2", Assert.Single(bench.Left("a")).Text, StringComparison.Ordinal);
        JsonElement packets = bench.Summary().GetProperty("packets");
        Assert.Equal("""{"in":3,"made":0,"out":2,"consumed":0,"dropped":{"NotExposed":1}}""", packets.GetRawText());
        Assert.Equal("""{"total":1,"tcpEstablished":0,"tcpTransitory":0,"udp":1,"icmp":0,"other":0}""", bench.Summary().GetProperty("sessions").GetRawText());
        Assert.Equal(1, bench.Summary().GetProperty("mappings").GetInt32());
    }

    [Fact]
    public void A_link_that_nothing_left_by_has_an_empty_capture()
    {
        ReplayRun.Run(bench.Options(("b", bench.Capture("b.pcap", CaptureLinkType.RawIp, (1, ReplayBench.Answer())))));

        Assert.Empty(bench.Left("a"));
        Assert.Empty(bench.Left("b"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var packets = Enumerable.Range(0, 400).Select(i => ((long)i / 4, ReplayBench.Request(1000 + i % 7, $"10.0.0.{2 + i % 50}"))).ToArray();
        ReplayOptions options = bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.RawIp, packets)));

        ReplayRun.Run(options);
        string first = bench.Everything();
        ReplayRun.Run(options);

        Assert.Equal(first, bench.Everything());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Several_workers_come_to_the_same_verdicts(int workers)
    {
        var packets = Enumerable.Range(0, 300).Select(i => ((long)i / 5, i % 3 == 2 ? ReplayBench.Answer(3000 + i) : ReplayBench.Request(3000 + i))).ToArray();
        ReplayOptions options = bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.RawIp, packets)), ("b", bench.Capture("b.pcap", CaptureLinkType.RawIp, packets)));

        ReplayRun.Run(options);
        string one = File.ReadAllText(Path.Combine(bench.Out, "verdicts.jsonl"));
        ReplayRun.Run(options with { Workers = workers });

        Assert.Equal(one, File.ReadAllText(Path.Combine(bench.Out, "verdicts.jsonl")));
    }

    [Theory]
    [InlineData(300_000, "forward")]
    [InlineData(300_001, "drop")]
    public void A_session_ends_exactly_when_it_is_due(long milliseconds, string verdict)
    {
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()));
        string b = bench.Capture("b.pcap", CaptureLinkType.RawIp, (milliseconds, ReplayBench.Answer()));

        ReplayRun.Run(bench.Options(("a", a), ("b", b)));

        Assert.Equal(verdict, bench.Verdicts()[1].GetProperty("verdict").GetString());
    }

    [Fact]
    public void The_clock_runs_on_to_the_end_that_was_asked_for()
    {
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("a", a)) with { UntilNanoseconds = ReplayBench.Start + 3600_000_000_000 });

        Assert.Equal(0, bench.Summary().GetProperty("sessions").GetProperty("total").GetInt32());
    }

    [Fact]
    public void Years_of_silence_end_every_session()
    {
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (1L << 32, ReplayBench.Request()));

        ReplayRun.Run(bench.Options(("a", a)));

        Assert.Equal([1UL, 2UL], bench.Verdicts().Select(v => v.GetProperty("session").GetUInt64()));
    }

    [Fact]
    public void Without_its_header_a_packet_cut_by_the_snap_length_is_dropped_as_truncated()
    {
        byte[] whole = ReplayBench.Request();

        ReplayRun.Run(bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, whole[..24])))));

        Assert.Equal("Truncated", Assert.Single(bench.Verdicts()).GetProperty("reason").GetString());
    }

    [Fact]
    public void A_capture_cut_short_is_used_as_far_as_it_goes_and_the_rest_is_said()
    {
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (1, ReplayBench.Request()));
        byte[] bytes = File.ReadAllBytes(a);
        File.WriteAllBytes(a, bytes[..^3]);

        ReplayResult result = ReplayRun.Run(bench.Options(("a", a)));

        Assert.Single(bench.Verdicts());
        Assert.Contains("cut short", Assert.Single(result.Messages), StringComparison.Ordinal);
    }
}
