using Sluice.Config.Reading;
using Sluice.Config.Validation;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>Reads, resolves and judges a whole configuration. Bad input is a value, never an exception.</summary>
public static class ConfigLoader
{
    /// <summary>Loads files and directories (all *.yaml, *.yml and *.json in them, by name) as one configuration.</summary>
    public static LoadResult Load(IEnumerable<string> paths)
    {
        Problems problems = new();
        Asked asked = new();
        foreach (string path in paths) ReadPath(path, asked, problems);
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
        ConfigSet? set = new Validator(asked, problems).Run(allowUnsupported);
        return new LoadResult(set, problems.Ordered());
    }

    private static void ReadText(string name, string text, Asked asked, Problems problems)
    {
        DocumentReader reader = new(asked, problems);
        YamlComposer.Compose(name, text, problems, reader.Read);
    }

    private static void ReadPath(string path, Asked asked, Problems problems)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                ReadFile(path, asked, problems);
                return;
            }

            List<string> files = [];
            foreach (string file in Directory.EnumerateFiles(path))
                if (Path.GetExtension(file) is ".yaml" or ".yml" or ".json") files.Add(file);
            files.Sort(StringComparer.Ordinal);
            if (files.Count == 0) Unreadable(path, "the directory has no *.yaml, *.yml or *.json file", problems);
            foreach (string file in files) ReadFile(file, asked, problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Unreadable(path, failure.Message, problems);
        }
    }

    private static void ReadFile(string path, Asked asked, Problems problems)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists) Unreadable(path, "there is no such file", problems);
            else if (file.Length > YamlLimits.MaxFileCharacters) Unreadable(path, $"the file is larger than {YamlLimits.MaxFileCharacters >> 20} MiB", problems);
            else ReadText(path, File.ReadAllText(path), asked, problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Unreadable(path, failure.Message, problems);
        }
    }

    private static void Unreadable(string path, string why, Problems problems) =>
        problems.Error(new Place(path, 1, 1), "", ConfigRule.Unreadable, why);
}
