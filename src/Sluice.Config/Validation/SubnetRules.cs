using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Where a VPC lists subnets, what it exposes lies in one of them.</summary>
internal static class SubnetRules
{
    public static SubnetSpec? Find(VpcDocument? vpc, string name)
    {
        if (vpc is null) return null;
        foreach (SubnetSpec subnet in vpc.Subnets)
            if (subnet.Name == name) return subnet;
        return null;
    }

    public static string Unknown(VpcDocument? vpc, string realm, string name)
    {
        if (vpc is null) return $"no VPCInfo says which subnets '{realm}' has";
        string[] known = [.. vpc.Subnets.Select(subnet => subnet.Name)];
        return $"'{realm}' has no subnet '{Nearest.Shown(name)}'; {Nearest.Hint(name, known, "it has none at all")}";
    }

    public static bool Judge(PeeringDocument peering, PeeringEndSpec end, VpcDocument? vpc, ExposeSpec spec, Problems problems)
    {
        if (vpc is null || vpc.IsExternal || vpc.Subnets.IsEmpty) return true;
        bool good = true;
        foreach (AddressEntry entry in spec.Ips)
        {
            if (entry.IsExclusion || entry.Subnet is not null || LiesInOne(vpc, entry.Addresses)) continue;
            good = false;
            problems.Error(entry.Place, $"{peering.PathOf(end, spec)}.ips[{entry.Index}].cidr", ConfigRule.Forbidden,
                $"{EntryText.Show(entry)} does not lie in one subnet of '{vpc.Name}'", vpc.Subnets[0].Place);
        }

        return good;
    }

    private static bool LiesInOne(VpcDocument vpc, IpRange range)
    {
        foreach (SubnetSpec subnet in vpc.Subnets)
            if (subnet.Prefix.Contains(range.First) && subnet.Prefix.Contains(range.Last)) return true;
        return false;
    }
}
