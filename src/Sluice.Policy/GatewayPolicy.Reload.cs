using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>What a session remembers of its decision.</summary>
/// <param name="Original">The first packet's tuple.</param>
/// <param name="Reply">The tuple of the packets that come back; turned round it is what the first packet became.</param>
/// <param name="HasPublicSource">Whether its source took a public endpoint from a pool.</param>
/// <param name="ThroughMapping">Whether it came in through a mapping: its destination is a public endpoint of somebody inside.</param>
public readonly record struct LiveSession(FlowParts Original, FlowParts Reply, bool HasPublicSource, bool ThroughMapping);

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
    /// <param name="decision">The new decision.</param>
    public Revalidation Redecide(in LiveSession live, out Decision decision)
    {
        FirstPacket first = FirstPacketOf(live.Original);
        decision = Decide(first);
        if (decision.Kind == DecisionKind.Drop) return Revalidation.Forbidden;
        if ((decision.Kind == DecisionKind.AskMappings) != live.ThroughMapping) return Revalidation.Changed;
        if (live.ThroughMapping && !RedecideInbound(live, first, ref decision)) return Revalidation.Forbidden;
        if (decision.Kind == DecisionKind.Route || decision.RealmTo != live.Reply.Realm) return Revalidation.Changed;
        if ((decision.SourcePool != Decision.NoPool) != live.HasPublicSource) return Revalidation.Changed;

        // The public source is the reply's destination; it must still be one that this source may have.
        return !live.HasPublicSource || PoolHas(decision.SourcePool, live.Reply.Destination) ? Revalidation.Kept : Revalidation.Changed;
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

    private static FirstPacket FirstPacketOf(in FlowParts original) => new()
    {
        Realm = original.Realm,
        Protocol = original.Protocol,
        HasPorts = true,
        Source = original.Source,
        Destination = original.Destination,
        SourcePort = original.SourcePort,
        DestinationPort = original.DestinationPort,
    };
}
