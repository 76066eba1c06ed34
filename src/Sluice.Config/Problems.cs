using System.Collections.Immutable;
using Sluice.Config.Yaml;

namespace Sluice.Config;

/// <summary>Collects what is wrong with a configuration.</summary>
internal sealed class Problems
{
    /// <summary>More than this many say nothing more to anybody.</summary>
    public const int Max = 1000;

    private readonly List<ConfigError> all = [];
    private int errors;
    private int warnings;

    /// <summary>Whether there is an error (a warning is none).</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Whether more errors would not be kept.</summary>
    public bool IsFull => errors > Max;

    public void Error(YamlNode node, ConfigRule rule, string message, params ReadOnlySpan<Place> others) =>
        Add(node.Place, errors > Max ? "" : node.Path, rule, message, Severity.Error, others);

    public void Error(Place place, string path, ConfigRule rule, string message, params ReadOnlySpan<Place> others) =>
        Add(place, path, rule, message, Severity.Error, others);

    public void Warning(YamlNode node, ConfigRule rule, string message) => Add(node.Place, warnings > Max ? "" : node.Path, rule, message, Severity.Warning, []);

    public void Warning(Place place, string path, ConfigRule rule, string message) => Add(place, path, rule, message, Severity.Warning, []);

    /// <summary>All of them, by place; what shares a place stays in the order in which it was found.</summary>
    public ImmutableArray<ConfigError> Ordered() => [.. all.OrderBy(problem => problem.Place)];

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
