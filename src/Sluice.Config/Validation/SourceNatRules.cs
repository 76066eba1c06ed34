using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges source-NAT policies by themselves, and their addresses beside what else is public in the realms that they are public in.</summary>
internal sealed class SourceNatRules(Asked asked, Problems problems)
{
    private const string Addresses = "spec.addresses";
    private static readonly IpPrefix AllV4 = new(IpAddress.V4(0), 0), AllV6 = new(IpAddress.V6(0), 0);

    public void Judge(List<Peering> peerings)
    {
        foreach (SourceNatDocument source in asked.SourceNats)
        {
            Judge(source);
            JudgeRewrites(source);
            HaveNoOtherOwner(source, peerings);
        }
    }

    private void Judge(SourceNatDocument source)
    {
        foreach (IpRange range in source.Addresses)
            if (SpecialUse.Meets(range) is { } special)
                problems.Error(source.AddressesPlace, Addresses, ConfigRule.SpecialUsePrefix, $"{range} meets {special.Prefix} ({special.Class}): nobody could answer to it");
        foreach (IpPrefix prefix in source.Exclude.Intersect(source.Include))
            problems.Error(source.Place, "spec.include", ConfigRule.Invalid, $"{prefix} is excluded and included");
        bool hasTables = source.Tables is { IncludeV4.IsEmpty: false } or { IncludeV6.IsEmpty: false } or { Pod.IsEmpty: false } or { Host.IsEmpty: false };
        if (hasTables && source.Policy is not (SourceNatPolicy.IfPfx or SourceNatPolicy.K8s))
            problems.Warning(source.Place, "spec.tables", ConfigRule.Ignored, "only the policies 'if-pfx' and 'k8s' look at link tables");
        AreOfItsRealm(source, [.. source.Links, .. source.LinksV4, .. source.LinksV6]);
        HasAddressFor(source, IpFamily.V4, source.LinksV4, AllV4);
        HasAddressFor(source, IpFamily.V6, source.LinksV6, AllV6);
    }

    private void JudgeRewrites(SourceNatDocument source)
    {
        if (!source.Rewrites.IsEmpty && source.Policy is not (SourceNatPolicy.Dnat or SourceNatPolicy.DnatOnly))
            problems.Warning(source.Rewrites[0].Place, "spec.rewrites", ConfigRule.Ignored, "only the policies 'dnat' and 'dnat-only' rewrite prefixes");
        Dictionary<(IpPrefix, bool), RewriteSpec> seen = [];
        foreach (RewriteSpec rewrite in source.Rewrites)
        {
            if (rewrite.Prefix.Family != rewrite.To.Family)
                problems.Error(rewrite.Place, "spec.rewrites", ConfigRule.InconsistentIpVersion, $"{rewrite.Prefix} can't be rewritten to {rewrite.To}: the families differ");
            else if (SpecialUse.Meets(new IpPrefix(rewrite.To, rewrite.Prefix.Length)) is { } special)
                problems.Error(rewrite.Place, "spec.rewrites", ConfigRule.SpecialUsePrefix, $"{rewrite.To}/{rewrite.Prefix.Length} meets {special.Prefix} ({special.Class})");
            if (!seen.TryAdd((rewrite.Prefix, rewrite.MatchSource), rewrite))
                problems.Error(rewrite.Place, "spec.rewrites", ConfigRule.OverlappingPrefixes, $"{rewrite.Prefix} is rewritten twice", seen[(rewrite.Prefix, rewrite.MatchSource)].Place);
        }
    }

    private void AreOfItsRealm(SourceNatDocument source, ImmutableArray<NamedSpec> links)
    {
        foreach (NamedSpec named in links)
            foreach (LinkSpec link in asked.Gateways.SelectMany(static gateway => gateway.Links))
                if (link.Name == named.Name && link.Realm != source.Realm)
                    problems.Warning(named.Place, "spec.links", ConfigRule.Ignored, $"link '{link.Name}' carries realm '{link.Realm}': nothing of '{source.Realm}' comes in by it");
    }

    // What is covered and has no address to leave with is dropped. Where none at all can be read, that is the error to say.
    private void HasAddressFor(SourceNatDocument source, IpFamily family, ImmutableArray<NamedSpec> ofFamily, IpPrefix all)
    {
        bool covers = source.CoversAllLinks || !source.Links.IsEmpty || !ofFamily.IsEmpty;
        if (!covers || source.Addresses.IsEmpty || !source.AddressesOf.IsEmpty || source.Addresses.Any(range => range.Family == family) || source.Exclude.Contains(all)) return;
        bool isUsed = asked.Gateways.SelectMany(static gateway => gateway.Links)
            .Any(link => link.Realm == source.Realm && link.Addresses.Any(own => own.Address.Family == family));
        if (!isUsed) return;
        string name = family == IpFamily.V4 ? "IPv4" : "IPv6";
        problems.Warning(source.AddressesPlace, Addresses, ConfigRule.Ignored, $"it has no {name} address, so {name} packets that it covers are dropped; 'exclude: [\"{all}\"]' leaves them alone");
    }

    // Ports of an address are shared with masquerades and forwards of it; one-to-one NAT and a peer's own hosts need all of it.
    private void HaveNoOtherOwner(SourceNatDocument source, List<Peering> peerings)
    {
        HashSet<string> realms = [source.Realm];
        foreach (Peering peering in peerings)
        {
            if (peering.Left.Realm == source.Realm && ShowsAsItIs(peering.Left)) realms.Add(peering.Right.Realm);
            if (peering.Right.Realm == source.Realm && ShowsAsItIs(peering.Right)) realms.Add(peering.Left.Realm);
        }

        foreach (Peering peering in peerings)
        {
            if (realms.Contains(peering.Right.Realm)) HasNoOtherOwner(source, peering, peering.Left, peering.Right.Realm);
            if (realms.Contains(peering.Left.Realm)) HasNoOtherOwner(source, peering, peering.Right, peering.Left.Realm);
        }
    }

    private void HasNoOtherOwner(SourceNatDocument source, Peering peering, PeeringEnd end, string viewer)
    {
        if (end.Realm == source.Realm) return;
        foreach (Expose expose in end.Exposes)
        {
            if (expose.IsDefault || expose.Nat is NatKind.Masquerade or NatKind.PortForward) continue;
            foreach (PortedPrefix item in expose.Public.Items)
                foreach (IpRange range in source.Addresses)
                    if (range.Overlaps(new IpRange(item.Prefix)))
                    {
                        problems.Error(source.AddressesPlace, Addresses, ConfigRule.OverlappingPrefixes,
                            $"{range} overlaps {item.Prefix}, which '{end.Realm}' shows to '{viewer}' in peering '{peering.Name}'", expose.Place);
                        return;
                    }
        }
    }

    private static bool ShowsAsItIs(PeeringEnd end) => end.Exposes.Any(static expose => expose.IsDefault || expose.Nat == NatKind.None);
}
