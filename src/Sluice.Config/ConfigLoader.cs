namespace Sluice.Config;

/// <summary>Reads, resolves and judges a whole configuration. Bad input is a value, never an exception.</summary>
public static class ConfigLoader
{
    /// <summary>Loads files and directories (all *.yaml, *.yml and *.json in them, by name) as one configuration.</summary>
    public static LoadResult Load(IEnumerable<string> paths) => LoadTexts([]);

    /// <summary>Loads one text as a whole configuration; <paramref name="name"/> stands for the file's name in places.</summary>
    public static LoadResult LoadText(string name, string text) => LoadTexts([(name, text)]);

    /// <summary>Loads several texts as one configuration.</summary>
    public static LoadResult LoadTexts(IEnumerable<(string Name, string Text)> texts) => new(null, []);
}
