using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Compiles the access lists of a configuration.</summary>
/// <remarks>
/// A rule's addresses are not cut down to what its two ends expose: exposes are looked at first, so a list is asked only about packets between exposed addresses,
/// and no address outside of them can make a difference.
/// </remarks>
internal sealed class AclCompiler(ConfigSet config, PolicyTables tables)
{
    private readonly List<(int Pair, AclRules Rules, AclBlockBuilder[] Blocks)> directions = [];

    /// <summary>Takes up the list of a peering, if it has one.</summary>
    /// <param name="peering">The peering.</param>
    /// <param name="forward">The number of the pair from its left end to its right one.</param>
    /// <param name="backward">The number of the pair of the other direction.</param>
    internal void Add(Peering peering, int forward, int backward)
    {
        if (peering.Acl is not { } acl) return;
        var verdicts = new List<AclVerdict>(acl.Rules.Length + 1);
        foreach (AclRuleSpec rule in acl.Rules) verdicts.Add(new AclVerdict(tables.AddRule(NameOf(peering, rule), rule.Place.ToString()), TraitsOf(rule)));
        uint byDefault = tables.AddRule($"peering {peering.Name}, acl default ({(acl.DenyByDefault ? "deny" : "deny-unless-exposed")})", acl.Place.ToString());
        verdicts.Add(new AclVerdict(byDefault, acl.DenyByDefault ? AclTraits.Denies : AclTraits.None));

        var rules = new AclRules([.. verdicts]);
        AddDirection(acl, peering.Left.Realm, forward, rules);
        AddDirection(acl, peering.Right.Realm, backward, rules);
    }

    /// <summary>The lists by the numbers of their pairs.</summary>
    internal AclList?[] Build()
    {
        if (directions.Count == 0) return [];
        AclBlockBuilder[] blocks = [.. directions.SelectMany(static direction => direction.Blocks)];
        PrefixMap[] maps = PrefixMapBuilder.BuildAll([.. blocks.SelectMany(static block => new[] { block.Sources, block.Destinations })]);
        var lists = new AclList?[directions.Max(static direction => direction.Pair) + 1];
        int next = 0;
        foreach ((int pair, AclRules rules, AclBlockBuilder[] ofPair) in directions)
        {
            var built = new AclBlock[ofPair.Length];
            for (int i = 0; i < built.Length; i++, next++) built[i] = ofPair[i].Build(maps[2 * next], maps[(2 * next) + 1]);
            lists[pair] = new AclList(rules, built);
        }

        return lists;
    }

    private void AddDirection(AclSpec acl, string from, int pair, AclRules rules)
    {
        var terms = new List<AclTerm>();
        for (int i = 0; i < acl.Rules.Length; i++)
        {
            AclRuleSpec rule = acl.Rules[i];
            if (rule.From != from) continue;
            foreach (AclSide source in AclSide.Of(rule.Sources, entry => PrefixOf(entry, rule.From)))
                foreach (AclSide destination in AclSide.Of(rule.Destinations, entry => PrefixOf(entry, rule.To!)))
                    terms.Add(new AclTerm(i, rule.Protocols, source, destination));
        }

        directions.Add((pair, rules, [.. terms.Chunk(AclBlock.Capacity).Select(static block => new AclBlockBuilder(block))]));
    }

    private IpPrefix? PrefixOf(AclEndpointSpec entry, string realm) =>
        entry.Subnet is not { } name ? entry.Prefix
            : (config.FindRealm(realm)?.Vpc?.Subnets ?? ImmutableArray<SubnetSpec>.Empty).First(subnet => subnet.Name == name).Prefix;

    private static AclTraits TraitsOf(AclRuleSpec rule)
    {
        AclTraits traits = AclTraits.ByRule;
        if (!rule.Allow) traits |= AclTraits.Denies;
        else if (rule.FlowScope) traits |= AclTraits.KeepsFlow;
        return rule.Log ? traits | AclTraits.Logs : traits;
    }

    private static string NameOf(Peering peering, AclRuleSpec rule) =>
        $"peering {peering.Name}, acl rule \"{rule.Name}\" ({(!rule.Allow ? "deny" : rule.FlowScope ? "allow, flow" : "allow, packet")})";
}
