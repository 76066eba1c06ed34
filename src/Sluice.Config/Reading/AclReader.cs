using System.Collections.Immutable;
using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads the access list of a peering. <c>acl: {}</c> is the same as none.</summary>
internal static class AclReader
{
    public static AclSpec? Read(YamlNode? node, Problems problems)
    {
        Fields fields = Fields.Of(node, problems, "default", "rules");
        if (!fields.Exist) return null;
        bool deny = fields.Choice("default", ("deny-unless-exposed", false), ("deny", true)) ?? false;
        YamlNode? rules = fields["rules"];
        if (rules is null && !deny) return null;
        List<YamlNode> nodes = fields.List("rules");
        if (rules is null or YamlSequence { Items.Count: 0 })
            problems.Error(rules ?? fields.Node, ConfigRule.InvalidAcl, "an access list needs at least one rule; leave 'acl' out where there is none");
        var read = ImmutableArray.CreateBuilder<AclRuleSpec>(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
            if (Rule(nodes[i], i, problems) is { } rule) read.Add(rule);
        return new AclSpec { DenyByDefault = deny, Rules = read.ToImmutable(), Place = fields.Node.Place };
    }

    /// <summary>The list with the omitted end of every rule filled in.</summary>
    public static AclSpec FillIn(AclSpec acl, string a, string b)
    {
        string? Other(string? realm) => realm == a ? b : realm == b ? a : null;
        return acl with { Rules = [.. acl.Rules.Select(rule => rule with { From = rule.From ?? Other(rule.To), To = rule.To ?? Other(rule.From) })] };
    }

    private static AclRuleSpec? Rule(YamlNode node, int index, Problems problems)
    {
        Fields fields = Fields.Of(node, problems, "name", "from", "to", "action", "match", "scope", "log");
        if (!fields.Exist) return null;
        Fields match = Fields.Of(fields["match"], problems, "src", "dst", "proto");
        bool? allow = fields.Require("action") is null ? null : fields.Choice("action", ("allow", true), ("deny", false));
        bool? flow = fields.Choice("scope", ("flow", true), ("packet", false));
        string? name = fields["name"] is { } nameNode ? RuleName(nameNode, problems) : null;
        AclRuleSpec rule = new()
        {
            Name = name ?? string.Create(CultureInfo.InvariantCulture, $"rule-{index + 1}"),
            From = fields.Text("from"),
            To = fields.Text("to"),
            Allow = allow ?? false,
            Sources = Endpoints(match, "src"),
            Destinations = Endpoints(match, "dst"),
            Protocols = match["proto"] is { } proto ? Protocols(proto, problems) : [],
            FlowScope = flow ?? true,
            ScopeGiven = flow is not null,
            Log = fields.Bool("log") ?? false,
            Place = node.Place,
            NamePlace = fields.PlaceOf("name"),
            EndsPlace = fields.PlaceOf(fields["from"] is null ? "to" : "from"),
        };
        return allow is null ? null : rule;
    }

    private static string? RuleName(YamlNode node, Problems problems)
    {
        if (Values.Text(node, problems) is not { } name) return null;
        if (name.Length is > 0 and <= 64) return name;
        problems.Error(node, ConfigRule.InvalidAcl, "the name of a rule has 1 to 64 characters");
        return null;
    }

    private static ImmutableArray<byte> Protocols(YamlNode node, Problems problems)
    {
        if (Values.Text(node, problems) is not { } text) return [];
        switch (text)
        {
            case "": return [];
            case "tcp": return [6];
            case "udp": return [17];
            case "icmp": return [1, 58];
            default:
                if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)) return [number];
                problems.Error(node, ConfigRule.InvalidAcl, $"'{Nearest.Shown(text)}' is none of tcp, udp, icmp and \"0\" to \"255\"");
                return [];
        }
    }

    private static ImmutableArray<AclEndpointSpec> Endpoints(Fields match, string name)
    {
        List<YamlNode> nodes = match.List(name);
        var endpoints = ImmutableArray.CreateBuilder<AclEndpointSpec>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            Fields fields = Fields.Of(node, match.Problems, "cidr", "vpcSubnet", "ports");
            if (!fields.Exist) continue;
            if (fields["cidr"] is not null && fields["vpcSubnet"] is not null)
                match.Problems.Error(node, ConfigRule.Forbidden, "an entry has 'cidr' or 'vpcSubnet', not both");
            IpPrefix? prefix = fields["cidr"] is { } cidr ? Values.Prefix(cidr, match.Problems, needsLength: true) : null;
            endpoints.Add(new AclEndpointSpec(prefix, fields.Text("vpcSubnet"), Ports(fields), node.Place));
        }

        return endpoints.ToImmutable();
    }

    private static ImmutableArray<PortRange> Ports(Fields fields)
    {
        if (fields["ports"] is not { } list) return [];
        if (list is YamlSequence { Items.Count: 0 })
            fields.Problems.Error(list, ConfigRule.InvalidAcl, "'ports' is empty: leave it out where every port matches");
        List<YamlNode> nodes = fields.List("ports");
        var ports = ImmutableArray.CreateBuilder<PortRange>(nodes.Count);
        foreach (YamlNode node in nodes)
            if (Values.Ports(node, fields.Problems) is { } range) ports.Add(range);
        return ports.ToImmutable();
    }
}
