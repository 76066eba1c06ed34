using Sluice.Config.Comparison;
using Sluice.Config.Documents;
using Xunit;

namespace Sluice.Config.Tests.Commands;

/// <summary>Short ways to read command lines.</summary>
internal static class CommandSamples
{
    /// <summary>Loads command lines with what this version only judges.</summary>
    public static LoadResult Load(string commands, string yaml = "") =>
        ConfigLoader.LoadTexts(yaml.Length == 0 ? [("t.cnat", commands)] : [("t.cnat", commands), ("t.yaml", yaml)], allowUnsupported: true);

    /// <summary>Asserts that there is no error.</summary>
    public static ConfigSet Accepted(string commands, string yaml = "")
    {
        LoadResult result = Load(commands, yaml);
        Assert.True(result.Set is not null, $"{commands}\n{Samples.Show(result.Problems)}");
        return result.Set;
    }

    /// <summary>The one virtual IP of command lines.</summary>
    public static TranslationDocument Translation(string commands) => Assert.Single(Accepted(commands).Translations);

    /// <summary>The source-NAT policy of command lines.</summary>
    public static SourceNatDocument SourceNat(string commands) => Assert.Single(Accepted(commands).SourceNats);

    /// <summary>The one error of command lines.</summary>
    public static ConfigError Error(string commands)
    {
        LoadResult result = Load(commands);
        Assert.Null(result.Set);
        return Assert.Single(result.Problems, problem => problem.IsError);
    }

    /// <summary>What a configuration asks for by commands, in words and without names and places.</summary>
    public static string[] Asked(ConfigSet set) =>
        [.. ConfigItems.Of(set).Select(item => $"{item.Kind}: {string.Join("; ", item.Fields.Select(field => $"{field.Name} {field.Value}"))}")];

    public static IEnumerable<string> Names(IEnumerable<NamedSpec> links) => links.Select(link => link.Name);
}
