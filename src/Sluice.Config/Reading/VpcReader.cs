using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads a VPCInfo, and the VPCs of a GatewayAgent.</summary>
internal static class VpcReader
{
    private const int IdLength = 5;

    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;
        Fields spec = Fields.Of(header.Document["spec"], problems, "vni", "subnets", "vpcID");
        Fields status = Fields.Loose(header.Document["status"], problems);
        bool inSpec = spec["vpcID"] is not null;
        asked.Vpcs.Add(Vpc(header.Name, header.Place, spec, inSpec ? spec : status, inSpec ? "vpcID" : "internalID") with { NamePlace = header.NamePlace });
    }

    /// <summary>A VPC from its fields; its identifier may stand elsewhere.</summary>
    public static VpcDocument Vpc(string name, Place place, Fields fields, Fields idFields, string idField) => new()
    {
        Name = name,
        Place = place,
        Id = Id(idFields, idField),
        IdPlace = idFields.PlaceOf(idField),
        Vni = GatewayReader.Vni(fields, "vni"),
        VniPlace = fields.PlaceOf("vni"),
        Subnets = Subnets(fields["subnets"], fields.Problems),
    };

    private static string? Id(Fields fields, string name)
    {
        if (fields.Text(name) is not { } id) return null;
        bool good = id.Length == IdLength;
        foreach (char c in id) good &= char.IsAsciiLetterOrDigit(c);
        if (good) return id;
        fields.Problems.Error(fields[name]!, ConfigRule.BadVpcId, $"'{Nearest.Shown(id)}' is no VPC identifier: five letters and digits");
        return null;
    }

    private static ImmutableArray<SubnetSpec> Subnets(YamlNode? node, Problems problems)
    {
        Fields map = Fields.Loose(node, problems);
        if (!map.Exist) return [];
        var subnets = ImmutableArray.CreateBuilder<SubnetSpec>(map.Node.Entries.Count);
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in map.Node.Entries)
        {
            // A fabric keeps more about a subnet (gateway, DHCP, VLAN) than matters here.
            Fields fields = Fields.Loose(entry.Value, problems);
            if (fields.Require("cidr") is { } cidr && Values.Prefix(cidr, problems) is { } prefix)
                subnets.Add(new SubnetSpec(entry.Key.Text, prefix, cidr.Place));
        }

        return subnets.ToImmutable();
    }
}
