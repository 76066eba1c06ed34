using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Scenarios;

/// <summary>The page of Cloud NAT's conformance has every row, and names only what there is.</summary>
public sealed partial class CloudNatConformanceTests
{
    private static readonly string[] Answers = ["met", "better", "in part", "not yet", "by choice"];

    // Each line of a table: its cells.
    private static readonly string[][] Rows =
    [
        .. File.ReadAllLines(Path.Combine(ConformanceTests.Root(), "docs/conformance-cloud-nat.md"))
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| row", StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split(" | ").Select(static cell => cell.Trim()).ToArray()),
    ];

    public static TheoryData<string> Required =>
    [
        .. Enumerable.Range(1, 6).Select(static n => $"2.{n}"),
        .. Enumerable.Range(2, 15).Select(static n => $"3.{n}"),
        .. Enumerable.Range(1, 5).Select(static n => $"A{n}"),
        .. Enumerable.Range(1, 9).Select(static n => $"L{n}"),
        .. Enumerable.Range(1, 20).Select(static n => $"F{n}"),
    ];

    [Theory]
    [MemberData(nameof(Required))]
    public void A_row_of_the_reference_is_answered_and_shown(string row)
    {
        string[][] answers = [.. Rows.Where(cells => cells[0] == row)];
        Assert.NotEmpty(answers);
        foreach (string[] cells in answers)
        {
            Assert.Contains(cells[2], Answers);

            // Only what is left out on purpose needs nothing that shows it, but a reason.
            if (Shown(cells).Length == 0) Assert.True(cells[2] == "by choice" && cells.Length > 4, string.Join(" | ", cells));
        }
    }

    [Fact]
    public void Everything_that_it_names_is_there()
    {
        HashSet<string> there = [.. ScenarioFiles.All, .. Directory.GetFiles(Path.Combine(ConformanceTests.Root(), "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(static file => Path.GetFileNameWithoutExtension(file))];
        Assert.Empty(Rows.SelectMany(Shown).Except(there, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_scenario_of_Cloud_NAT_is_named() =>
        Assert.Empty(ScenarioFiles.All.Where(static name => name.StartsWith("cloud-nat/", StringComparison.Ordinal)).Except(Rows.SelectMany(Shown), StringComparer.Ordinal));

    private static string[] Shown(string[] cells) => cells.Length < 4 ? [] : [.. Name().Matches(cells[3]).Select(static match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
