using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads a SourceNat.</summary>
internal static class SourceNatReader
{
    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        Fields spec = Fields.Of(header.Document.Require("spec"), problems,
            "realm", "links", "linksV4", "linksV6", "addresses", "addressesOf", "exclude", "include", "policy", "tables", "rewrites", "profile");
        if (!spec.Exist) return;
        Fields tables = Fields.Of(spec["tables"], problems, "includeV4", "includeV6", "pod", "host");
        ImmutableArray<NamedSpec> addressesOf = LinkNames(spec, "addressesOf");
        if (addressesOf.IsEmpty && spec.Require("addresses") is YamlSequence { Items.Count: 0 } none)
            problems.Error(none, ConfigRule.MissingParameter, "'addresses' needs at least one entry");
        ImmutableArray<NamedSpec> links = LinkNames(spec, "links"), linksV4 = LinkNames(spec, "linksV4"), linksV6 = LinkNames(spec, "linksV6");
        bool lists = spec["links"] is not null || spec["linksV4"] is not null || spec["linksV6"] is not null;
        asked.SourceNats.Add(new SourceNatDocument
        {
            Name = header.Name,
            Place = header.Place,
            NamePlace = header.NamePlace,
            RealmPlace = spec.PlaceOf("realm"),
            AddressesPlace = spec.PlaceOf("addresses"),
            ProfilePlace = spec.PlaceOf("profile"),
            Realm = spec.Text("realm") ?? ConfigSet.DefaultRealm,
            Links = links,
            LinksV4 = linksV4,
            LinksV6 = linksV6,
            CoversNoLink = lists && links.IsEmpty && linksV4.IsEmpty && linksV6.IsEmpty,
            AddressesOf = addressesOf,
            Addresses = Read(spec.List("addresses"), problems, RangeText.ReadAny),
            Exclude = Read(spec.List("exclude"), problems, (node, all) => Values.Prefix(node, all)),
            Include = Read(spec.List("include"), problems, (node, all) => Values.Prefix(node, all)),
            Policy = spec.Choice("policy",
                ("none", SourceNatPolicy.None), ("if-pfx", SourceNatPolicy.IfPfx), ("k8s", SourceNatPolicy.K8s),
                ("dnat", SourceNatPolicy.Dnat), ("dnat-only", SourceNatPolicy.DnatOnly)) ?? SourceNatPolicy.None,
            Tables = new SourceNatTables(
                LinkNames(tables, "includeV4"), LinkNames(tables, "includeV6"), LinkNames(tables, "pod"), LinkNames(tables, "host")),
            Rewrites = Rewrites(spec.List("rewrites"), problems),
            Profile = spec.Text("profile"),
        });
    }

    private static ImmutableArray<T> Read<T>(List<YamlNode> nodes, Problems problems, Func<YamlNode, Problems, T?> read)
        where T : struct
    {
        var values = ImmutableArray.CreateBuilder<T>(nodes.Count);
        foreach (YamlNode node in nodes)
            if (read(node, problems) is { } value) values.Add(value);
        return values.ToImmutable();
    }

    private static ImmutableArray<NamedSpec> LinkNames(Fields fields, string name)
    {
        List<YamlNode> nodes = fields.List(name);
        var names = ImmutableArray.CreateBuilder<NamedSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
            if (Values.Text(node, fields.Problems) is { } text) names.Add(new NamedSpec(text, node.Place));
        return names.ToImmutable();
    }

    private static ImmutableArray<RewriteSpec> Rewrites(List<YamlNode> nodes, Problems problems)
    {
        var rewrites = ImmutableArray.CreateBuilder<RewriteSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, problems, "prefix", "to", "match");
            IpPrefix? prefix = fields.Require("prefix") is { } p ? Values.Prefix(p, problems) : null;
            IpAddress? to = fields.Require("to") is { } t ? Values.Address(t, problems) : null;
            bool source = fields.Choice("match", ("source", true), ("destination", false)) ?? false;
            if (prefix is not null && to is not null) rewrites.Add(new RewriteSpec(prefix.Value, to.Value, source, node.Place));
        }

        return rewrites.ToImmutable();
    }
}
