using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Kinds;
using Sluice.Packets.Addresses;
using Sluice.Policy.Kinds;

namespace Sluice.Samples.PrefixNat;

/// <summary>What a PrefixNat document says.</summary>
public sealed record PrefixNatDocument : NatDocument
{
    /// <summary>The kind: what the command line is given.</summary>
    public static DocumentKind DocumentKind { get; } = new("PrefixNat", Read) { ApiVersion = "samples.sluice.dev/v1" };

    /// <summary>The realm in which both prefixes lie.</summary>
    public required string Realm { get; init; }

    /// <summary>The prefixes.</summary>
    public required PrefixPair Prefixes { get; init; }

    /// <summary>The links that lead outside; none: all but the one that a packet came in by.</summary>
    public required ImmutableArray<string> Links { get; init; }

    protected override NatRule Compile(NatNames names) => new PrefixNatRule(names.Realm(Realm), Prefixes, Links.IsEmpty ? null : names.Links(Links));

    private static PrefixNatDocument? Read(SpecFields spec)
    {
        string realm = spec.Realm();
        IpPrefix? inside = spec.RequirePrefix("inside"), outside = spec.RequirePrefix("outside");
        ImmutableArray<string> links = spec.Links();
        if (inside is not { } from || outside is not { } to) return null;
        if (from.Family != to.Family)
            spec.Error("outside", ConfigRule.InconsistentIpVersion, $"{to} can't stand for {from}: the families differ");
        else if (from.Length != to.Length)
            spec.Error("outside", ConfigRule.MismatchedPrefixSizes, $"{to} can't stand for {from}: both have one length");
        else if (!PrefixPair.IsPossible(from.Family, from.Length))
            spec.Error("inside", ConfigRule.Invalid, $"{from} leaves no 16 bits to adjust: an IPv4 prefix is a /16 or shorter, an IPv6 prefix a /64 or shorter");
        else if (from.Overlaps(to))
            spec.Error("outside", ConfigRule.OverlappingPrefixes, $"{to} and {from} share addresses");
        else
            return new PrefixNatDocument { Realm = realm, Prefixes = new PrefixPair(from, to), Links = links, Owned = [spec.Owned("outside", realm, new IpRange(to))] };
        return null;
    }
}
