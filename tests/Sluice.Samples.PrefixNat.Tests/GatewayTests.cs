using Sluice.Config.Kinds;
using Sluice.Scenarios;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests;

/// <summary>Packets through whole gateways with the kind.</summary>
public class GatewayTests
{
    private static readonly DocumentKinds Kinds = new(PrefixNatDocument.DocumentKind);

    public static TheoryData<string> Names => [.. ScenarioFiles.Exchanges];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_comes_out_as_written(string name)
    {
        for (int workers = 1; workers <= 3; workers++)
        {
            using var run = new ScenarioRun(ScenarioReader.Read(ScenarioFiles.TextOf(name)), workers, Kinds);

            string differences = run.Differences();

            Assert.True(differences.Length == 0, differences);
        }
    }
}
