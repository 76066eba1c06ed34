using Xunit;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>Readers without locks against a writer, and what each promise of the protocol is for.</summary>
public sealed class FlowStressTests(ITestOutputHelper output)
{
    private const int Runs = 20;

    // Under any load a mutant is caught within a few seconds, and a sound table has done enough; only a test that fails waits for as long.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    [Fact]
    public void The_table_never_misses_a_stable_flow_nor_shows_a_line_half_made()
    {
        StressReport report = Run<FlowProtocol>(seed: 1, static report => report.Took.TotalSeconds >= 5 && HasMetAll(report));
        AssertSound(report);
    }

    [Fact]
    public void The_table_does_not_either_when_every_window_is_widened()
    {
        StressReport report = Run<WidenedProtocol>(seed: 2, static report => report.Took.TotalSeconds >= 10 && HasMetAll(report));
        AssertSound(report);
    }

    [Fact]
    public void Lines_reused_at_once_are_noticed() => AssertCaughtEveryTime<ReusesAtOnce>(report => report.TornRewrites);

    [Fact]
    public void Lines_published_unfinished_are_noticed() => AssertCaughtEveryTime<PublishesUnfinished>(report => report.TornRewrites);

    [Fact]
    public void Misses_that_are_believed_are_noticed() => AssertCaughtEveryTime<BelievesMisses>(report => report.FalseMisses);

    private static void AssertSound(StressReport report)
    {
        Assert.Equal((0, 0, 0), (report.FalseMisses, report.WrongRewrites, report.TornRewrites));
        Assert.True(HasMetAll(report), report.ToString());
    }

    // Stable flows were looked up, churned ones were met alive, the writer was at work, and entries were moved about.
    private static bool HasMetAll(StressReport report) => report is { StableLookUps: > 1000, ChurnedHits: > 1000, Changes: > 1000, Moves: > 100 };

    private void AssertCaughtEveryTime<TProtocol>(Func<StressReport, long> faults)
        where TProtocol : struct, IFlowProtocol
    {
        for (int seed = 1; seed <= Runs; seed++)
        {
            StressReport report = Run<TProtocol>(seed, static report => report.Faulty);
            Assert.True(faults(report) > 0, $"seed {seed}: {report}");
        }
    }

    private StressReport Run<TProtocol>(int seed, Func<StressReport, bool> isEnough)
        where TProtocol : struct, IFlowProtocol
    {
        using var stress = new FlowStress<TProtocol>(seed);
        StressReport report = stress.Run(Longest, isEnough);
        output.WriteLine($"{typeof(TProtocol).Name}, seed {seed}: {report}");
        return report;
    }
}
