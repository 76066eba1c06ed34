namespace Sluice.Config.Yaml;

/// <summary>How large a text may be. Reaching one is a TooLarge error.</summary>
internal static class YamlLimits
{
    /// <summary>Characters of one file: 100,000 exposes take about a quarter of it.</summary>
    public const int MaxFileCharacters = 64 << 20;

    /// <summary>Levels of nesting; the deepest document that means something has 13.</summary>
    public const int MaxDepth = 32;

    /// <summary>Documents of one file.</summary>
    public const int MaxDocuments = 200_000;

    /// <summary>Values that the aliases of one file stand for, counted as if they were written out.</summary>
    public const int MaxAliasedNodes = 100_000;

    /// <summary>Entries of one list of addresses, ports, rules or backends.</summary>
    public const int MaxListEntries = 65_536;
}
