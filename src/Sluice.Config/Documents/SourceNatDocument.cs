using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>The decision of a source-NAT policy.</summary>
public enum SourceNatPolicy : byte
{
    /// <summary>What comes in by the links, unless excluded.</summary>
    None,

    /// <summary>By interface table and excluded prefixes.</summary>
    IfPfx,

    /// <summary>As Kubernetes nodes need it.</summary>
    K8s,

    /// <summary>By rewritten prefixes, and what was translated.</summary>
    Dnat,

    /// <summary>By rewritten prefixes alone.</summary>
    DnatOnly,
}

/// <summary>What leaves a realm with another source address.</summary>
public sealed record SourceNatDocument : Document
{
    /// <summary>The realm.</summary>
    public string Realm { get; init; } = ConfigSet.DefaultRealm;

    /// <summary>The links that packets of either family come in by.</summary>
    public ImmutableArray<NamedSpec> Links { get; init; } = [];

    /// <summary>Links of which the IPv4 packets are covered, beside <see cref="Links"/>.</summary>
    public ImmutableArray<NamedSpec> LinksV4 { get; init; } = [];

    /// <summary>Links of which the IPv6 packets are covered, beside <see cref="Links"/>.</summary>
    public ImmutableArray<NamedSpec> LinksV6 { get; init; } = [];

    /// <summary>Whether an empty list was asked for: nothing is covered.</summary>
    public bool CoversNoLink { get; init; }

    /// <summary>Whether all links of the realm are covered: no list says otherwise.</summary>
    public bool CoversAllLinks => !CoversNoLink && Links.IsEmpty && LinksV4.IsEmpty && LinksV6.IsEmpty;

    /// <summary>The public addresses, of both families.</summary>
    public required ImmutableArray<IpRange> Addresses { get; init; }

    /// <summary>Links whose own first addresses, one of each family, are public addresses too, whatever they are at the moment.</summary>
    public ImmutableArray<NamedSpec> AddressesOf { get; init; } = [];

    /// <summary>Destinations that are left alone.</summary>
    public ImmutableArray<IpPrefix> Exclude { get; init; } = [];

    /// <summary>Destinations inside an excluded prefix that are not.</summary>
    public ImmutableArray<IpPrefix> Include { get; init; } = [];

    /// <summary>The decision.</summary>
    public SourceNatPolicy Policy { get; init; } = SourceNatPolicy.None;

    /// <summary>The link tables of the command dialect, in the order includeV4, includeV6, pod, host.</summary>
    public SourceNatTables Tables { get; init; } = new([], [], [], []);

    /// <summary>The rewritten prefixes of the command dialect.</summary>
    public ImmutableArray<RewriteSpec> Rewrites { get; init; } = [];

    /// <summary>The NatProfile; null: the default one.</summary>
    public string? Profile { get; init; }

    // Where the values stand that other documents can contradict.
    internal Place RealmPlace { get; init; }

    internal Place AddressesPlace { get; init; }

    internal Place ProfilePlace { get; init; }
}

/// <summary>A name and where it stands.</summary>
public readonly record struct NamedSpec(string Name, Place Place);

/// <summary>Links by table.</summary>
public sealed record SourceNatTables(
    ImmutableArray<NamedSpec> IncludeV4, ImmutableArray<NamedSpec> IncludeV6, ImmutableArray<NamedSpec> Pod, ImmutableArray<NamedSpec> Host);

/// <summary>A prefix that is rewritten to an address, matched as source or destination.</summary>
public sealed record RewriteSpec(IpPrefix Prefix, IpAddress To, bool MatchSource, Place Place);
