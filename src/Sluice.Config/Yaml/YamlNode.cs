using System.Globalization;

namespace Sluice.Config.Yaml;

/// <summary>A node of a YAML document, with its place.</summary>
internal abstract class YamlNode(Place place)
{
    /// <summary>Where the value begins.</summary>
    public Place Place { get; } = place;

    /// <summary>The mapping or list that holds it; an aliased node keeps the holder of its anchor.</summary>
    public YamlNode? Parent { get; set; }

    /// <summary>What a reader calls it.</summary>
    public abstract string TypeName { get; }

    /// <summary>Whether it is the null of YAML: nothing, ~ or null.</summary>
    public virtual bool IsNull => false;

    /// <summary>The way to it from the root of its document: spec.peering.vpc-1.expose[0]. Found on demand: only errors need it.</summary>
    public string Path
    {
        get
        {
            if (Parent is null) return "";
            string above = Parent.Path;
            if (Parent is YamlMapping mapping)
            {
                string key = mapping.KeyOf(this) ?? "?";
                return above.Length == 0 ? key : $"{above}.{key}";
            }

            int index = ((YamlSequence)Parent).Items.IndexOf(this);
            return string.Create(CultureInfo.InvariantCulture, $"{above}[{index}]");
        }
    }
}

/// <summary>A scalar.</summary>
internal sealed class YamlScalar(Place place, string text, bool isPlain) : YamlNode(place)
{
    /// <summary>Its text without quotes.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it stands without quotes, so that it may be a number, a boolean or null.</summary>
    public bool IsPlain { get; } = isPlain;

    public override bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether YAML's core schema reads it as true or false.</summary>
    public bool IsBoolean => IsPlain && Text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE";

    /// <summary>Whether YAML's core schema reads it as a number.</summary>
    public bool IsNumber => IsPlain && LooksLikeNumber(Text);

    public override string TypeName => IsNull ? "nothing" : IsBoolean ? "a boolean" : IsNumber ? "a number" : "a text";

    private static bool LooksLikeNumber(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan();
        if (digits.Length > 0 && digits[0] is '-' or '+') digits = digits[1..];
        if (digits.IsEmpty) return false;
        if (digits is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN") return true;
        if (digits.StartsWith("0x", StringComparison.Ordinal) || digits.StartsWith("0o", StringComparison.Ordinal))
            return ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        return (char.IsAsciiDigit(digits[0]) || digits[0] == '.')
            && double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
    }
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(Place place) : YamlNode(place)
{
    /// <summary>Its items, in order.</summary>
    public List<YamlNode> Items { get; } = [];

    public override string TypeName => "a list";
}

/// <summary>A mapping from texts to nodes, in the order of the document.</summary>
internal sealed class YamlMapping(Place place) : YamlNode(place)
{
    /// <summary>Keys and values.</summary>
    public List<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = [];

    public override string TypeName => "a mapping";

    /// <summary>The value of a key, or null.</summary>
    public YamlNode? Find(string key)
    {
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in Entries)
            if (entry.Key.Text == key) return entry.Value;
        return null;
    }

    /// <summary>The key under which a node stands.</summary>
    public string? KeyOf(YamlNode value)
    {
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in Entries)
            if (ReferenceEquals(entry.Value, value) || ReferenceEquals(entry.Key, value)) return entry.Key.Text;
        return null;
    }
}
