namespace Sluice.Config.Yaml;

/// <summary>Adds fields to a mapping, each name once.</summary>
internal struct FieldIndex
{
    // Most mappings have a few fields: comparing beats hashing.
    private const int Compared = 8;

    private Dictionary<string, YamlScalar>? seen;

    /// <summary>Adds a field; where the name is there already, nothing is added and the first one's key is returned.</summary>
    public YamlScalar? Add(YamlMapping mapping, YamlScalar key, YamlNode value)
    {
        if (mapping.Entries.Count == Compared) seen ??= Index(mapping);
        YamlScalar? first = seen is null ? FindKey(mapping, key.Text) : seen.GetValueOrDefault(key.Text);
        if (first is not null) return first;
        mapping.Entries.Add(new(key, value));
        seen?.Add(key.Text, key);
        return null;
    }

    private static YamlScalar? FindKey(YamlMapping mapping, string name)
    {
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in mapping.Entries)
            if (entry.Key.Text == name) return entry.Key;
        return null;
    }

    private static Dictionary<string, YamlScalar> Index(YamlMapping mapping)
    {
        Dictionary<string, YamlScalar> index = new(StringComparer.Ordinal);
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in mapping.Entries) index.Add(entry.Key.Text, entry.Key);
        return index;
    }
}
