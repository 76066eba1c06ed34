using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>The fields of a mapping, each read once by name. A missing or wrong mapping has none, and has been reported.</summary>
internal readonly struct Fields
{
    private readonly YamlMapping? mapping;
    private readonly List<string>? unknown;

    private Fields(YamlMapping? mapping, Problems problems, List<string>? unknown = null)
    {
        this.mapping = mapping;
        this.unknown = unknown;
        Problems = problems;
    }

    /// <summary>Where problems go.</summary>
    public Problems Problems { get; }

    /// <summary>Whether there is a mapping.</summary>
    public bool Exist => mapping is not null;

    /// <summary>The mapping; only where <see cref="Exist"/>.</summary>
    public YamlMapping Node => mapping!;

    /// <summary>The fields of a node that must be a mapping with these fields only.</summary>
    public static Fields Of(YamlNode? node, Problems problems, params ReadOnlySpan<string> known)
    {
        Fields fields = Loose(node, problems);
        if (fields.mapping is null) return fields;
        List<string>? strangers = null;
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in fields.mapping.Entries)
        {
            if (known.Contains(entry.Key.Text)) continue;
            problems.Error(entry.Key, ConfigRule.UnknownField, Nearest.UnknownField(entry.Key.Text, known));
            (strangers ??= []).Add(entry.Key.Text);
        }

        return strangers is null ? fields : new Fields(fields.mapping, problems, strangers);
    }

    /// <summary>The fields of a node that must be a mapping; what isn't asked for is passed over.</summary>
    public static Fields Loose(YamlNode? node, Problems problems)
    {
        if (node is YamlMapping found) return new Fields(found, problems);
        if (node is not null) Values.Wrong(node, problems, "a mapping of fields");
        return new Fields(null, problems);
    }

    /// <summary>The value of a field; null where it is absent or null.</summary>
    public YamlNode? this[string name] => mapping?.Find(name) is { IsNull: false } value ? value : null;

    /// <summary>The value of a field that must be there.</summary>
    public YamlNode? Require(string name)
    {
        YamlNode? value = this[name];
        if (value is null && mapping is not null && !IsMistyped(name)) Problems.Error(mapping, ConfigRule.MissingParameter, $"'{name}' is missing");
        return value;
    }

    /// <summary>Whether a field that was reported as unknown is this one mistyped: then it isn't missing too.</summary>
    public bool IsMistyped(string name)
    {
        if (unknown is null) return false;
        foreach (string word in unknown)
            if (Nearest.Find(word, [name]) is not null) return true;
        return false;
    }

    /// <summary>The place of a field's value, or of the mapping.</summary>
    public Place PlaceOf(string name) => this[name]?.Place ?? mapping?.Place ?? default;

    /// <summary>The items of a list; none where it is absent.</summary>
    public List<YamlNode> List(string name) => Values.List(this[name], Problems);

    /// <summary>A text, or null.</summary>
    public string? Text(string name) => this[name] is { } node ? Values.Text(node, Problems) : null;

    /// <summary>A text that must be there.</summary>
    public string? RequireText(string name) => Require(name) is { } node ? Values.Text(node, Problems) : null;

    /// <summary>true or false, or null.</summary>
    public bool? Bool(string name) => this[name] is { } node ? Values.Bool(node, Problems) : null;

    /// <summary>A number between two bounds, or null.</summary>
    public int? Int(string name, int min, int max) => this[name] is { } node ? Values.Int(node, Problems, min, max) : null;

    /// <summary>A duration, or null.</summary>
    public TimeSpan? Duration(string name) => this[name] is { } node ? Values.Duration(node, Problems) : null;

    /// <summary>One of some words, or null.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct => this[name] is { } node ? Values.Choice(node, Problems, choices) : null;
}
