using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>Reads a GatewayAgent: its VPCs and peerings take effect like documents of their own, the rest is checked.</summary>
internal static class AgentReader
{
    public static void Read(Header header, Asked asked)
    {
        Problems problems = header.Problems;

        // An object that no API server has numbered yet has generation 0, or none.
        int? generation = Fields.Loose(header.Document["metadata"], problems).Int("generation", 0, int.MaxValue);
        asked.Agent = new AgentIdentity(header.Name, generation > 0 ? generation : null);
        Fields spec = Fields.Of(header.Document.Require("spec"), problems,
            "agentVersion", "gateway", "vpcs", "peerings", "groups", "communities", "config");
        if (!spec.Exist) return;
        Fields vpcs = Fields.Loose(spec["vpcs"], problems);
        if (vpcs.Exist) foreach (KeyValuePair<YamlScalar, YamlNode> entry in vpcs.Node.Entries) ReadVpc(entry.Key, entry.Value, problems, asked);
        Fields peerings = Fields.Loose(spec["peerings"], problems);
        if (peerings.Exist)
        {
            foreach (KeyValuePair<YamlScalar, YamlNode> entry in peerings.Node.Entries)
            {
                if (!NameOf(entry.Key, problems, "Peering name")) continue;
                Fields fields = Fields.Of(entry.Value, problems, "gatewayGroup", "peering", "acl");
                if (PeeringReader.Peering(entry.Key.Text, entry.Key.Place, fields, isNative: false) is { } peering) asked.Peerings.Add(peering);
            }
        }

        bool hasVpcs = vpcs.Exist && vpcs.Node.Entries.Count > 0;
        if (spec["gateway"] is { } gateway) FabricReader.ReadGatewayFields(header.Name, header.Place, gateway, problems, needsVtep: hasVpcs);
        ReadGroups(spec, asked);
        Fields config = Fields.Of(spec["config"], problems, "fabricBFD");
        config.Bool("fabricBFD");
    }

    private static void ReadVpc(YamlScalar key, YamlNode node, Problems problems, Asked asked)
    {
        if (!NameOf(key, problems, "VPC name")) return;
        Fields fields = Fields.Of(node, problems, "vni", "internalID", "subnets");
        if (fields.Exist) asked.Vpcs.Add(VpcReader.Vpc(key.Text, key.Place, fields, fields, "internalID"));
    }

    private static bool NameOf(YamlScalar key, Problems problems, string what)
    {
        if (key.Text.Length > 0) return Names.Check(key, key.Text, problems, "a VPC or peering");
        problems.Error(key, ConfigRule.MissingIdentifier, $"{what} is empty");
        return false;
    }

    private static void ReadGroups(Fields spec, Asked asked)
    {
        Problems problems = spec.Problems;
        int ranks = Communities(spec);
        Fields groups = Fields.Loose(spec["groups"], problems);
        if (!groups.Exist) return;
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in groups.Node.Entries)
        {
            Fields group = Fields.Of(entry.Value, problems, "members");
            asked.AgentGroups.Add(entry.Key.Text);
            List<YamlNode> members = group.List("members");
            Members(members, problems);
            if (ranks >= 0 && members.Count > ranks)
                problems.Error(members[ranks], ConfigRule.NoCommunityAvailable, $"no community for rank {ranks} of group '{entry.Key.Text}'");
        }
    }

    private static void Members(List<YamlNode> nodes, Problems problems)
    {
        Dictionary<string, Place> names = new(StringComparer.Ordinal), addresses = new(StringComparer.Ordinal);
        foreach (YamlNode node in nodes)
        {
            Fields member = Fields.Of(node, problems, "name", "priority", "vtepIP");
            member.Int("priority", int.MinValue, int.MaxValue);
            if (member.RequireText("name") is { } name && !names.TryAdd(name, node.Place))
                problems.Error(node, ConfigRule.DuplicateMember, $"'{Nearest.Shown(name)}' is in the group twice", names[name]);
            if (FabricReader.VtepAddress(member, "vtepIP") is { } address && !addresses.TryAdd(address.ToString(), node.Place))
                problems.Error(node, ConfigRule.DuplicateMemberAddress, $"{address} belongs to two members of the group", addresses[address.ToString()]);
        }
    }

    // How many ranks have a community, from rank 0 up; -1 where none are given.
    private static int Communities(Fields spec)
    {
        Fields map = Fields.Loose(spec["communities"], spec.Problems);
        if (!map.Exist) return -1;
        Dictionary<string, Place> seen = new(StringComparer.Ordinal);
        foreach (KeyValuePair<YamlScalar, YamlNode> entry in map.Node.Entries)
        {
            if (Values.Text(entry.Value, spec.Problems) is { } community && !seen.TryAdd(community, entry.Value.Place))
                spec.Problems.Error(entry.Value, ConfigRule.DuplicateCommunity, $"community '{Nearest.Shown(community)}' has two ranks", seen[community]);
        }

        return map.Node.Entries.Count;
    }
}
