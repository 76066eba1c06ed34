using System.Collections.Frozen;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy.SourceNats;

/// <summary>A source-NAT policy as packets are judged by it. Immutable.</summary>
public sealed class SourceNat
{
    /// <summary>The value of an excluded destination in <see cref="Destinations"/>; of an included one inside it the other.</summary>
    internal const int Excluded = 0, Included = 1;

    /// <summary>The document's name.</summary>
    public required string Name { get; init; }

    /// <summary>The realm that packets leave.</summary>
    public required ushort Realm { get; init; }

    /// <summary>Which of the truth tables decides.</summary>
    public required SourceNatPolicy Policy { get; init; }

    /// <summary>Index in <see cref="GatewayPolicy.Rules"/>.</summary>
    public required uint Rule { get; init; }

    /// <summary>Index in <see cref="GatewayPolicy.Timers"/>.</summary>
    public required int Timers { get; init; }

    /// <summary>Conduct of packets that come in from outside through a session of the policy (TCP excepted).</summary>
    internal FlowConduct Inward { get; init; }

    /// <summary>Whether all links are covered, listed or not.</summary>
    internal bool CoversAllLinks { get; init; }

    internal LinkSet EnteredV4 { get; init; }

    internal LinkSet EnteredV6 { get; init; }

    internal LinkSet IncludeV4 { get; init; }

    internal LinkSet IncludeV6 { get; init; }

    internal LinkSet Pod { get; init; }

    internal LinkSet Host { get; init; }

    // By destination: excluded, included again, or never spoken of (included).
    internal PrefixMap Destinations { get; init; }

    // By destination and by source: the place in Rewrites.
    internal PrefixMap Redirects { get; init; }

    internal PrefixMap SourceRewrites { get; init; }

    // The prefixes that destinations become.
    internal PrefixMap Targets { get; init; }

    internal PrefixRewrite[] Rewrites { get; init; } = [];

    // By realm and family: the place in GatewayPolicy.Pools. A family without an address has none.
    internal FrozenDictionary<int, int> Pools { get; init; } = FrozenDictionary<int, int>.Empty;

    internal IpRange[] Addresses { get; init; } = [];

    /// <summary>Whether it applies only to what leaves by another link than it came in by. A table of its own says which links count.</summary>
    internal bool NeedsAnotherLink => Policy is not (SourceNatPolicy.IfPfx or SourceNatPolicy.K8s);

    internal bool RewritesPrefixes => Policy is SourceNatPolicy.Dnat or SourceNatPolicy.DnatOnly;

    /// <summary>The truth table: what becomes of a packet's source.</summary>
    /// <param name="source">The source as it came.</param>
    /// <param name="destination">The destination after a translation.</param>
    /// <param name="linkIn">The link that the packet came in by.</param>
    /// <param name="linkOut">The link that it leaves by.</param>
    internal SourceAction ActionFor(in IpAddress source, in IpAddress destination, int linkIn, int linkOut)
    {
        if (!IsEntered(linkIn, source.Family)) return SourceAction.Keep;
        bool isTaken = Policy switch
        {
            SourceNatPolicy.None => !IsExcluded(destination),
            SourceNatPolicy.IfPfx => Includes(linkIn, source.Family) && !IsExcluded(destination),
            SourceNatPolicy.K8s => IsTakenByNode(source, destination, linkIn, linkOut),
            SourceNatPolicy.Dnat => !IsExcluded(destination),
            _ => false,
        };
        bool isRewritten = RewritesPrefixes && !IsExcluded(destination) && SourceRewrites.Find(source) != PrefixMap.Miss;
        return isRewritten ? SourceAction.Rewrite : isTaken ? SourceAction.Take : SourceAction.Keep;
    }

    /// <summary>Whether the policy speaks of packets of a family that come in by a link at all.</summary>
    internal bool IsEntered(int link, IpFamily family) => CoversAllLinks || (family == IpFamily.V4 ? EnteredV4 : EnteredV6).Has(link);

    /// <summary>What a destination becomes by its prefix, before the route is looked for.</summary>
    internal bool TryRedirect(in FirstPacket packet, out IpAddress destination)
    {
        destination = packet.Destination;
        int found = Redirects.Find(packet.Destination);
        if (found == PrefixMap.Miss || !IsEntered(packet.Link, destination.Family) || IsExcluded(destination)) return false;
        destination = Rewrites[found].Of(destination);
        return true;
    }

    /// <summary>Whether the policy leads packets to an address that are for another.</summary>
    internal bool LeadsTo(in IpAddress destination) => Targets.Find(destination) != PrefixMap.Miss;

    /// <summary>What a source becomes by its prefix.</summary>
    internal IpAddress Rewritten(in IpAddress source) => Rewrites[SourceRewrites.Find(source)].Of(source);

    internal bool Owns(in IpAddress address)
    {
        foreach (IpRange range in Addresses)
            if (range.Contains(address)) return true;
        return false;
    }

    /// <summary>The pool that gives public endpoints in a realm; false where no address of that family is known.</summary>
    internal bool TryGetPool(ushort realmTo, IpFamily family, out int pool) => Pools.TryGetValue(PoolKey(realmTo, family), out pool);

    internal static int PoolKey(ushort realmTo, IpFamily family) => realmTo << 1 | (family == IpFamily.V4 ? 0 : 1);

    // The order is part of the table: traffic to the node itself stays as it is, also where a later line would take it.
    private bool IsTakenByNode(in IpAddress source, in IpAddress destination, int linkIn, int linkOut)
    {
        if (Host.Has(linkOut)) return false;
        if (Includes(linkIn, source.Family) && !IsExcluded(destination)) return true;
        if (!Pod.Has(linkIn) && !Pod.Has(linkOut) && !Owns(source)) return true;
        return source == destination;
    }

    private bool Includes(int link, IpFamily family) => (family == IpFamily.V4 ? IncludeV4 : IncludeV6).Has(link);

    internal bool IsExcluded(in IpAddress destination) => Destinations.Find(destination) == Excluded;
}
