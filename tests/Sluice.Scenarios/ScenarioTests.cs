using Xunit;

namespace Sluice.Scenarios;

/// <summary>Every exchange of packets in the <c>scenarios</c> folder.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names => [.. ScenarioFiles.Exchanges];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_comes_out_as_written(string name)
    {
        using var run = new ScenarioRun(Load(name));

        Holds(run);
    }

    /// <summary>Design: a verdict depends neither on the worker nor on how many there are.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Several_workers_change_nothing(string name)
    {
        foreach (int workers in (ReadOnlySpan<int>)[2, 3])
        {
            using var run = new ScenarioRun(Load(name), workers);

            Holds(run);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_second_run_writes_the_same_bytes(string name)
    {
        using var run = new ScenarioRun(Load(name));
        Assert.Empty(run.Differences());
        string first = run.Bytes();

        Assert.Empty(run.Differences());
        Assert.Equal(first, run.Bytes());
    }

    private static void Holds(ScenarioRun run)
    {
        string differences = run.Differences();
        Assert.True(differences.Length == 0, differences);
    }

    private static Scenario Load(string name) => ScenarioReader.Read(ScenarioFiles.TextOf(name));
}
