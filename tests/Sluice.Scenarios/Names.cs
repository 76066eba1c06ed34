using System.Text.RegularExpressions;

namespace Sluice.Scenarios;

/// <summary>What names like <c>$p</c> stand for: learnt where they are first met in a packet that leaves.</summary>
internal sealed partial class Names
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public string this[string name] => values[name];

    /// <summary>Whether every name of a line is known.</summary>
    public bool Know(string line) => Name().Matches(line).All(name => values.ContainsKey(name.Value));

    /// <summary>A line with values in place of the names that are known.</summary>
    public string Fill(string line) => Name().Replace(line, name => values.GetValueOrDefault(name.Value, name.Value));

    /// <summary>Whether a line is what is written; names that were not known are learnt. Length, TTL and the sequence number of an echo may be left out.</summary>
    public bool Match(string actual, string written)
    {
        written = Fill(written);
        foreach (string field in (ReadOnlySpan<string>)["seq", "len", "ttl"])
            if (!written.Contains($" {field} ", StringComparison.Ordinal)) actual = Regex.Replace(actual, $@" {field} \d+", "");
        string pattern = NameOrRest().Replace(written, static part => part.Groups["name"].Success ? $"(?<{part.Groups["name"].Value}>[0-9a-f.:]+?)" : Regex.Escape(part.Value));
        Match match = Regex.Match(actual, $"^{pattern}$");
        foreach (Group group in match.Groups)
            if (char.IsAsciiLetter(group.Name[0])) values[$"${group.Name}"] = group.Value;
        return match.Success;
    }

    [GeneratedRegex(@"\$[a-z][a-z0-9]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$(?<name>[a-z][a-z0-9]*)|[^$]+")]
    private static partial Regex NameOrRest();
}
