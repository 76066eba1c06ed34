using System.Collections.Immutable;
using Sluice.Config.Commands;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>The text of one file.</summary>
/// <param name="Name">The file's name as its reader gave it: what places are written with.</param>
/// <param name="Text">What stands in it.</param>
public sealed record ConfigText(string Name, string Text);

/// <summary>The files of a configuration, read and not yet judged: what can be sent to a running gateway, and kept by it.</summary>
/// <param name="Texts">The files that could be read, in their order.</param>
/// <param name="Unreadable">An error for each that could not.</param>
public sealed record ConfigTexts(ImmutableArray<ConfigText> Texts, ImmutableArray<ConfigError> Unreadable)
{
    /// <summary>Reads files and directories (all *.yaml, *.yml, *.json and *.cnat in them, by name).</summary>
    public static ConfigTexts Read(IEnumerable<string> paths)
    {
        var reading = new Reading();
        foreach (string path in paths) reading.ReadPath(path);
        return new ConfigTexts([.. reading.Texts], [.. reading.Unreadable]);
    }

    private sealed class Reading
    {
        public List<ConfigText> Texts { get; } = [];

        public List<ConfigError> Unreadable { get; } = [];

        public void ReadPath(string path)
        {
            try
            {
                if (!Directory.Exists(path))
                {
                    ReadFile(path);
                    return;
                }

                string[] files =
                    [.. Directory.EnumerateFiles(path).Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json" or CommandText.Extension).Order(StringComparer.Ordinal)];
                if (files.Length == 0) Refuse(path, "the directory has no *.yaml, *.yml, *.json or *.cnat file");
                foreach (string file in files) ReadFile(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                Refuse(path, failure.Message);
            }
        }

        private void ReadFile(string path)
        {
            try
            {
                FileInfo file = new(path);
                if (!file.Exists) Refuse(path, "there is no such file");
                else if (file.Length > YamlLimits.MaxFileCharacters) Refuse(path, $"the file is larger than {YamlLimits.MaxFileCharacters >> 20} MiB");
                else Texts.Add(new ConfigText(path, File.ReadAllText(path)));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Refuse(path, failure.Message);
            }
        }

        private void Refuse(string path, string why) => Unreadable.Add(new ConfigError(new Place(path, 1, 1), "", ConfigRule.Unreadable, why));
    }
}
