using Xunit;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>Readers without locks against a writer, and what each promise of the protocol is for.</summary>
public sealed class FlowStressTests(ITestOutputHelper output)
{
    private const int Runs = 20;
    private static readonly TimeSpan MutantLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public void The_table_never_misses_a_stable_flow_nor_shows_a_line_half_made()
    {
        StressReport report = Run<FlowProtocol>(seed: 1, TimeSpan.FromSeconds(5), stopAtFault: false);
        AssertSound(report);
    }

    [Fact]
    public void The_table_does_not_either_when_every_window_is_widened()
    {
        StressReport report = Run<WidenedProtocol>(seed: 2, TimeSpan.FromSeconds(10), stopAtFault: false);
        AssertSound(report);
        Assert.True(report.Moves > 100, "Entries were moved about.");
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
        Assert.True(report.StableLookUps > 1000, "Stable flows were looked up.");
        Assert.True(report.ChurnedHits > 1000, "Churned flows were met alive.");
        Assert.True(report.Changes > 1000, "The writer was at work.");
    }

    private void AssertCaughtEveryTime<TProtocol>(Func<StressReport, long> faults)
        where TProtocol : struct, IFlowProtocol
    {
        int caught = 0;
        for (int seed = 1; seed <= Runs; seed++)
            if (faults(Run<TProtocol>(seed, MutantLimit, stopAtFault: true)) > 0) caught++;
        Assert.Equal(Runs, caught);
    }

    private StressReport Run<TProtocol>(int seed, TimeSpan longest, bool stopAtFault)
        where TProtocol : struct, IFlowProtocol
    {
        using var stress = new FlowStress<TProtocol>(seed);
        StressReport report = stress.Run(longest, stopAtFault);
        output.WriteLine($"{typeof(TProtocol).Name}, seed {seed}: {report}");
        return report;
    }
}
