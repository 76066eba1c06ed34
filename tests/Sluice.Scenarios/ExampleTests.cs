using Xunit;

namespace Sluice.Scenarios;

/// <summary>
/// The examples of <c>examples/hedgehog</c> and <c>examples/cloud-nat</c> are scenarios of the same name, so what their pages tell is what comes out. Their captures
/// are made of the scenarios: with <c>SLUICE_WRITE_EXAMPLES=1</c> in the environment these tests write them anew.
/// </summary>
public sealed class ExampleTests
{
    // Folders of scenarios, and those of the examples that they are.
    private static readonly (string Scenarios, string Examples)[] Sets = [("hedgehog", "hedgehog"), ("cloud-nat-examples", "cloud-nat")];

    public static TheoryData<string, string> Names
    {
        get
        {
            TheoryData<string, string> names = [];
            foreach ((string scenarios, string examples) in Sets)
                foreach (string file in Directory.GetFiles(FolderOf(scenarios), "*.txt").Order(StringComparer.Ordinal)) names.Add(examples, Path.GetFileNameWithoutExtension(file));
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_captures_are_those_of_the_scenario(string examples, string name)
    {
        using var run = new ScenarioRun(ScenarioReader.Read(TextOf(examples, name)));
        Assert.Equal("", run.Differences());
        foreach ((string link, byte[] bytes) in run.Captures())
        {
            string file = Path.Combine(Folder(examples), $"{name}-{link}.pcap");
            if (Environment.GetEnvironmentVariable("SLUICE_WRITE_EXAMPLES") == "1") File.WriteAllBytes(file, bytes);
            Assert.Equal(bytes, File.ReadAllBytes(file));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_page_tells_the_exchange_as_it_is(string examples, string name)
    {
        string text = TextOf(examples, name);
        string exchange = text[text.IndexOf("\nat 0", StringComparison.Ordinal)..text.IndexOf("\n\nexpect", StringComparison.Ordinal)].Trim('\n');

        Assert.Contains($"```\n{exchange}\n```", File.ReadAllText(Path.Combine(Folder(examples), "README.md")), StringComparison.Ordinal);
    }

    private static string FolderOf(string scenarios) => Path.Combine(AppContext.BaseDirectory, "scenarios", scenarios);

    private static string TextOf(string examples, string name) =>
        File.ReadAllText(Path.Combine(FolderOf(Sets.Single(set => set.Examples == examples).Scenarios), $"{name}.txt"));

    // The examples stand beside the solution, some folders above the test program.
    private static string Folder(string examples)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Sluice.slnx"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new DirectoryNotFoundException("no solution above the test program"), "examples", examples);
    }
}
