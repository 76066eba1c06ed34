using System.Collections.Immutable;
using Sluice.Config.Documents;

namespace Sluice.Config.Comparison;

/// <summary>Whether two peerings say the same in the same order, places aside: so do most of those of two large configurations, and nobody has to write out what such peerings say.</summary>
internal static class PeeringEquality
{
    public static bool SayTheSame(Peering one, Peering two) =>
        one.Name == two.Name
        && one.Document.GatewayGroup == two.Document.GatewayGroup
        && SayTheSame(one.Left, two.Left)
        && SayTheSame(one.Right, two.Right)
        && SayTheSame(one.Acl, two.Acl);

    private static bool SayTheSame(PeeringEnd one, PeeringEnd two)
    {
        if (one.Realm != two.Realm || one.Exposes.Length != two.Exposes.Length) return false;
        for (int i = 0; i < one.Exposes.Length; i++)
        {
            if (!SayTheSame(one.Exposes[i].Spec, two.Exposes[i].Spec)) return false;
        }

        return true;
    }

    private static bool SayTheSame(ExposeSpec one, ExposeSpec two) =>
        one.Index == two.Index && one.IsDefault == two.IsDefault && SayTheSame(one.Ips, two.Ips) && SayTheSame(one.As, two.As) && SayTheSame(one.Nat, two.Nat);

    private static bool SayTheSame(ImmutableArray<AddressEntry> one, ImmutableArray<AddressEntry> two) => All(one, two, static (a, b) =>
        a.IsExclusion == b.IsExclusion && a.Addresses == b.Addresses && a.Ports == b.Ports && a.Subnet == b.Subnet);

    private static bool SayTheSame(NatSpec? one, NatSpec? two)
    {
        if (one is null || two is null) return one is null && two is null;
        return one.Kind == two.Kind && one.IdleTimeout == two.IdleTimeout && one.Profile == two.Profile && All(one.Forwards, two.Forwards, static (a, b) =>
            a.Protocol == b.Protocol && a.Private == b.Private && a.Public == b.Public);
    }

    private static bool SayTheSame(AclSpec? one, AclSpec? two)
    {
        if (one is null || two is null) return one is null && two is null;
        return one.DenyByDefault == two.DenyByDefault && All(one.Rules, two.Rules, static (a, b) =>
            a.Name == b.Name && a.From == b.From && a.To == b.To && a.Allow == b.Allow && a.FlowScope == b.FlowScope && a.Log == b.Log
            && a.Protocols.AsSpan().SequenceEqual(b.Protocols.AsSpan()) && SayTheSame(a.Sources, b.Sources) && SayTheSame(a.Destinations, b.Destinations));
    }

    private static bool SayTheSame(ImmutableArray<AclEndpointSpec> one, ImmutableArray<AclEndpointSpec> two) => All(one, two, static (a, b) =>
        a.Prefix == b.Prefix && a.Subnet == b.Subnet && a.Ports.AsSpan().SequenceEqual(b.Ports.AsSpan()));

    private static bool All<T>(ImmutableArray<T> one, ImmutableArray<T> two, Func<T, T, bool> same)
    {
        if (one.Length != two.Length) return false;
        for (int i = 0; i < one.Length; i++)
            if (!same(one[i], two[i])) return false;
        return true;
    }
}
