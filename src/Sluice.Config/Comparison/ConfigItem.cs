using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Sluice.Config.Reading;

namespace Sluice.Config.Comparison;

/// <summary>One thing that a configuration asks for, in words that two configurations can be compared by.</summary>
/// <param name="Kind">What it is: Gateway, link, realm, VPCInfo, NatProfile, Peering, expose, rule, Translation, SourceNat.</param>
/// <param name="Name">Its name; an expose is named by its peering, realm and position.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Fields">What it says; a field that says nothing is absent.</param>
public sealed record ConfigItem(string Kind, string Name, Place Place, ImmutableArray<ConfigField> Fields)
{
    /// <summary>Where it has no name of its own, the list that it stands in: there it is known by what it says.</summary>
    public string? List { get; init; }

    /// <summary>Whether it says the same, wherever it stands.</summary>
    public bool SaysTheSameAs(ConfigItem other) => Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());
}

/// <summary>One field of an item.</summary>
/// <param name="Name">Its name in documents.</param>
/// <param name="Value">Its value in words.</param>
public readonly record struct ConfigField(string Name, string Value);

/// <summary>Collects the fields of an item.</summary>
internal sealed class ItemFields : IEnumerable<ConfigField>
{
    private readonly List<ConfigField> fields = [];

    public void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) fields.Add(new ConfigField(name, value));
    }

    public void Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    public void Add(string name, TimeSpan? value) => Add(name, value is { } time ? Durations.Show(time) : null);

    public void Add<T>(string name, IEnumerable<T> values) => Add(name, string.Join(", ", values));

    /// <summary>A word of the documents that is a name of the code too, such as AfPacket.</summary>
    public void AddWord<T>(string name, T value)
        where T : struct, Enum
    {
        string word = value.ToString();
        Add(name, char.ToLowerInvariant(word[0]) + word[1..]);
    }

    public IEnumerator<ConfigField> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
