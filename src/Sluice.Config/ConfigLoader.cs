using Sluice.Config.Commands;
using Sluice.Config.Reading;
using Sluice.Config.Validation;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>Reads, resolves and judges a whole configuration. Bad input is a value, never an exception.</summary>
public static class ConfigLoader
{
    /// <summary>Loads files and directories (all *.yaml, *.yml, *.json and *.cnat in them, by name) as one configuration.</summary>
    public static LoadResult Load(IEnumerable<string> paths) => Load(ConfigTexts.Read(paths));

    /// <summary>Loads files that have been read.</summary>
    public static LoadResult Load(ConfigTexts read)
    {
        Problems problems = new();
        foreach (ConfigError unreadable in read.Unreadable) problems.Error(unreadable.Place, unreadable.Path, unreadable.Rule, unreadable.Message);
        Asked asked = new();
        foreach (ConfigText text in read.Texts) ReadText(text.Name, text.Text, asked, problems);
        return Judge(asked, problems, allowUnsupported: false);
    }

    /// <summary>Loads one text as a whole configuration; <paramref name="name"/> stands for the file's name in places.</summary>
    public static LoadResult LoadText(string name, string text) => LoadTexts([(name, text)]);

    /// <summary>Loads several texts as one configuration.</summary>
    public static LoadResult LoadTexts(IEnumerable<(string Name, string Text)> texts) => LoadTexts(texts, allowUnsupported: false);

    // With what this version reads and judges but doesn't do, so that its rules can be tested.
    internal static LoadResult LoadTexts(IEnumerable<(string Name, string Text)> texts, bool allowUnsupported)
    {
        Problems problems = new();
        Asked asked = new();
        foreach ((string name, string text) in texts) ReadText(name, text, asked, problems);
        return Judge(asked, problems, allowUnsupported);
    }

    private static LoadResult Judge(Asked asked, Problems problems, bool allowUnsupported)
    {
        asked.Commands?.Finish(asked, problems);
        ConfigSet? set = new Validator(asked, problems).Run(allowUnsupported);
        return new LoadResult(set, problems.Ordered());
    }

    private static void ReadText(string name, string text, Asked asked, Problems problems)
    {
        if (CommandText.Is(name))
        {
            new CommandReader(asked.Commands ??= new CommandState(), problems).Read(name, text);
            return;
        }

        DocumentReader reader = new(asked, problems);
        YamlComposer.Compose(name, text, problems, reader.Read);
    }
}
