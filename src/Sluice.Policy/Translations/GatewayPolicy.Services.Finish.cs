using System.Collections.Frozen;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.SourceNats;
using Sluice.Policy.Translations;

namespace Sluice.Policy;

// Sessions whose backend no translation lists any more, and that are to be left to finish.
public sealed partial class GatewayPolicy
{
    // The sources that listed backends see as their clients, with the pool of those that sessions take ports of.
    internal FrozenDictionary<(ushort Realm, IpAddress Address), int> BackendSources { get; init; } = FrozenDictionary<(ushort Realm, IpAddress Address), int>.Empty;

    /// <summary>
    /// Whether a session whose translation is gone may go on as it is: its client may still send to what was the virtual endpoint, nobody else has that now, and the source that its backend
    /// sees is still the gateway's, or the client's own where no policy speaks of it. Allocates nothing.
    /// </summary>
    /// <param name="live">What the session remembers.</param>
    /// <param name="decision">What it goes on by: pool, conduct, and the access list's rule where there is one.</param>
    public bool TryFinish(in LiveSession live, out Decision decision)
    {
        FirstPacket first = FirstPacketOf(live);
        return TryEnter(first, out decision) && TryFinish(live, first, ref decision);
    }

    /// <summary>Whether a session's client may still send to what was a virtual endpoint, and nobody else has that now.</summary>
    public bool MayStillEnter(in LiveSession live) => TryEnter(FirstPacketOf(live), out Decision decision) && decision.RealmTo == live.Reply.Realm;

    // Where a translation has the endpoint, it has been asked for itself: whoever it isn't for may not enter.
    private bool TryEnter(in FirstPacket first, out Decision decision)
    {
        int located = Locate(first.Realm, first.Destination);
        int found = Resolve(first, located);
        int number = Destination.NumberOf(found);
        decision = default;
        if (IsForSomeClients(first, located)) return false;
        switch (Destination.KindOf(found))
        {
            case DestinationKind.Own or DestinationKind.Public or DestinationKind.Refused:
                decision = Admit(first, new ServiceLine { Pair = ServiceLine.Own, Realm = first.Realm });
                break;
            case DestinationKind.Peer:
                decision = Admit(first, new ServiceLine { Pair = number, Realm = Pairs[number].To });
                break;
            case DestinationKind.ServiceRest or DestinationKind.PeerServiceRest:
                decision = Admit(first, new ServiceLine { Pair = ServiceLines[number].Pair, Realm = ServiceLines[number].Realm });
                break;
            default:
                return false;
        }

        return decision.Kind != DecisionKind.Drop;
    }

    private bool IsForSomeClients(in FirstPacket first, int located) =>
        Destination.KindOf(located) == DestinationKind.Cell
        && Destination.KindOf(Cells.Find(Destination.NumberOf(located), first, first.DestinationPort)) == DestinationKind.ServiceBySource;

    // The decision says who lets the client in, and as whom. What knows no end of its own would never finish.
    private bool TryFinish(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        if (first.Protocol is not (IpProtocol.Tcp or IpProtocol.Sctp)) return false;
        (uint rule, int timers) = (decision.Rule, decision.Timers);
        if (decision.RealmTo != live.Reply.Realm || !IsSourceLeft(live, first, ref decision)) return false;
        (decision.Rule, decision.Timers) = (rule, timers);
        decision.SetDestination(live.Reply.Source, live.Reply.SourcePort);
        if (!live.HasPublicSource && live.Reply.Destination != live.Original.Source) decision.SetSource(live.Reply.Destination, live.Reply.DestinationPort);
        return true;
    }

    // An address that is the gateway's no more is not used any longer, and what a policy covers does not leave as it is.
    private bool IsSourceLeft(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        IpAddress source = live.Reply.Destination;
        if (BackendSources.TryGetValue((decision.RealmTo, source), out int pool) && pool != Decision.NoPool == live.HasPublicSource)
        {
            decision.RewritesSource = false;
            decision.SourcePool = pool;
            return true;
        }

        // A backend that is its own client has the virtual address for one, as long as the session has it.
        if (!live.HasPublicSource && live.Reply.Source == live.Original.Source && source == live.Original.Destination) return true;
        if (TryKeepSourceOfPolicy(live, first, ref decision)) return true;
        if (IsCovered(live, first, decision, out int number, out SourceAction action)) Cover(first, number, action, ref decision);
        return decision.Kind != DecisionKind.Drop && OwnsItsSource(live, first, ref decision);
    }

    // What a direct backend gets no policy takes the source of, nor what a peering rewrites.
    private bool IsCovered(in LiveSession live, in FirstPacket first, in Decision decision, out int number, out SourceAction action)
    {
        (number, action) = (0, SourceAction.Keep);
        bool isDirect = live.Reply.Source == live.Original.Destination && live.Reply.SourcePort == live.Original.DestinationPort;
        if (isDirect || decision.RewritesSource || decision.SourcePool != Decision.NoPool || !MayLeaveOtherwise(first.Realm, DecisionKind.Session)) return false;
        action = ActionFor(first, live.Reply.Source, live.LinkOut, IsToAnotherLink(first, live.LinkOut, decision), redirectedBy: 0, out number);
        return action != SourceAction.Keep;
    }
}
