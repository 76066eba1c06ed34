using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Names are unique within their kind, and one gateway is configured at a time.</summary>
internal sealed class NameRules(Asked asked, Problems problems)
{
    public void Judge()
    {
        for (int i = 1; i < asked.Gateways.Count; i++)
            problems.Error(asked.Gateways[i].Place, "", ConfigRule.TooManyInstances, "a configuration has one Gateway of sluice.dev/v1alpha1", asked.Gateways[0].Place);
        Unique(asked.Profiles, ConfigRule.DuplicateName, "NatProfile");
        Unique(asked.Translations, ConfigRule.DuplicateName, "Translation");
        Unique(asked.SourceNats, ConfigRule.DuplicateName, "SourceNat");
        Unique(asked.Groups, ConfigRule.DuplicateGroup, "GatewayGroup");
        Unique(asked.FabricGateways, ConfigRule.DuplicateName, "Gateway");
        Unique(asked.Peerings, ConfigRule.DuplicateVpcPeeringId, "Peering");
        UniqueAddresses();
        GroupsExist();
    }

    private void Unique<T>(List<T> documents, ConfigRule rule, string kind)
        where T : Document
    {
        if (documents.Count < 2) return;
        Dictionary<string, Place> seen = new(documents.Count, StringComparer.Ordinal);
        foreach (T document in documents)
            if (!seen.TryAdd(document.Name, document.NamePlace))
                problems.Error(document.NamePlace, "metadata.name", rule, $"{kind} '{document.Name}' is here twice", seen[document.Name]);
    }

    private void UniqueAddresses()
    {
        Dictionary<IpAddress, Place> addresses = [];
        Dictionary<MacAddress, Place> macs = [];
        foreach (FabricGatewayDocument gateway in asked.FabricGateways)
        {
            foreach (IpAddress? address in (ReadOnlySpan<IpAddress?>)[gateway.ProtocolAddress, gateway.VtepAddress])
                if (address is { } given && !addresses.TryAdd(given, gateway.Place))
                    problems.Error(gateway.Place, "spec", ConfigRule.DuplicateAddress, $"{given} belongs to two gateways, or to one twice", addresses[given]);
            if (gateway.VtepMac is { } mac && !macs.TryAdd(mac, gateway.Place))
                problems.Error(gateway.Place, "spec.vtepMAC", ConfigRule.DuplicateAddress, $"{mac} belongs to two gateways", macs[mac]);
        }
    }

    // Without any group in the configuration there is nothing to hold the names against.
    private void GroupsExist()
    {
        if (asked.Groups.Count == 0 && asked.AgentGroups.Count == 0) return;
        HashSet<string> groups = new(asked.AgentGroups, StringComparer.Ordinal) { "default" };
        foreach (GatewayGroupDocument group in asked.Groups) groups.Add(group.Name);
        foreach (PeeringDocument peering in asked.Peerings)
            if (!groups.Contains(peering.GatewayGroup)) NoSuchGroup(peering.GatewayGroupPlace, $"{peering.Path}.gatewayGroup", peering.GatewayGroup, groups);
        foreach (FabricGatewayDocument gateway in asked.FabricGateways)
            foreach (GroupMembershipSpec membership in gateway.Groups)
                if (!groups.Contains(membership.Group)) NoSuchGroup(membership.Place, "spec.groups", membership.Group, groups);
    }

    private void NoSuchGroup(Place place, string path, string name, HashSet<string> groups) =>
        problems.Error(place, path, ConfigRule.NoSuchGroup, $"no gateway group '{Nearest.Shown(name)}'; {Nearest.Hint(name, [.. groups])}");
}
