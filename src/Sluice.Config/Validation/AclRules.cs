using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges the access list of a peering.</summary>
internal sealed class AclRules(PeeringDocument document, Func<string, VpcDocument?> findVpc, Problems problems)
{
    /// <summary>Judges all rules. Null for an end with errors of its own: what it exposes is then not held against a rule.</summary>
    public void Judge(List<Expose>? left, List<Expose>? right)
    {
        if (document.Acl is not { } acl) return;
        string leftRealm = document.Ends[0].Realm, rightRealm = document.Ends[1].Realm;
        Dictionary<string, Place> names = new(StringComparer.Ordinal);
        for (int i = 0; i < acl.Rules.Length; i++)
        {
            AclRuleSpec rule = acl.Rules[i];
            string path = $"{document.Path}.acl.rules[{i}]";
            if (!names.TryAdd(rule.Name, rule.NamePlace)) Fail(rule.NamePlace, path, $"two rules are named '{rule.Name}'", names[rule.Name]);
            bool forward = rule.From == leftRealm && rule.To == rightRealm, backward = rule.From == rightRealm && rule.To == leftRealm;
            if (!forward && !backward)
            {
                Fail(rule.EndsPlace, path, $"'from' and 'to' must be the two VPCs of the peering, '{leftRealm}' and '{rightRealm}' (one may be left out)");
                continue;
            }

            PortsNeedTransport(rule, path);
            bool known = Resolve(rule.Sources, rule.From!, $"{path}.match.src", out List<(IpPrefix Prefix, AclEndpointSpec Spec)> sources)
                & Resolve(rule.Destinations, rule.To!, $"{path}.match.dst", out List<(IpPrefix Prefix, AclEndpointSpec Spec)> destinations);
            if (!known || !OneFamily(sources, destinations, path)) continue;
            (List<Expose>? from, List<Expose>? to) = forward ? (left, right) : (right, left);
            Meets(sources, from, expose => expose.Private, $"{path}.match.src", $"'{rule.From}' exposes from");
            Meets(destinations, to, expose => expose.Public, $"{path}.match.dst", $"'{rule.To}' exposes as");
        }
    }

    private void PortsNeedTransport(AclRuleSpec rule, string path)
    {
        if (rule.Protocols is [6] or [17]) return;
        foreach (AclEndpointSpec endpoint in rule.Sources.AddRange(rule.Destinations))
            if (!endpoint.Ports.IsEmpty) Fail(endpoint.Place, $"{path}.match", "ports can be matched with 'proto: tcp' or 'proto: udp' only");
    }

    private bool Resolve(ImmutableArray<AclEndpointSpec> endpoints, string realm, string path, out List<(IpPrefix Prefix, AclEndpointSpec Spec)> resolved)
    {
        resolved = [];
        bool good = true;
        foreach (AclEndpointSpec endpoint in endpoints)
        {
            if (endpoint.Prefix is { } prefix)
            {
                resolved.Add((prefix, endpoint));
            }
            else if (endpoint.Subnet is { } name)
            {
                VpcDocument? vpc = findVpc(realm);
                if (SubnetRules.Find(vpc, name) is { } subnet) resolved.Add((subnet.Prefix, endpoint));
                else good = Fail(endpoint.Place, path, SubnetRules.Unknown(vpc, realm, name));
            }
        }

        return good;
    }

    private bool OneFamily(List<(IpPrefix Prefix, AclEndpointSpec Spec)> sources, List<(IpPrefix Prefix, AclEndpointSpec Spec)> destinations, string path)
    {
        (IpPrefix Prefix, AclEndpointSpec Spec)? first = null;
        foreach ((IpPrefix Prefix, AclEndpointSpec Spec) entry in sources.Concat(destinations))
        {
            if (first is { } one && one.Prefix.Family != entry.Prefix.Family)
                return Fail(entry.Spec.Place, $"{path}.match", $"{entry.Prefix} and {one.Prefix} are not of one IP version", one.Spec.Place);
            first ??= entry;
        }

        return true;
    }

    // A match that is wider than what is exposed is cut down to it; one that lies outside could never match.
    private void Meets(List<(IpPrefix Prefix, AclEndpointSpec Spec)> entries, List<Expose>? exposes, Func<Expose, PrefixSet> setOf, string path, string what)
    {
        if (exposes is null || exposes.Exists(expose => expose.IsDefault)) return;
        foreach ((IpPrefix prefix, AclEndpointSpec spec) in entries)
            if (!exposes.Exists(expose => setOf(expose).Overlaps(new PortedRange(prefix)))) Fail(spec.Place, path, $"{prefix} meets nothing that {what}");
    }

    private bool Fail(Place place, string path, string message, params ReadOnlySpan<Place> others)
    {
        problems.Error(place, path, ConfigRule.InvalidAcl, message, others);
        return false;
    }
}
