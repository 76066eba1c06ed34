using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary>The conversations of <c>docs/cloud-nat.md</c> go as they are written.</summary>
public sealed partial class CloudNatPageTests
{
    [Fact]
    public void Its_conversations_go_as_they_are_written()
    {
        string page = File.ReadAllText(Checkout.File("docs/cloud-nat.md"));
        using var gateway = new RunningGateway(Block(page, "yaml"));
        string written = Block(page, "console"), said = "";
        foreach (Match asked in Command().Matches(written))
        {
            CommandRun run = gateway.Ask("cnat", asked.Groups[1].Value);
            said += $"{asked.Value}\n{run.Error}{run.Output}";
        }

        Assert.Equal(written, said);
    }

    private static string Block(string page, string kind)
    {
        int from = page.IndexOf($"```{kind}\n", StringComparison.Ordinal) + kind.Length + 4;
        return page[from..page.IndexOf("```\n", from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\$ sluice cnat ""(.*)""$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
