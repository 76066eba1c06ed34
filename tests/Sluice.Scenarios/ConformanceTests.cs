using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Scenarios;

/// <summary>The page of conformance names only what there is.</summary>
public sealed partial class ConformanceTests
{
    private static string[] Named => [.. Name().Matches(File.ReadAllText(Path.Combine(Root(), "docs/conformance.md"))).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void Every_scenario_that_it_names_is_there() => Assert.Empty(Named.Except(ScenarioFiles.All, StringComparer.Ordinal));

    [Fact]
    public void Every_scenario_of_an_RFC_is_named() =>
        Assert.Empty(ScenarioFiles.All.Where(n => n.StartsWith("rfc", StringComparison.Ordinal)).Except(Named, StringComparer.Ordinal));

    internal static string Root()
    {
        for (string? at = AppContext.BaseDirectory; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
            if (File.Exists(Path.Combine(at, "Sluice.slnx"))) return at;
        throw new InvalidOperationException("Sluice.slnx is in no directory above the tests.");
    }

    [GeneratedRegex("`((?:rfc[0-9]+|masquerade|plain|packets|routing|reload|replay|validation|filter|static|forward|both-ends|errors|acl)/[a-z0-9.-]+)`")]
    private static partial Regex Name();
}
