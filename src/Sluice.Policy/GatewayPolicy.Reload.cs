using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>What a session remembers of its decision.</summary>
/// <param name="Original">The first packet's tuple.</param>
/// <param name="Reply">The tuple of the packets that come back; turned round it is what the first packet became.</param>
/// <param name="HasPublicSource">Whether its source took a public endpoint from a pool.</param>
/// <param name="ThroughMapping">Whether it came in through a mapping: its destination is a public endpoint of somebody inside.</param>
public readonly record struct LiveSession(FlowParts Original, FlowParts Reply, bool HasPublicSource, bool ThroughMapping)
{
    /// <summary>Its backend, as the policy that judges it numbers it; 0: it has none, or that policy lists it no more.</summary>
    public int Backend { get; init; }

    /// <summary>Whether it was led to a backend, listed now or not: a direct backend's packets can't be told from plain ones.</summary>
    public bool HasBackend { get; init; }

    /// <summary>The link that its source is reached by, as <see cref="GatewayPolicy.Links"/> numbers it; -1: not known. A session doesn't remember by which link it came.</summary>
    public int LinkIn { get; init; } = GatewayPolicy.NoLink;

    /// <summary>The link that its destination is reached by.</summary>
    public int LinkOut { get; init; } = GatewayPolicy.NoLink;
}

/// <summary>What a new configuration means for a live session.</summary>
public enum Revalidation : byte
{
    /// <summary>It goes on as it is, with the rule, timers and conduct of the new decision.</summary>
    Kept,

    /// <summary>Its packets would now go elsewhere or be translated otherwise: it is ended, and what follows is judged as new.</summary>
    Changed,

    /// <summary>Its first packet would now be dropped: it is ended.</summary>
    Forbidden,
}

public sealed partial class GatewayPolicy
{
    /// <summary>
    /// Judges a live session by this policy. It is ended only if its first packet would be dropped, would go to another realm or inside endpoint or untranslated,
    /// or if its public endpoint is no longer owned; a mere other choice among what is allowed leaves it as it is. Allocates nothing.
    /// </summary>
    /// <param name="live">What the session remembers.</param>
    /// <param name="decision">
    /// The new decision, in terms of what the session keeps: the pool of its own public source, or its own fixed endpoint; both where a forward now leads to the endpoint that the
    /// session had from the pool.
    /// </param>
    public Revalidation Redecide(in LiveSession live, out Decision decision)
    {
        FirstPacket first = FirstPacketOf(live);
        int found = Resolve(first, Locate(first.Realm, first.Destination));
        if (Destination.KindOf(found) == DestinationKind.Service) return RedecideService(live, first, ServiceLines[Destination.NumberOf(found)], out decision);
        decision = DecideLocated(first, found);
        if (MayLeaveOtherwise(first.Realm, decision.Kind)) RedecideLeaving(live, first, ref decision);
        if (NatRuleOf(decision.Rule) is { } rule) return RedecideByRule(live, first, rule, ref decision);

        // An echo that somebody else answered so far is the gateway's to answer.
        if (decision.Kind == DecisionKind.Answer) return Revalidation.Changed;
        if (decision.Kind == DecisionKind.Drop) return Revalidation.Forbidden;

        // Without its translation it would go where its destination is.
        if (live.HasBackend) return Revalidation.Changed;
        if (decision.Kind == DecisionKind.AskMappings)
        {
            // What came in by a forward that is gone has nobody who owns its public endpoint.
            if (!live.ThroughMapping) return Revalidation.Changed;
            if (!RedecideInbound(live, first, ref decision)) return Revalidation.Forbidden;
            _ = TryKeepSourceOfPolicy(live, first, ref decision);
        }
        else if (!LeadsToSameEndpoint(live, decision))
        {
            return Revalidation.Changed;
        }

        if (decision.Kind == DecisionKind.Route || decision.RealmTo != live.Reply.Realm) return Revalidation.Changed;
        return OwnsItsSource(live, first, ref decision) ? Revalidation.Kept : Revalidation.Changed;
    }

    // A mapping's public endpoint that a forward has taken over leads to the same inside endpoint, or the session ends; so for a forward whose inside endpoint is another now.
    private static bool LeadsToSameEndpoint(in LiveSession live, in Decision decision) => decision.RewritesDestination
        ? decision.Destination == live.Reply.Source && decision.DestinationPort == live.Reply.SourcePort
        : live.Original.Destination == live.Reply.Source && live.Original.DestinationPort == live.Reply.SourcePort;

    // The public source is the reply's destination.
    private bool OwnsItsSource(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        if (decision.SourceNat != 0) return HasSourceOfPolicy(live, decision);
        if (decision.SourcePool == Decision.NoPool && !live.HasPublicSource && HasFixedSource(live, first, decision)) return true;
        if (decision.SourcePool == Decision.NoPool && !decision.RewritesSource) return false;

        // Masqueraded now, or by a forward beside a masquerade: what it has may be another choice of the same.
        if (!TryFindMasquerade(first, decision.RealmTo, live, out ushort publicRealm, out int pool)) return false;
        bool isForwarded = IsForwarded(live, publicRealm, out bool isItsOwn);
        if (isForwarded ? !isItsOwn : !live.HasPublicSource || !PoolHas(pool, live.Reply.Destination)) return false;
        decision.SourcePool = live.HasPublicSource ? pool : Decision.NoPool;
        decision.RewritesSource = false;
        if (isForwarded) decision.SetSource(live.Reply.Destination, live.Reply.DestinationPort);
        return true;
    }

    // The later of two sessions whose return tuple would be one has another source port: the address says whether the source is the same, and a forward's port too.
    private bool HasFixedSource(in LiveSession live, in FirstPacket first, in Decision decision)
    {
        if (!decision.RewritesSource) return live.Original.Source == live.Reply.Destination;
        if (decision.Source != live.Reply.Destination) return false;
        return decision.SourcePort == live.Reply.DestinationPort
            || (TryGetPair(first.Realm, decision.RealmTo, out int pair) && ExposeOf(Pairs[pair], first.Source).Kind == ExposeKind.Static);
    }

    // The masquerade that covers the sender towards the realm in which its source is public: of a hairpin the one that the address was asked for in.
    private bool TryFindMasquerade(in FirstPacket first, ushort to, in LiveSession live, out ushort publicRealm, out int pool)
    {
        publicRealm = to;
        pool = Decision.NoPool;
        if (to != first.Realm) return TryFindMasquerade(first, to, ref pool);
        foreach (int number in PairsOf(first.Realm))
        {
            publicRealm = Pairs[number].To;
            if (TryFindMasquerade(first, publicRealm, ref pool) && PoolHas(pool, live.Reply.Destination)) return true;
        }

        return false;
    }

    private bool TryFindMasquerade(in FirstPacket first, ushort publicRealm, ref int pool)
    {
        if (!TryGetPair(first.Realm, publicRealm, out int pair)) return false;
        ref readonly ExposeView view = ref ExposeOf(Pairs[pair], first.Source);
        pool = view.Pool;
        return view.Kind == ExposeKind.Masquerade;
    }

    // Whether a forward has the session's public source, and whether it is the sender's own.
    private bool IsForwarded(in LiveSession live, ushort publicRealm, out bool isItsOwn)
    {
        isItsOwn = false;
        if (publicRealm >= Destinations.Length) return false;
        int found = Destinations[publicRealm].Find(live.Reply.Destination);
        if (Destination.KindOf(found) != DestinationKind.Cell) return false;
        found = Cells.Find(Destination.NumberOf(found), FirstPacket.Of(live.Reply), live.Reply.DestinationPort);
        if (Destination.KindOf(found) != DestinationKind.Translated) return false;
        ref readonly ExposeView forward = ref Exposes[Destination.NumberOf(found)];
        isItsOwn = forward.Realm == live.Original.Realm
            && TryInward(forward, live.Reply.Destination, live.Reply.DestinationPort, out IpAddress inside, out ushort port)
            && inside == live.Original.Source && port == live.Original.SourcePort;
        return true;
    }

    private bool RedecideInbound(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        Decision asked = decision;
        while (true)
        {
            decision = DecideInbound(first, asked.RealmTo, live.Reply.Realm, live.Reply.Source);
            if (decision.Kind != DecisionKind.Drop) return true;
            if (!AskNext(first, ref asked)) return false;
        }
    }

    private static FirstPacket FirstPacketOf(in LiveSession live)
    {
        FirstPacket first = FirstPacket.Of(live.Original);
        first.Link = (ushort)live.LinkIn;
        if (first.Protocol is IpProtocol.Tcp or IpProtocol.Sctp) first.TcpFlags = TcpFlag.Syn;
        return first;
    }
}
