using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    /// <summary>What is to be done with a packet that has no session. Allocates nothing.</summary>
    public Decision Decide(in FirstPacket packet) => DecideLocated(packet, Locate(packet.Realm, packet.Destination));

    /// <summary>
    /// The first half of a decision: where a destination leads, as the second half takes it. Calls for the memory that the second half begins with,
    /// so a chunk's packets are all located before the first of them is decided.
    /// </summary>
    /// <param name="realm">The realm that the packet comes from.</param>
    /// <param name="destination">Its destination.</param>
    public int Locate(ushort realm, in IpAddress destination)
    {
        if (TryLocateHost(realm, destination, out int found)) return found;
        if (realm < Destinations.Length) found = Destinations[realm].Find(destination);
        int number = Destination.NumberOf(found);
        switch (Destination.KindOf(found))
        {
            case DestinationKind.Peer:
                Prefetcher.Touch(ref Pairs[number]);
                break;
            case DestinationKind.Translated:
                Prefetcher.Touch(ref Exposes[number]);
                break;
            case DestinationKind.Cell:
                Cells.Prefetch(number);
                break;
        }

        return found;
    }

    /// <summary>The second half of a decision.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="found">What <see cref="Locate"/> of this same policy says of its realm and destination.</param>
    public Decision DecideLocated(in FirstPacket packet, int found)
    {
        found = Resolve(packet, found);
        int number = Destination.NumberOf(found);
        switch (Destination.KindOf(found))
        {
            case DestinationKind.Own:
                return RouteWithin(packet.Realm);
            case DestinationKind.Public:
                return CanTakePort(packet) ? Ask(packet.Realm) : Drop(DropReason.UnsupportedProtocol, NoRule);
            case DestinationKind.Refused:
                return Drop(DropReason.NotExposed, (uint)number) with { InSilence = true };
            case DestinationKind.Hairpin:
                return AskHairpin(packet, Pairs[number]);
            case DestinationKind.Peer:
                ref readonly PairView pair = ref Pairs[number];
                return UnderAcl(number, packet, Pass(packet, pair.Sources, pair.To, Exposes[0]));
            case DestinationKind.Translated:
                ref readonly ExposeView target = ref Exposes[number];
                return UnderAcl(target.Pair ^ 1, packet, Pass(packet, target.Senders, target.Realm, target));
            case DestinationKind.Service:
                return Serve(packet, ServiceLines[number]);
            case DestinationKind.ServiceRest:
            case DestinationKind.PeerServiceRest:
                return ServeRest(packet, ServiceLines[number]);
            case DestinationKind.Ruled:
                return Arrive(packet, AddedRules[number]);
            default:
                // Sender and owner are of one realm: no peering lies between them, and no access list.
                return TurnRound(packet, Exposes[number]);
        }
    }

    /// <summary>
    /// What the sender of an ICMP error has of its own to be shown by: the public counterpart of a router that one-to-one NAT covers, or itself where it is exposed as it is.
    /// False: it has nothing, and what it is shown by depends on the session or rule of the packet that it quotes.
    /// </summary>
    /// <param name="realm">The realm that the error comes from.</param>
    /// <param name="realmTo">The realm that it goes to.</param>
    /// <param name="address">The error's source.</param>
    /// <param name="translated">What it becomes.</param>
    public bool TryTranslateErrorSource(ushort realm, ushort realmTo, in IpAddress address, out IpAddress translated)
    {
        translated = address;
        if (!TryGetPair(realm, realmTo, out int pair)) return false;
        ref readonly ExposeView view = ref ExposeOf(Pairs[pair], address);

        // What a source-NAT policy may take the source of has another name there, which depends on the conversation.
        if (view.Kind == ExposeKind.Plain && SourceNatsAt(realm).Length > 0) return false;
        return view.Kind == ExposeKind.Plain || (view.Kind == ExposeKind.Static && TryOutward(view, address, 0, out translated, out _));
    }

    private int Resolve(in FirstPacket packet, int found)
    {
        if (Destination.KindOf(found) != DestinationKind.Cell) return found;
        found = Cells.Find(Destination.NumberOf(found), packet, packet.DestinationPort);
        return Destination.KindOf(found) == DestinationKind.ServiceBySource ? SourceMatches[Destination.NumberOf(found)].Find(packet.Source) : found;
    }

    // A packet that the exposes let pass to a known endpoint: as it is (no target), or one with a fixed public endpoint.
    private Decision Pass(in FirstPacket packet, in PrefixMap sources, ushort to, in ExposeView target)
    {
        ref readonly ExposeView sender = ref SenderOf(sources, packet, out bool mayBegin);
        if (!mayBegin) return Drop(DropReason.NotExposed, sender.Kind == ExposeKind.None ? target.Rule : sender.Rule);
        var decision = new Decision { RealmTo = to, SourcePool = Decision.NoPool };
        if (target.IsFixed)
        {
            if (!TryInward(target, packet.Destination, packet.DestinationPort, out IpAddress inside, out ushort port)) return Drop(DropReason.NotExposed, target.Rule);
            decision.SetDestination(inside, port);
        }

        return TrySetSource(packet, sender, ref decision, out DropReason refused) ? Conduct(packet, sender, target, decision) : Drop(refused, sender.Rule);
    }

    // How both directions are treated. Of an end that hides its endpoints, the peer's packets come in from outside, and its own routers aren't shown.
    private static Decision Conduct(in FirstPacket packet, in ExposeView sender, in ExposeView target, Decision decision)
    {
        bool decidesTarget = target.Hides || (target.IsFixed && sender.Kind == ExposeKind.Plain);
        decision.Rule = decidesTarget ? target.Rule : sender.Rule;
        decision.Timers = decidesTarget ? target.Timers : sender.Timers;
        if (!sender.Hides && !target.Hides)
        {
            decision.Kind = DecisionKind.Stateless;
            bool isTranslated = decision.RewritesSource || decision.RewritesDestination;
            decision.OriginalConduct = FlowConduct.Cache | FlowConduct.KeepErrorSource | (isTranslated ? FlowConduct.None : FlowConduct.Identity);
            decision.ReplyConduct = decision.OriginalConduct;
            return decision;
        }

        decision.Kind = DecisionKind.Session;

        // An end that hides sends outward as well, also where it is answered inward, and what is sent outward always prolongs (RFC 4787 REQ-6).
        decision.OriginalConduct = sender.Hides ? FlowConduct.None : FlowConduct.KeepErrorSource | InwardOf(target, packet.Protocol);
        decision.ReplyConduct = target.Hides ? FlowConduct.None : FlowConduct.KeepErrorSource | InwardOf(sender, packet.Protocol);
        return decision;
    }

    private static Decision RouteWithin(ushort realm) => new()
    {
        Kind = DecisionKind.Route,
        RealmTo = realm,
        SourcePool = Decision.NoPool,
    };

    private static Decision Drop(DropReason reason, uint rule) => new()
    {
        Kind = DecisionKind.Drop,
        Reason = reason,
        SourcePool = Decision.NoPool,
        Rule = rule,
    };

    private static Decision Ask(ushort publicIn) => new()
    {
        Kind = DecisionKind.AskMappings,
        RealmTo = publicIn,
        SourcePool = Decision.NoPool,
    };

    // Packets from outside prolong TCP and SCTP always: their lives end by their own signs, not by idleness of one side.
    private static FlowConduct InwardOf(in ExposeView expose, byte protocol) =>
        protocol is IpProtocol.Tcp or IpProtocol.Sctp ? FlowConduct.None : expose.Inward;
}
