using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads names: they become file names, metric labels and words of commands.</summary>
internal static class Names
{
    private const int MaxLength = 253;

    /// <summary>A name, or null where it was reported.</summary>
    public static string? Read(YamlNode node, Problems problems, string whose) =>
        Values.Text(node, problems) is { } text && Check(node, text, problems, whose) ? text : null;

    /// <summary>Whether a text can be a name.</summary>
    public static bool Check(YamlNode node, string text, Problems problems, string whose)
    {
        if (text.Length == 0)
        {
            problems.Error(node, ConfigRule.MissingIdentifier, $"the name of {whose} is empty");
            return false;
        }

        if (text.Length > MaxLength)
        {
            problems.Error(node, ConfigRule.Invalid, $"the name of {whose} is longer than {MaxLength} characters");
            return false;
        }

        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@') continue;
            problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is no name of {whose}: letters, digits and - _ . : @ only");
            return false;
        }

        if (text is not ("." or "..")) return true;
        problems.Error(node, ConfigRule.Invalid, $"'{text}' is no name of {whose}");
        return false;
    }
}
