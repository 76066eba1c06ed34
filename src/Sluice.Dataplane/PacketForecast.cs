using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Stages;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>What would become of a packet now, without a packet: the way that <c>Stages/Decide</c> and <c>Stages/PlainStage</c> go, which reads everything and changes nothing.</summary>
/// <remarks>
/// Whatever depends on the packet's bytes is left out (hops, size, checksums), and so is what is known only when a session is made: whether a port, a quota and room in the table are left.
/// Control threads ask; what they are told may be a packet old.
/// </remarks>
public sealed class PacketForecast
{
    private readonly PacketEngine engine;
    private readonly Ruleset rules;
    private readonly FirstPacket packet;

    private PacketForecast(PacketEngine engine, in FirstPacket packet)
    {
        this.engine = engine;
        rules = engine.Rules;
        this.packet = packet;
        Destination = packet.Destination;
        DestinationPort = packet.DestinationPort;
        (Verdict, Reason) = Find();
    }

    /// <summary>What was in force.</summary>
    public Ruleset Rules => rules;

    /// <summary>Forward, drop or consume.</summary>
    public Verdict Verdict { get; }

    /// <summary>With a drop: why.</summary>
    public DropReason Reason { get; }

    /// <summary>The live session that the packet is of, if it is of one; then nothing is decided any more.</summary>
    public SessionView? Session { get; private set; }

    /// <summary>Whether the packet goes back to the side that began <see cref="Session"/>.</summary>
    public bool IsReply { get; private set; }

    /// <summary>Whether the access list denies this direction of <see cref="Session"/>.</summary>
    public bool IsDenied { get; private set; }

    /// <summary>Whether the destination is a group or everybody on a network.</summary>
    public bool IsForGroup { get; private set; }

    /// <summary>Whether the destination is one of the gateway's own addresses in the packet's realm.</summary>
    public bool IsForHost { get; private set; }

    /// <summary>The policy's answer, if it was asked.</summary>
    public Decision? Decision { get; private set; }

    /// <summary>The mapping that owns the public endpoint that the packet is sent to, where the policy asked for it and there is one.</summary>
    public MappingView? Mapping { get; private set; }

    /// <summary>How long the packet's client keeps the backend that it had last, in milliseconds; null: nothing is remembered of it that could be had.</summary>
    public uint? AffinityMilliseconds { get; private set; }

    /// <summary>The realm in which the destination was looked for among the mappings.</summary>
    public ushort? AskedRealm { get; private set; }

    /// <summary>The realm that the packet goes to.</summary>
    public ushort RealmTo { get; private set; } = RealmRegistry.None;

    /// <summary>The destination as it leaves.</summary>
    public IpAddress Destination { get; private set; }

    /// <summary>The destination's port as it leaves.</summary>
    public ushort DestinationPort { get; private set; }

    /// <summary>Where it leaves, if a route was looked for.</summary>
    public RouteLookup? Way { get; private set; }

    /// <summary>Says what would become of a packet.</summary>
    /// <param name="engine">The dataplane.</param>
    /// <param name="packet">The packet; an ICMP query's identifier is its source port.</param>
    public static PacketForecast Of(PacketEngine engine, in FirstPacket packet) => new(engine, packet);

    private (Verdict Verdict, DropReason Reason) Find()
    {
        if (TryFindSession()) return IsDenied ? (Verdict.Drop, DropReason.AclDenied) : Leave(RealmTo, NextHopOf());
        if (PacketAddresses.IsGroup(packet.Destination))
        {
            IsForGroup = true;
            return (Verdict.Consume, DropReason.None);
        }

        IsForHost = rules.Routes.IsOwn(packet.Realm, packet.Destination);
        Decision decision = rules.Decide(packet);
        if (decision.HasAffinity) LeadClient(ref decision);
        Decision = decision;
        return decision.Kind switch
        {
            DecisionKind.Drop => DropOrHost(decision.Reason),
            DecisionKind.Answer => (Verdict.Consume, DropReason.None),
            DecisionKind.Route when IsForHost => (Verdict.Consume, DropReason.None),
            DecisionKind.Stateless or DecisionKind.Route => Leave(decision),

            // What has no ports can have no session, whatever is decided of its source and destination.
            _ when !packet.HasPorts => DropOrHost(DropReason.UnsupportedProtocol, isTheGateways: decision.Kind == DecisionKind.Session),
            DecisionKind.AskMappings => Inbound(decision),
            _ => Begin(decision),
        };
    }

    private void LeadClient(ref Decision decision)
    {
        if (!rules.Policy.TryGetAffinity(decision.Backend, out AffinityTerms terms)) return;
        var client = new AffinityKey(terms.Translation, packet.Realm, packet.Source);
        bool isKnown = engine.Store.Affinity.Find(in client, engine.Clock.Now, out ulong had, out uint left) != AffinityTable.None;
        if (!isKnown || !rules.Policy.TryGetPinned(decision.Backend, had, out int number)) return;
        AffinityMilliseconds = left;
        rules.LeadTo(packet, number, ref decision);
    }

    private unsafe bool TryFindSession()
    {
        var parts = new FlowParts(packet.Realm, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        IpFamily family = packet.Source.Family;
        uint line = family == IpFamily.V4 ? engine.Store.V4.Find(Flow4.MakeKey(parts)) : engine.Store.V6.Find(Flow6.MakeKey(parts));
        uint now = engine.Clock.Now;
        if (line == FlowLines.None || !engine.Store.IsAliveSlow(family, line, now) || !engine.Store.TryDescribe(family, line, now, out SessionView found)) return false;
        Session = found;
        FlowState* state = engine.Store.StateOf(family, line);
        IsDenied = (state->Conduct & FlowConduct.Denied) != 0;
        IsReply = found.Original != parts;
        FlowParts turned = IsReply ? found.Original : found.Reply;
        RealmTo = turned.Realm;
        Destination = turned.Source;
        DestinationPort = turned.SourcePort;
        return true;
    }

    // A session to a direct backend is sent by the backend's address.
    private IpAddress? NextHopOf() =>
        !IsReply && Session is { } session && engine.Store.TryGetNextHop(session.Ref.Family, session.Ref.Line, out IpAddress towards) ? towards : null;

    private (Verdict Verdict, DropReason Reason) Inbound(Decision asked)
    {
        MappingView mapping;
        AskedRealm = asked.RealmTo;
        while (!engine.Store.TryFindMapping(asked.RealmTo, packet.Destination, packet.DestinationPort, packet.Protocol, out mapping))
        {
            if (!rules.Policy.AskNext(packet, ref asked)) return DropOrHost(DropReason.NoMapping);
            AskedRealm = asked.RealmTo;
        }

        Mapping = mapping;
        Decision decision = rules.DecideInbound(packet, asked.RealmTo, mapping);
        if (decision.Kind != DecisionKind.Session)
        {
            Decision = decision;
            return DropOrHost(decision.Reason);
        }

        decision.SetDestination(mapping.Inside, mapping.InsidePort);
        Decision = decision;

        // The mapping knows its remotes by the endpoints that it sends to; one that a pool is yet to give is asked about when the session is made.
        DropReason refused = decision switch
        {
            { SourcePool: not Sluice.Policy.Decision.NoPool } => DropReason.None,
            { RewritesSource: true } => engine.Store.Admits(mapping, decision.Source, decision.SourcePort),
            _ => engine.Store.Admits(mapping, packet.Source, packet.SourcePort),
        };
        return refused == DropReason.None ? Begin(decision) : DropOrHost(refused);
    }

    private (Verdict Verdict, DropReason Reason) Begin(in Decision decision) =>
        !packet.Begins
            ? DropOrHost(DropReason.MidstreamTcp, isTheGateways: (decision.RewritesDestination || decision.IsRoutedBy) && Mapping is null)
            : Leave(decision);

    private (Verdict Verdict, DropReason Reason) Leave(in Decision decision)
    {
        if (decision.RewritesDestination)
        {
            Destination = decision.Destination;
            DestinationPort = decision.DestinationPort;
        }

        (Verdict Verdict, DropReason Reason) left = Leave(decision.RealmTo, decision.IsRoutedBy ? decision.RouteBy : null);
        bool isBack = decision.Kind == DecisionKind.Route && Way?.Route?.Link == packet.Link;
        return left.Verdict == Verdict.Forward && isBack ? (Verdict.Drop, DropReason.NotExposed) : left;
    }

    private (Verdict Verdict, DropReason Reason) Leave(ushort realm, IpAddress? towards = null)
    {
        RealmTo = realm;
        RouteLookup way = rules.Routes.Look(realm, towards ?? Destination);
        Way = way;
        return way.Route is null ? (Verdict.Drop, DropReason.NoRoute) : (Verdict.Forward, DropReason.None);
    }

    // What is left for one of the gateway's own addresses is the host's; what a forward, a translation or an access list speaks of is not left.
    private (Verdict Verdict, DropReason Reason) DropOrHost(DropReason reason, bool isTheGateways = false) =>
        IsForHost && !isTheGateways && reason is not (DropReason.AclDenied or DropReason.NoBackend or DropReason.PoolExhausted) ? (Verdict.Consume, DropReason.None) : (Verdict.Drop, reason);
}
