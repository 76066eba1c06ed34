using System.Globalization;
using System.Text;
using Sluice.Config.Yaml;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Config.Tests.Yaml;

/// <summary>The quick way through a text gives what the library gives: the same nodes at the same places, the same problems.</summary>
public class SimpleYamlTests
{
    [Theory]
    [InlineData("a: 1\nb:\n  - c: d e\n    f: 'g'\n  - h\ni: \"j\" # k\n")]
    [InlineData("a:\n- b: 1\n- b: 2\nc: x")]
    [InlineData("# head\n---\na: {b: [1, 2, {c: \"d\"}], e: [], f: {}}\n---\n---\n---   # nothing before\nb: 10.0.0.0/8\n")]
    [InlineData("\uFEFFa:   b   \n\n   # between – not ASCII\nc: d:e")]
    [InlineData("spec:\n  peering:\n    vpc-1:\n      expose:\n        - ips:\n            - cidr: 10.0.0.0/24\n            - not: 10.0.0.1/32\n          nat:\n            masquerade:\n              idleTimeout: 5m0s\n    ext.x: { expose: [{ default: true }] }\n")]
    [InlineData("a: 1\nb: {c: 2001:db8::/32, d: 1-2}\n'q r': s")]
    public void What_people_write_is_simple(string text)
    {
        SimpleYaml simple = new("t.yaml", text, text[0] == '\uFEFF' ? 1 : 0);
        while (true)
        {
            Assert.True(simple.TryNext(out YamlNode? root));
            if (root is null) break;
        }

        Assert.Equal(Library(text), Composed(text));
    }

    [Theory]
    [InlineData("a: b\n  c\nd: e\n")]
    [InlineData("a: 'b''c'\n---\nb: |\n  x\n---\nc: 1\n")]
    [InlineData("a: 1\n---\nb: &x 1\nc: *x\n")]
    [InlineData("a:\n  b: 1\n c: 2\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a:\nb: ~\n")]
    [InlineData("a: {b: 1,\n  c: 2}\n")]
    [InlineData("- a\n-\n- - b\n")]
    [InlineData("a: \"\\x41\"\r\nb: c\r\n")]
    [InlineData("a: b: c\n")]
    [InlineData("a: [b: c]\n")]
    [InlineData("a: 1\n...\nb: 2\n")]
    [InlineData("a: 1\n---\n%YAML 1.2\n---\nb: 2\n")]
    [InlineData("a: 1\n--- {b: 2}\n--- |\n x\n")]
    [InlineData("a:\t1\n")]
    public void What_is_not_simple_is_read_by_the_library(string text) => Assert.Equal(Library(text), Composed(text));

    [Fact]
    public void Mutated_texts_are_read_as_the_library_reads_them()
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        string[] seeds = [.. FuzzTests.Seeds(), .. FuzzTests.Seeds().Select(Block)];
        int simple = 0;
        for (int round = 0; round < 4000; round++)
        {
            StringBuilder mutated = new(seeds[random.Next(seeds.Length)]);
            for (int cuts = random.Next(0, 4); cuts > 0 && mutated.Length > 4; cuts--) FuzzTests.Mutate(mutated, random, seeds);
            string text = mutated.ToString();

            // What a colon at the beginning of a document is, the library makes depend on how the document before it ended.
            if (text.Contains("\n:", StringComparison.Ordinal)) continue;
            string expected = Library(text), found = Composed(text);

            // Of two things that are wrong the library names the one that it meets first, and it looks ahead.
            const string Broken = "Syntax: ";
            bool same = expected == found || (expected.Contains(Broken, StringComparison.Ordinal) && found.Contains(Broken, StringComparison.Ordinal));
            Assert.True(same, $"seed {seed} round {round}: {Difference(expected, found)}\n{text}");
            if (new SimpleYaml("t.yaml", text, 0).TryNext(out YamlNode? root) && root is not null) simple++;
        }

        Assert.True(simple > 400, $"only {simple} texts were simple");
    }

    private static string Difference(string expected, string found) =>
        expected.Split('\n').Zip(found.Split('\n')).Where(static pair => pair.First != pair.Second).Select(static pair => $"'{pair.Second}' and not '{pair.First}'").FirstOrDefault() ?? "one is longer";

    // The same documents with a line for each field, from their nodes.
    private static string Block(string text)
    {
        StringBuilder block = new();
        YamlComposer.ComposeByLibrary("t.yaml", text, new Problems(), root =>
        {
            block.Append("---\n");
            Write(block, root, 0, inList: false);
        });
        return block.ToString();
    }

    private static void Write(StringBuilder text, YamlNode node, int indent, bool inList)
    {
        string spaces = new(' ', indent);
        bool first = inList;
        switch (node)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                if (!inList && indent > 0) text.Append('\n');
                foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
                {
                    text.Append(first ? "" : spaces).Append(key.Text).Append(':');
                    first = false;
                    Write(text, value, indent + 2, inList: false);
                }

                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                text.Append('\n');
                foreach (YamlNode item in sequence.Items)
                {
                    text.Append(spaces).Append("- ");
                    Write(text, item, indent + 2, inList: true);
                }

                break;
            case YamlScalar scalar:
                text.Append(inList ? "" : " ").Append(scalar.IsPlain ? scalar.Text : $"\"{scalar.Text}\"").Append('\n');
                break;
            default:
                text.Append(inList ? "" : " ").Append(node is YamlMapping ? "{}" : "[]").Append('\n');
                break;
        }
    }

    private static string Composed(string text) => Shown((problems, take) => YamlComposer.Compose("t.yaml", text, problems, take));

    private static string Library(string text) => Shown((problems, take) => YamlComposer.ComposeByLibrary("t.yaml", text, problems, take));

    private static string Shown(Action<Problems, Action<YamlNode>> compose)
    {
        Problems problems = new();
        StringBuilder shown = new();
        compose(problems, root => Show(shown, root, null, 0));

        // Where the library throws something without a place, it stands for what was left of the text.
        foreach (ConfigError problem in problems.Ordered()) shown.AppendLine(problem.Place.Column > 1 ? problem.ToString() : $"{problem.Rule} {problem.Message}");
        return shown.ToString();
    }

    private static void Show(StringBuilder shown, YamlNode node, YamlNode? parent, int depth)
    {
        string what = node switch
        {
            YamlScalar scalar => $"{(scalar.IsPlain ? "plain" : "quoted")} {scalar.Text}",
            YamlMapping mapping => $"mapping of {mapping.Entries.Count}",
            _ => "list",
        };

        // The library says of a pair that stands in a list without braces that it begins where the text does.
        string place = node.Place.Column == 1 && depth > 1 ? "" : $"{node.Place.Line}:{node.Place.Column}";
        shown.Append(CultureInfo.InvariantCulture, $"{new string(' ', depth)}{place} {what}{(ReferenceEquals(node.Parent, parent) ? "" : " elsewhere")}\n");
        if (node is YamlMapping fields)
        {
            foreach ((YamlScalar key, YamlNode value) in fields.Entries)
            {
                Show(shown, key, node, depth + 1);
                Show(shown, value, node, depth + 1);
            }
        }
        else if (node is YamlSequence list)
        {
            foreach (YamlNode item in list.Items) Show(shown, item, node, depth + 1);
        }
    }
}
