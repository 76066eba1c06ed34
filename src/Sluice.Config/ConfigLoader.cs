using Sluice.Config.Commands;
using Sluice.Config.Kinds;
using Sluice.Config.Reading;
using Sluice.Config.Validation;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>Reads, resolves and judges a whole configuration. Bad input is a value, never an exception.</summary>
public static class ConfigLoader
{
    /// <summary>Loads files and directories (all *.yaml, *.yml, *.json and *.cnat in them, by name) as one configuration.</summary>
    public static LoadResult Load(IEnumerable<string> paths, DocumentKinds? kinds = null) => Load(ConfigTexts.Read(paths), kinds);

    /// <summary>Loads files that have been read, with the kinds that a program adds.</summary>
    public static LoadResult Load(ConfigTexts read, DocumentKinds? kinds = null)
    {
        Problems problems = new();
        foreach (ConfigError unreadable in read.Unreadable) problems.Error(unreadable.Place, unreadable.Path, unreadable.Rule, unreadable.Message);
        Asked asked = new();
        ReadTexts(read.Texts.Select(static text => (text.Name, text.Text)), asked, problems, kinds ?? DocumentKinds.None);
        return Judge(asked, problems, allowUnsupported: false, kinds ?? DocumentKinds.None);
    }

    /// <summary>Loads one text as a whole configuration; <paramref name="name"/> stands for the file's name in places.</summary>
    public static LoadResult LoadText(string name, string text, DocumentKinds? kinds = null) => LoadTexts([(name, text)], kinds);

    /// <summary>Loads several texts as one configuration.</summary>
    public static LoadResult LoadTexts(IEnumerable<(string Name, string Text)> texts, DocumentKinds? kinds = null) => LoadTexts(texts, allowUnsupported: false, kinds);

    // With what this version reads and judges but doesn't do, so that its rules can be tested.
    internal static LoadResult LoadTexts(IEnumerable<(string Name, string Text)> texts, bool allowUnsupported, DocumentKinds? kinds = null)
    {
        Problems problems = new();
        Asked asked = new();
        ReadTexts(texts, asked, problems, kinds ?? DocumentKinds.None);
        return Judge(asked, problems, allowUnsupported, kinds ?? DocumentKinds.None);
    }

    private static LoadResult Judge(Asked asked, Problems problems, bool allowUnsupported, DocumentKinds kinds)
    {
        asked.Commands?.Finish(asked, problems);
        ConfigSet? set = new Validator(asked, problems, kinds).Run(allowUnsupported);
        return new LoadResult(set, problems.Ordered());
    }

    private static void ReadTexts(IEnumerable<(string Name, string Text)> texts, Asked asked, Problems problems, DocumentKinds kinds)
    {
        (string Name, string Text)[] all = [.. texts];
        foreach ((string name, string text) in all)
            if (CommandText.Is(name)) CommandReader.Reserve(text, asked.Commands ??= new CommandState());
        foreach ((string name, string text) in all) ReadText(name, text, asked, problems, kinds);
    }

    private static void ReadText(string name, string text, Asked asked, Problems problems, DocumentKinds kinds)
    {
        if (CommandText.Is(name))
        {
            new CommandReader(asked.Commands!, problems).Read(name, text);
            return;
        }

        DocumentReader reader = new(asked, problems, kinds);
        YamlComposer.Compose(name, text, problems, reader.Read);
    }
}
