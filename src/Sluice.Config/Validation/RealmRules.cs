using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Config.Reading;

namespace Sluice.Config.Validation;

/// <summary>Puts the realms together from VPCs and from what the Gateway lists: one namespace, VNIs unique.</summary>
internal sealed class RealmRules(Asked asked, Problems problems)
{
    private readonly Dictionary<string, VpcDocument> vpcs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RealmSpec> listed = new(StringComparer.Ordinal);

    /// <summary>The VPC of that name, or null.</summary>
    public VpcDocument? FindVpc(string name) => vpcs.GetValueOrDefault(name);

    /// <summary>Whether a realm of that name exists. Peerings alone are judged without knowing their realms.</summary>
    public bool Exists(string name) =>
        name == ConfigSet.DefaultRealm || vpcs.ContainsKey(name) || listed.ContainsKey(name) || !asked.NamesRealms;

    /// <summary>A message for a name that no realm has.</summary>
    public string Unknown(string name) =>
        $"no VPCInfo and no entry of 'realms' is named '{Nearest.Shown(name)}'; {Nearest.Hint(name, KnownNames())}";

    public void Judge()
    {
        Dictionary<string, VpcDocument> ids = new(StringComparer.Ordinal);
        foreach (VpcDocument vpc in asked.Vpcs)
        {
            if (!vpcs.TryAdd(vpc.Name, vpc))
                problems.Error(vpc.NamePlace, "metadata.name", ConfigRule.DuplicateVpcName, $"VPC '{vpc.Name}' is here twice", vpcs[vpc.Name].NamePlace);
            else if (vpc.Id is { } id && !ids.TryAdd(id, vpc))
                problems.Error(vpc.IdPlace, "spec.vpcID", ConfigRule.DuplicateVpcId, $"'{vpc.Name}' and '{ids[id].Name}' have one identifier, {id}", ids[id].IdPlace);
        }

        foreach (GatewayDocument gateway in asked.Gateways)
        {
            foreach (RealmSpec realm in gateway.Realms)
                if (!listed.TryAdd(realm.Name, realm))
                    problems.Error(realm.Place, "spec.realms", ConfigRule.DuplicateName, $"realm '{realm.Name}' is listed twice", listed[realm.Name].Place);
        }

        JudgeVnis();
    }

    /// <summary>All realms: "default" first, then by name.</summary>
    public ImmutableArray<Realm> All()
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        names.UnionWith(vpcs.Keys);
        names.UnionWith(listed.Keys);
        if (!asked.NamesRealms)
            foreach (PeeringDocument peering in asked.Peerings) names.UnionWith(peering.Ends.Select(end => end.Realm));
        if (!asked.NamesRealms)
            foreach (AddedDocument added in asked.Added) names.UnionWith(added.References.Where(static name => name.To == ReferenceTo.Realm).Select(static name => name.Name));
        names.Remove(ConfigSet.DefaultRealm);
        var realms = ImmutableArray.CreateBuilder<Realm>(names.Count + 1);
        realms.Add(Make(ConfigSet.DefaultRealm));
        foreach (string name in names) realms.Add(Make(name));
        return realms.ToImmutable();
    }

    private Realm Make(string name)
    {
        RealmSpec? spec = listed.GetValueOrDefault(name);
        VpcDocument? vpc = vpcs.GetValueOrDefault(name);
        return new Realm(name, spec?.Vni ?? vpc?.Vni, vpc, spec?.Remotes ?? []);
    }

    private void JudgeVnis()
    {
        Dictionary<int, (string Realm, Place Place)> owners = [];
        foreach (VpcDocument vpc in vpcs.Values)
        {
            if (vpc.Vni is { } vni && !owners.TryAdd(vni, (vpc.Name, vpc.VniPlace)))
                problems.Error(vpc.VniPlace, "spec.vni", ConfigRule.DuplicateVpcVni, $"'{vpc.Name}' and '{owners[vni].Realm}' have one VNI, {vni}", owners[vni].Place);
        }

        foreach (RealmSpec realm in listed.Values)
        {
            if (realm.Vni is not { } vni) continue;
            if (vpcs.GetValueOrDefault(realm.Name) is { Vni: { } other } vpc && other != vni)
            {
                problems.Error(realm.VniPlace, "spec.realms", ConfigRule.InvalidVpcVni,
                    $"realm '{realm.Name}' has VNI {vni} here and {other} in its VPCInfo", vpc.VniPlace);
            }
            else if (!owners.TryAdd(vni, (realm.Name, realm.VniPlace)) && owners[vni].Realm != realm.Name)
            {
                problems.Error(realm.VniPlace, "spec.realms", ConfigRule.DuplicateVpcVni,
                    $"'{realm.Name}' and '{owners[vni].Realm}' have one VNI, {vni}", owners[vni].Place);
            }
        }
    }

    private string[] KnownNames()
    {
        // A hint from thousands of names helps nobody; the nearest of some is enough.
        const int Enough = 1000;
        return [ConfigSet.DefaultRealm, .. vpcs.Keys.Concat(listed.Keys).Distinct(StringComparer.Ordinal).Take(Enough)];
    }
}
