using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads peerings of both dialects.</summary>
internal static class PeeringReader
{
    public static void Read(Header header, Asked asked, bool isNative)
    {
        YamlNode? node = header.Document.Require("spec");
        if (node is null) return;
        Fields spec = Fields.Of(node, header.Problems, "gatewayGroup", "peering", "acl");
        if (Peering(header.Name, header.Place, spec, isNative) is { } peering)
            asked.Peerings.Add(peering with { NamePlace = header.NamePlace });
    }

    /// <summary>A peering from the fields of its spec.</summary>
    public static PeeringDocument? Peering(string name, Place place, Fields spec, bool isNative)
    {
        if (!spec.Exist || spec.Require("peering") is not { } map) return null;
        Problems problems = spec.Problems;
        Fields ends = Fields.Loose(map, problems);
        if (!ends.Exist) return null;
        if (ends.Node.Entries.Count != 2)
            problems.Error(map, ConfigRule.Invalid, $"a peering joins exactly two VPCs, here are {ends.Node.Entries.Count}");

        var read = ImmutableArray.CreateBuilder<PeeringEndSpec>(2);
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in ends.Node.Entries)
        {
            ImmutableArray<ExposeSpec> exposes = Exposes(entry.Value, problems, isNative, out bool complete);
            if (Names.Check(entry.Key, entry.Key.Text, problems, "a VPC"))
                read.Add(new PeeringEndSpec(entry.Key.Text, exposes, entry.Key.Place) { IsComplete = complete });
        }

        string group = spec.Text("gatewayGroup") ?? "default";
        if (group.Length == 0) problems.Error(spec["gatewayGroup"]!, ConfigRule.MissingIdentifier, "the name of a gateway group is empty");
        AclSpec? acl = AclReader.Read(spec["acl"], problems);
        if (read.Count != 2 || ends.Node.Entries.Count != 2) return null;
        if (acl is not null) acl = AclReader.FillIn(acl, read[0].Realm, read[1].Realm);
        return new PeeringDocument
        {
            Name = name,
            Place = place,
            IsNative = isNative,
            GatewayGroup = group,
            GatewayGroupPlace = spec["gatewayGroup"]?.Place ?? place,
            Ends = read.ToImmutable(),
            Acl = acl,
            Path = spec.Node.Path,
        };
    }

    // What can't be read is reported here, and left out.
    private static ImmutableArray<ExposeSpec> Exposes(YamlNode end, Problems problems, bool isNative, out bool complete)
    {
        complete = false;
        if (end.IsNull)
        {
            problems.Error(end, ConfigRule.NoExposes, "the VPC exposes nothing");
            return [];
        }

        Fields fields = Fields.Of(end, problems, "expose");
        if (!fields.Exist) return [];
        if (fields.IsMistyped("expose")) return [];
        if (fields["expose"] is null or YamlSequence { Items.Count: 0 })
        {
            problems.Error(fields["expose"] ?? end, ConfigRule.NoExposes, "the VPC exposes nothing: 'expose' needs at least one block");
            return [];
        }

        List<YamlNode> items = fields.List("expose");
        var exposes = ImmutableArray.CreateBuilder<ExposeSpec>(items.Count);
        complete = items.Count > 0;
        for (int i = 0; i < items.Count; i++)
        {
            ExposeSpec? expose = ExposeReader.Read(items[i], i, problems, isNative);
            complete &= expose is not null;
            if (expose is not null) exposes.Add(expose);
        }

        return exposes.ToImmutable();
    }
}
