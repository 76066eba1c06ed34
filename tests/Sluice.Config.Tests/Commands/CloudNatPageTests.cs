using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Config.Tests.Commands;

/// <summary>What <c>docs/cloud-nat.md</c> shows is accepted, and documents ask for what the commands above them do.</summary>
public partial class CloudNatPageTests
{
    private static readonly (string Kind, string Text)[] Blocks = [.. Fence().Matches(Page()).Select(static match => (match.Groups[1].Value, match.Groups[2].Value))];

    public static TheoryData<int> Commands => [.. Enumerable.Range(0, Blocks.Length).Where(static at => Blocks[at].Kind == "cnat")];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Its_commands_are_accepted_and_ask_for_what_the_documents_below_them_do(int at)
    {
        ConfigSet commands = Load("t.cnat", Blocks[at].Text);
        int documents = at;
        while (documents < Blocks.Length && Blocks[documents].Kind == "cnat") documents++;
        if (documents == Blocks.Length) return;
        Assert.Equal("yaml", Blocks[documents].Kind);
        Assert.Equal(CommandSamples.Asked(Load("t.yaml", Blocks[documents].Text)).Order(StringComparer.Ordinal), CommandSamples.Asked(commands).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_shows_commands_and_documents() => Assert.True(Blocks.Count(static block => block.Kind == "cnat") >= 6 && Blocks.Count(static block => block.Kind == "yaml") >= 5);

    private static ConfigSet Load(string name, string text)
    {
        LoadResult result = ConfigLoader.LoadTexts([("gw.yaml", Blocks.First(static block => block.Kind == "yaml").Text), (name, text)]);
        Assert.True(result.Set is not null && result.Problems.IsEmpty, $"{text}\n{Samples.Show(result.Problems)}");
        return result.Set;
    }

    private static string Page()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Sluice.slnx"))) folder = Path.GetDirectoryName(folder);
        return File.ReadAllText(Path.Combine(folder ?? throw new DirectoryNotFoundException("no solution above the test program"), "docs", "cloud-nat.md"));
    }

    [GeneratedRegex(@"^```(yaml|cnat|console)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
