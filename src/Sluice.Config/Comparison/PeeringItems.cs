using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Validation;

namespace Sluice.Config.Comparison;

/// <summary>A peering, its exposes and the rules of its access list, as items.</summary>
public static class PeeringItems
{
    /// <summary>The items of a peering.</summary>
    public static IEnumerable<ConfigItem> Of(Peering peering)
    {
        yield return PeeringItem(peering);
        foreach (PeeringEnd end in (PeeringEnd[])[peering.Left, peering.Right])
            foreach (ExposeSpec spec in BlocksOf(end)) yield return ExposeItem(peering, end, spec);
        foreach (AclRuleSpec rule in peering.Acl?.Rules ?? []) yield return RuleItem(peering, rule);
    }

    /// <summary>The blocks of an end as they are written: a port forward with several entries is one block.</summary>
    public static IEnumerable<ExposeSpec> BlocksOf(PeeringEnd end) => end.Exposes.Select(expose => expose.Spec).Distinct(ReferenceEqualityComparer.Instance).Cast<ExposeSpec>();

    /// <summary>How an expose's addresses become public, in the word of the documents.</summary>
    public static string WordOf(NatKind kind) => kind switch
    {
        NatKind.Static => "static",
        NatKind.Masquerade => "masquerade",
        NatKind.PortForward => "portForward",
        _ => "none",
    };

    /// <summary>Addresses of a list as they are written, exclusions with "not" before them.</summary>
    public static IEnumerable<string> WordsOf(IEnumerable<AddressEntry> entries) => entries.Select(entry =>
    {
        string addresses = entry.Subnet is { } subnet ? $"{EntryText.Show(entry.Addresses)} (subnet {subnet})" : EntryText.Show(entry.Addresses);
        return $"{(entry.IsExclusion ? "not " : "")}{addresses}{(entry.Ports.IsAll ? "" : $" ports {entry.Ports}")}";
    });

    /// <summary>A forward: tcp 22101 to 22.</summary>
    public static string WordsOf(ForwardSpec forward)
    {
        string protocol = forward.Protocol switch
        {
            ForwardProtocol.Tcp => "tcp",
            ForwardProtocol.Udp => "udp",
            _ => "tcp and udp",
        };
        return $"{protocol} {forward.Public} to {forward.Private}";
    }

    /// <summary>What a rule of an access list matches: tcp from 10.0.0.0/24 to ports 80, 443.</summary>
    public static string MatchOf(AclRuleSpec rule)
    {
        var parts = new List<string>();
        if (!rule.Protocols.IsEmpty) parts.Add(string.Join(" and ", rule.Protocols.Select(ProtocolWord)));
        if (!rule.Sources.IsEmpty) parts.Add($"from {string.Join(", ", rule.Sources.Select(WordsOf))}");
        if (!rule.Destinations.IsEmpty) parts.Add($"to {string.Join(", ", rule.Destinations.Select(WordsOf))}");
        return parts.Count == 0 ? "everything" : string.Join(' ', parts);
    }

    private static string WordsOf(AclEndpointSpec endpoint)
    {
        string ports = endpoint.Ports.IsEmpty ? "" : $"ports {string.Join(' ', endpoint.Ports)}";
        string? addresses = endpoint.Prefix?.ToString() ?? (endpoint.Subnet is { } subnet ? $"subnet {subnet}" : null);
        if (addresses is null) return ports;
        return ports.Length == 0 ? addresses : $"{addresses} {ports}";
    }

    private static string ProtocolWord(byte protocol) => protocol switch
    {
        1 => "icmp",
        6 => "tcp",
        17 => "udp",
        58 => "icmpv6",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    private static ConfigItem PeeringItem(Peering peering)
    {
        var fields = new ItemFields
        {
            { "peering", $"{peering.Left.Realm} and {peering.Right.Realm}" },
            { "gatewayGroup", peering.Document.GatewayGroup },
        };
        if (peering.Acl is { } acl)
        {
            fields.Add("acl.default", acl.DenyByDefault ? "deny" : "deny-unless-exposed");
            fields.Add("acl.rules", acl.Rules.Select(rule => rule.Name));
        }

        return new ConfigItem("Peering", peering.Name, peering.Place, [.. fields]);
    }

    private static ConfigItem ExposeItem(Peering peering, PeeringEnd end, ExposeSpec spec)
    {
        var fields = new ItemFields { { "default", spec.IsDefault ? "true" : null }, { "ips", WordsOf(spec.Ips) }, { "as", WordsOf(spec.As) } };
        if (spec.Nat is { } nat)
        {
            fields.Add("nat", WordOf(nat.Kind));
            fields.Add("ports", nat.Forwards.Select(WordsOf));
            fields.Add("idleTimeout", nat.IdleTimeout);
            fields.Add("profile", nat.Profile);
        }

        return new ConfigItem("expose", $"peering {peering.Name}, {end.Realm} expose {spec.Index + 1}", spec.Place, [.. fields])
        {
            List = $"{peering.Name} {end.Realm}",
        };
    }

    private static ConfigItem RuleItem(Peering peering, AclRuleSpec rule) => new("rule", $"peering {peering.Name}, rule {rule.Name}", rule.Place,
    [
        .. new ItemFields
        {
            { "action", rule.Allow ? "allow" : "deny" },
            { "from", rule.From },
            { "to", rule.To },
            { "match", MatchOf(rule) },
            { "scope", rule.FlowScope ? "flow" : "packet" },
            { "log", rule.Log },
        },
    ]);
}
