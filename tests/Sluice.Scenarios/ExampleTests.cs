using Xunit;

namespace Sluice.Scenarios;

/// <summary>
/// The examples of <c>examples/hedgehog</c> are scenarios of the same name, so what their page tells is what comes out. Their captures are made of the scenarios:
/// with <c>SLUICE_WRITE_EXAMPLES=1</c> in the environment these tests write them anew.
/// </summary>
public sealed class ExampleTests
{
    private static readonly string Scenarios = Path.Combine(AppContext.BaseDirectory, "scenarios", "hedgehog");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Scenarios, "*.txt").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_captures_are_those_of_the_scenario(string name)
    {
        using var run = new ScenarioRun(ScenarioReader.Read(TextOf(name)));
        Assert.Equal("", run.Differences());
        foreach ((string link, byte[] bytes) in run.Captures())
        {
            string file = Path.Combine(Folder(), $"{name}-{link}.pcap");
            if (Environment.GetEnvironmentVariable("SLUICE_WRITE_EXAMPLES") == "1") File.WriteAllBytes(file, bytes);
            Assert.Equal(bytes, File.ReadAllBytes(file));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_page_tells_the_exchange_as_it_is(string name)
    {
        string text = TextOf(name);
        string exchange = text[text.IndexOf("\nat 0", StringComparison.Ordinal)..text.IndexOf("\n\nexpect", StringComparison.Ordinal)].Trim('\n');

        Assert.Contains($"```\n{exchange}\n```", File.ReadAllText(Path.Combine(Folder(), "README.md")), StringComparison.Ordinal);
    }

    private static string TextOf(string name) => File.ReadAllText(Path.Combine(Scenarios, $"{name}.txt"));

    // The examples stand beside the solution, some folders above the test program.
    private static string Folder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Sluice.slnx"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new DirectoryNotFoundException("no solution above the test program"), "examples", "hedgehog");
    }
}
