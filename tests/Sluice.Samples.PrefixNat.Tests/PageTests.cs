using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests;

/// <summary>docs/extending.md shows the sample word for word, and all of it.</summary>
public partial class PageTests
{
    private static readonly string Sample = Path.Combine(Root(), "samples", "Sluice.Samples.PrefixNat");

    [Fact]
    public void Every_block_of_code_stands_in_the_sample()
    {
        string[] sources = [.. Directory.GetFiles(Sample, "*.cs").Concat(Directory.GetFiles(Sample, "*.yaml")).Select(File.ReadAllText)];
        string[] blocks = Blocks();

        Assert.True(blocks.Length >= 8, $"{blocks.Length} blocks");
        Assert.All(blocks, block => Assert.Contains(sources, source => source.Contains(block, StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_of_the_sample_is_left_out()
    {
        string[] blocks = Blocks();

        foreach (string file in Directory.GetFiles(Sample, "*.cs").Concat(Directory.GetFiles(Sample, "*.yaml")))
        {
            string rest = File.ReadAllText(file);
            foreach (string block in blocks) rest = rest.Replace(block, "", StringComparison.Ordinal);
            Assert.DoesNotContain(rest.Split('\n'), line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_page_is_where_readers_look_for_it() =>
        Assert.Contains("](docs/extending.md)", File.ReadAllText(Path.Combine(Root(), "README.md")), StringComparison.Ordinal);

    private static string[] Blocks() =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Root(), "docs", "extending.md"))).Select(match => match.Groups["code"].Value)];

    private static string Root([CallerFilePath] string thisFile = "")
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory, thisFile })
            for (string? at = start; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
                if (File.Exists(Path.Combine(at, "Sluice.slnx"))) return at;
        throw new InvalidOperationException("Sluice.slnx is in no directory above the tests.");
    }

    [GeneratedRegex(@"^```(csharp|yaml)\n(?<code>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
