using System.Collections.Immutable;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>Collects what is wrong with a configuration.</summary>
internal sealed class Problems
{
    /// <summary>More than this many say nothing more to anybody.</summary>
    public const int Max = 1000;

    private readonly List<ConfigError> all = [];
    private readonly List<(Place Begin, string? Kind, string? Name)> documents = [];
    private int errors;
    private int warnings;

    /// <summary>Whether there is an error (a warning is none).</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Whether more errors would not be kept.</summary>
    public bool IsFull => errors > Max;

    /// <summary>Takes note of a document, so that what is said of its lines can name it. Null for what it doesn't say.</summary>
    public void Document(Place begin, string? kind, string? name) => documents.Add((begin, kind, name));

    public void Error(YamlNode node, ConfigRule rule, string message, params ReadOnlySpan<Place> others) =>
        Add(node.Place, errors > Max ? "" : node.Path, rule, message, Severity.Error, others);

    public void Error(Place place, string path, ConfigRule rule, string message, params ReadOnlySpan<Place> others) =>
        Add(place, path, rule, message, Severity.Error, others);

    public void Warning(YamlNode node, ConfigRule rule, string message) => Add(node.Place, warnings > Max ? "" : node.Path, rule, message, Severity.Warning, []);

    public void Warning(Place place, string path, ConfigRule rule, string message) => Add(place, path, rule, message, Severity.Warning, []);

    /// <summary>All of them, by place; what shares a place stays in the order in which it was found.</summary>
    public ImmutableArray<ConfigError> Ordered()
    {
        documents.Sort(static (a, b) => a.Begin.CompareTo(b.Begin) is var order and not 0 ? order : (a.Kind is null ? 0 : 1) - (b.Kind is null ? 0 : 1));
        return [.. all.OrderBy(problem => problem.Place).Select(problem => problem with { Document = DocumentOf(problem) })];
    }

    // The last one that begins at or before the place. Where a text can't be read, no document was seen.
    private string DocumentOf(ConfigError problem)
    {
        if (problem.Rule is ConfigRule.Syntax or ConfigRule.Unreadable or ConfigRule.TooLarge) return "";
        Place place = problem.Place;
        int low = 0, high = documents.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (documents[middle].Begin.CompareTo(place) <= 0) low = middle + 1;
            else high = middle;
        }

        return low > 0 && documents[low - 1] is { Kind: { } kind, Name: { Length: > 0 } name } last && last.Begin.File == place.File ? $"{kind} '{Reading.Nearest.Shown(name)}'" : "";
    }

    private void Add(Place place, string path, ConfigRule rule, string message, Severity severity, ReadOnlySpan<Place> others)
    {
        bool isError = severity == Severity.Error;
        HasErrors |= isError;
        int found = isError ? ++errors : ++warnings;
        if (found > Max + 1) return;
        if (found == Max + 1)
        {
            rule = ConfigRule.TooLarge;
            message = $"more than {Max} {(isError ? "errors" : "warnings")}: the rest is not listed";
            others = [];
        }

        all.Add(new ConfigError(place, path, rule, message, severity) { Others = [.. others] });
    }
}
