using Sluice.Config.Tests.Commands;
using Xunit;

namespace Sluice.Config.Tests;

public class ExamplesTests
{
    public static TheoryData<string> Files
    {
        get
        {
            TheoryData<string> files = [];
            foreach (string file in Directory.EnumerateFiles(Folder(), "*.yaml")) files.Add(Path.GetFileName(file));
            return files;
        }
    }

    public static TheoryData<string> Peerings =>
        [.. Directory.EnumerateFiles(Path.Combine(Folder(), "hedgehog"), "*.yaml").Select(static file => Path.GetFileName(file)).Where(static file => file != "gateway.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_is_accepted_without_a_word(string file)
    {
        LoadResult result = ConfigLoader.Load([Path.Combine(Folder(), file)]);
        Assert.True(result.Set is not null && result.Problems.IsEmpty, Samples.Show(result.Problems));
    }

    /// <summary>The fabric's documents alone, and beside the one document that gives links.</summary>
    [Theory]
    [MemberData(nameof(Peerings))]
    public void Every_peering_of_the_fabric_is_accepted_as_it_is(string file)
    {
        string path = Path.Combine(Folder(), "hedgehog", file);

        foreach (string[] files in (string[][])[[path], [Path.Combine(Folder(), "hedgehog", "gateway.yaml"), path]])
        {
            LoadResult result = ConfigLoader.Load(files);
            Assert.True(result.Set is not null && result.Problems.IsEmpty, Samples.Show(result.Problems));
        }
    }

    /// <summary>Command lines and documents beside each other ask for the same, but for names.</summary>
    [Theory]
    [InlineData("vip", "gateway")]
    [InlineData("real", "gateway")]
    [InlineData("source-nat", "gateway")]
    [InlineData("node", "node-gateway")]
    public void Commands_and_documents_ask_for_the_same(string name, string gateway)
    {
        string Path(string file) => System.IO.Path.Combine(Folder(), "cloud-nat", file);

        LoadResult commands = ConfigLoader.Load([Path($"{gateway}.yaml"), Path($"{name}.cnat")]), documents = ConfigLoader.Load([Path($"{gateway}.yaml"), Path($"{name}.yaml")]);
        Assert.True(commands.Set is not null && commands.Problems.IsEmpty, Samples.Show(commands.Problems));
        Assert.True(documents.Set is not null && documents.Problems.IsEmpty, Samples.Show(documents.Problems));
        Assert.Equal(CommandSamples.Asked(documents.Set).Order(StringComparer.Ordinal), CommandSamples.Asked(commands.Set).Order(StringComparer.Ordinal));
    }

    // The examples stand beside the solution, some folders above the test program.
    private static string Folder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Sluice.slnx"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new DirectoryNotFoundException("no solution above the test program"), "examples");
    }
}
