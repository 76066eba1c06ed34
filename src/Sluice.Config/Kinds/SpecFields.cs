using System.Collections.Immutable;
using Sluice.Config.Comparison;
using Sluice.Config.Reading;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Kinds;

/// <summary>The spec of a document whose kind a program adds, or a mapping in it: values by the names of their fields.</summary>
/// <remarks>
/// What is read is thereby known: a field that is never asked for is reported as unknown, and the values that were read are what <c>sluice diff</c> compares. So ask for every field
/// first, and judge afterwards. A value that can't be read has been reported, and is null like one that is absent.
/// </remarks>
public sealed class SpecFields
{
    private readonly Fields fields;
    private readonly string path;
    private readonly string within;
    private readonly SpecFields root;
    private readonly List<string> known = [];
    private readonly List<string> missing = [];
    private readonly List<SpecFields> nested = [];

    internal SpecFields(Fields fields, string path, SpecFields? outer = null)
    {
        this.fields = fields;
        this.path = path;
        root = outer?.root ?? this;
        within = outer is null ? "" : $"{path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]}.";
        Said = outer?.Said ?? [];
        References = outer?.References ?? [];
    }

    /// <summary>Whether there is such a mapping.</summary>
    public bool Exist => fields.Exist;

    internal List<ConfigField> Said { get; }

    internal List<NameReference> References { get; }

    internal string? ProfileName { get; private set; }

    /// <summary>A text.</summary>
    public string? Text(string name) => Say(name, Ask(name) is { } node ? Values.Text(node, fields.Problems) : null);

    /// <summary>true or false.</summary>
    public bool? Bool(string name)
    {
        bool? value = Ask(name) is { } node ? Values.Bool(node, fields.Problems) : null;
        if (value is { } given) Say(name, given ? "true" : "false");
        return value;
    }

    /// <summary>A whole number between two bounds.</summary>
    public int? Int(string name, int min, int max) => Say(name, Ask(name) is { } node ? Values.Int(node, fields.Problems, min, max) : null);

    /// <summary>A duration such as 5m0s.</summary>
    public TimeSpan? Duration(string name)
    {
        TimeSpan? value = Ask(name) is { } node ? Values.Duration(node, fields.Problems) : null;
        if (value is { } given) Say(name, Durations.Show(given));
        return value;
    }

    /// <summary>One of some words.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (Ask(name) is not { } node || Values.Choice(node, fields.Problems, choices) is not { } value) return null;
        Say(name, ((YamlScalar)node).Text);
        return value;
    }

    /// <summary>An address.</summary>
    public IpAddress? Address(string name) => Say(name, Ask(name) is { } node ? Values.Address(node, fields.Problems) : null);

    /// <summary>An address that must be there.</summary>
    public IpAddress? RequireAddress(string name) => Required(name) ? Address(name) : null;

    /// <summary>A prefix; an address alone is a host prefix, and host bits are masked with a warning.</summary>
    public IpPrefix? Prefix(string name) => Say(name, Ask(name) is { } node ? Values.Prefix(node, fields.Problems) : null);

    /// <summary>A prefix that must be there.</summary>
    public IpPrefix? RequirePrefix(string name) => Required(name) ? Prefix(name) : null;

    /// <summary>A list of prefixes; empty where it is absent.</summary>
    public ImmutableArray<IpPrefix> Prefixes(string name) => List(name, static (node, problems) => Values.Prefix(node, problems));

    /// <summary>One port in quotes, or a range of them.</summary>
    public PortRange? Ports(string name) => Say(name, Ask(name) is { } node ? Values.Ports(node, fields.Problems) : null);

    /// <summary>The name of a realm, which must exist; absent: the realm "default".</summary>
    public string Realm(string name = "realm")
    {
        string realm = Text(name) ?? ConfigSet.DefaultRealm;
        References.Add(new NameReference(ReferenceTo.Realm, realm, PlaceOf(name), PathOf(name)));
        return realm;
    }

    /// <summary>A list of links, each of which must exist; empty where it is absent.</summary>
    public ImmutableArray<string> Links(string name = "links")
    {
        var names = ImmutableArray.CreateBuilder<string>();
        if (Ask(name) is { } list)
        {
            foreach (YamlNode node in Values.List(list, fields.Problems))
            {
                if (Values.Text(node, fields.Problems) is not { } link) continue;
                names.Add(link);
                References.Add(new NameReference(ReferenceTo.Link, link, node.Place, PathOf(name)));
            }

            Say(name, string.Join(", ", names));
        }

        return names.ToImmutable();
    }

    /// <summary>The name of a NatProfile, which must exist and becomes <see cref="AddedDocument.Profile"/>; absent: the default profile.</summary>
    public string? Profile(string name = "profile")
    {
        if (Text(name) is not { } profile) return null;
        References.Add(new NameReference(ReferenceTo.Profile, profile, PlaceOf(name), PathOf(name)));
        return root.ProfileName = profile;
    }

    /// <summary>The fields of a mapping in this one; one that doesn't <see cref="Exist"/> where it is absent.</summary>
    public SpecFields Mapping(string name) => Nested(Fields.Loose(Ask(name), fields.Problems), PathOf(name));

    /// <summary>The mappings of a list; none where it is absent.</summary>
    public IReadOnlyList<SpecFields> Mappings(string name)
    {
        if (Ask(name) is not { } list) return [];
        var mappings = new List<SpecFields>();
        foreach (YamlNode node in Values.List(list, fields.Problems))
        {
            Fields item = Fields.Loose(node, fields.Problems);
            if (item.Exist) mappings.Add(Nested(item, $"{PathOf(name)}[{mappings.Count}]"));
        }

        return mappings;
    }

    /// <summary>Addresses of a field as the gateway's own in a realm: for <see cref="AddedDocument.Owned"/>.</summary>
    public OwnedAddresses Owned(string name, string realm, IpRange addresses) => new(realm, addresses, PlaceOf(name), PathOf(name));

    /// <summary>Says that a field is wrong: the configuration isn't accepted.</summary>
    /// <param name="name">The field; one that is absent stands where its mapping begins.</param>
    /// <param name="rule">The rule that it breaks; most often <see cref="ConfigRule.Invalid"/> or <see cref="ConfigRule.Forbidden"/>.</param>
    /// <param name="message">A sentence for the reader.</param>
    public void Error(string name, ConfigRule rule, string message) => fields.Problems.Error(PlaceOf(name), PathOf(name), rule, message);

    /// <summary>Says something about a field that its writer should know; the configuration is accepted.</summary>
    public void Warning(string name, ConfigRule rule, string message) => fields.Problems.Warning(PlaceOf(name), PathOf(name), rule, message);

    /// <summary>The place of a field's value, or of the mapping where it is absent.</summary>
    public Place PlaceOf(string name) => fields.PlaceOf(name);

    /// <summary>What nobody asked for is unknown; what is missing isn't said of a field that was mistyped.</summary>
    internal void Finish()
    {
        if (!fields.Exist) return;
        Fields judged = Fields.Of(fields.Node, fields.Problems, [.. known]);
        foreach (string name in missing) judged.Require(name);
        foreach (SpecFields one in nested) one.Finish();
    }

    private YamlNode? Ask(string name)
    {
        if (!known.Contains(name)) known.Add(name);
        return fields[name];
    }

    private bool Required(string name)
    {
        if (fields[name] is not null) return true;
        if (!known.Contains(name)) known.Add(name);
        missing.Add(name);
        return false;
    }

    private SpecFields Nested(Fields mapping, string at)
    {
        var inner = new SpecFields(mapping, at, this);
        nested.Add(inner);
        return inner;
    }

    private ImmutableArray<T> List<T>(string name, Func<YamlNode, Problems, T?> read)
        where T : struct
    {
        if (Ask(name) is not { } list) return [];
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (YamlNode node in Values.List(list, fields.Problems))
            if (read(node, fields.Problems) is { } value) values.Add(value);
        Say(name, string.Join(", ", values));
        return values.ToImmutable();
    }

    private T? Say<T>(string name, T? value)
        where T : struct
    {
        if (value is { } given) Say(name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{given}"));
        return value;
    }

    private string? Say(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) Said.Add(new ConfigField(within + name, value));
        return value;
    }

    private string PathOf(string name) => $"{path}.{name}";
}
