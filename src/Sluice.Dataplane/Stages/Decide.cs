using System.Runtime.CompilerServices;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Puts a first packet to the policy and does what it answers: makes a session, remembers a stateless decision, or disposes of the packet.</summary>
internal sealed unsafe class Decide(WorkerContext context)
{
    private const byte Beginning = TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Rst | TcpFlag.Fin;

    /// <summary>Begins to decide a packet ahead: finds where its destination leads, and calls for what is read next.</summary>
    public void Locate(ref Foreseen foreseen)
    {
        ref readonly FlowParts parts = ref foreseen.Request.Original;
        foreseen.Located = context.Rules.Policy.Locate(parts.Realm, parts.Destination);
    }

    /// <summary>Decides a packet ahead that has been located.</summary>
    /// <remarks>The policy is a pure function, so deciding early changes nothing; sessions are still made in the packets' order.</remarks>
    /// <param name="packet">The packet.</param>
    /// <param name="foreseen">Has the packet's tuple in <see cref="NewSession.Original"/>; the rest is filled in place, since a request is too large to be copied often.</param>
    public void Foresee(Packet* packet, ref Foreseen foreseen)
    {
        ref readonly FlowParts parts = ref foreseen.Request.Original;
        foreseen.Generation = context.Generation;
        foreseen.Decision = context.Rules.Policy.DecideLocated(FirstOf(packet, in parts), foreseen.Located);
        if (foreseen.Decision.Kind == DecisionKind.Session) FillRequest(ref foreseen.Request, packet, in foreseen.Decision);
    }

    /// <summary>Works out the session that a packet will have which was decided ahead, and calls for what tells its port.</summary>
    public void Plan(ref Foreseen foreseen, ulong keyHash)
    {
        if (foreseen.Decision.Kind != DecisionKind.Session) return;
        foreseen.Request.OriginalHash = keyHash;
        context.Store.Plan(ref foreseen.Request);
    }

    /// <summary>Calls for what making the session of a packet that was decided ahead will touch.</summary>
    public void Prepare(in Foreseen foreseen)
    {
        if (foreseen.Decision.Kind == DecisionKind.Session) context.Store.PrefetchCreate(context.Sessions, in foreseen.Request);
    }

    /// <summary>Decides a packet that no line is for, and that was decided ahead: what was foreseen holds unless other rules have come into force since.</summary>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    public uint First(Packet* packet, in Foreseen foreseen)
    {
        context.TakeRules();
        ref readonly FlowParts parts = ref foreseen.Request.Original;
        if (foreseen.Generation != context.Generation) return First(packet, in parts);
        context.Counters->Decided++;
        if (IsForHost(packet, parts.Destination))
        {
            context.Consume(packet);
            return FlowLines.None;
        }

        ref readonly Decision decision = ref foreseen.Decision;
        uint line = decision.Kind == DecisionKind.Session
            ? Make(packet, in parts, in decision, in foreseen.Request)
            : Follow(packet, in parts, in decision);
        if (decision.Log) TellSlow(packet, in parts, in decision, line);
        return line;
    }

    /// <summary>Decides a packet that no line is for.</summary>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint First(Packet* packet, in FlowParts parts)
    {
        context.TakeRules();
        context.Counters->Decided++;
        if (IsForHost(packet, parts.Destination))
        {
            context.Consume(packet);
            return FlowLines.None;
        }

        Decision decision = context.Rules.Policy.Decide(FirstOf(packet, parts));
        uint line = Follow(packet, parts, decision);
        if (decision.Log) TellSlow(packet, parts, decision, line);
        return line;
    }

    /// <summary>Tells of a decision that asks for a record, once it is done: of a line, or of a packet that was dropped.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void TellSlow(Packet* packet, in FlowParts parts, in Decision decision, uint line)
    {
        bool wasDone = decision.Kind == DecisionKind.Drop ? packet->Verdict == Verdict.Drop : line != FlowLines.None;
        if (wasDone) context.RecordSlow(FirstOf(packet, parts), decision);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Follow(Packet* packet, in FlowParts parts, in Decision decision)
    {
        switch (decision.Kind)
        {
            case DecisionKind.AskMappings:
                return Inbound(packet, parts, FirstOf(packet, parts), decision);
            case DecisionKind.Session:
                return Make(packet, parts, in decision, RequestFor(packet, parts, decision));
            case DecisionKind.Answer when EchoReply.IsRequest(packet):
                context.Answers.Echo(packet);
                context.Consume(packet);
                return FlowLines.None;
            case DecisionKind.Stateless:
                return context.Store.Cache(context.Sessions, RequestFor(packet, parts, decision), context.Now).Line;
            case DecisionKind.Route when !context.Rules.Routes.IsOwn(packet->Realm, parts.Destination):
                context.Delivery.Route(packet, decision.RealmTo, parts.Destination);
                return FlowLines.None;
            case DecisionKind.Route:
                context.Consume(packet);
                return FlowLines.None;
            default:
                return LeaveOrRefuse(packet, parts.Destination, decision);
        }
    }

    /// <summary>Whether packets are the host's by their destination: groups and broadcasts are never translated or routed.</summary>
    public static bool IsForHost(Packet* packet, in IpAddress destination) =>
        (packet->Flags & PacketFlags.LinkMulticast) != 0 || PacketAddresses.IsGroup(destination);

    // From outside towards a public address: the mapping knows whose it is, its filtering and the policy who may.
    private uint Inbound(Packet* packet, in FlowParts parts, in FirstPacket first, Decision asked)
    {
        GatewayPolicy policy = context.Rules.Policy;
        MappingView mapping;
        while (!context.Store.TryFindMapping(asked.RealmTo, parts.Destination, parts.DestinationPort, parts.Protocol, out mapping))
            if (!policy.AskNext(first, ref asked)) return LeaveOrDrop(packet, parts.Destination, DropReason.NoMapping, packet->Realm);

        Decision decision = policy.DecideInbound(first, asked.RealmTo, mapping.InsideRealm, mapping.Inside);
        uint line = Enter(packet, parts, mapping, decision);
        if (decision.Log) TellSlow(packet, parts, decision, line);
        return line;
    }

    private uint Enter(Packet* packet, in FlowParts parts, in MappingView mapping, in Decision decision)
    {
        if (decision.Kind != DecisionKind.Session)
            return LeaveOrDrop(packet, parts.Destination, decision.Reason, mapping.InsideRealm, isTheGateways: decision.Reason == DropReason.AclDenied);

        NewSession request = RequestFor(packet, parts, decision);
        request.Mapping = mapping.Index;
        request.RewritesDestination = true;
        request.Destination = mapping.Inside;
        request.DestinationPort = mapping.InsidePort;
        if (request.SourcePool is null && Admits(in mapping, in request) is var refused and not DropReason.None)
            return LeaveOrDrop(packet, parts.Destination, refused, decision.RealmTo);
        return Make(packet, parts, in decision, request);
    }

    // A mapping knows remotes by the names that its owner sends to: where the sender has a fixed public endpoint, by that.
    private DropReason Admits(in MappingView mapping, in NewSession request) => request.RewritesSource
        ? context.Store.Admits(mapping, request.Source, request.SourcePort)
        : context.Store.Admits(mapping, request.Original.Source, request.Original.SourcePort);

    private uint Make(Packet* packet, in FlowParts parts, in Decision decision, in NewSession request)
    {
        if (packet->Protocol == IpProtocol.Tcp && (packet->TcpFlags & Beginning) != TcpFlag.Syn)
            return LeaveOrDrop(packet, parts.Destination, DropReason.MidstreamTcp, decision.RealmTo, decision.RewritesDestination);
        if (packet->Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 && !PacketPorts.IsRequest(packet->Icmp->Type))
            return LeaveOrDrop(packet, parts.Destination, DropReason.IcmpUnmatched, decision.RealmTo, decision.RewritesDestination);

        // What can't be sent makes no session: the way out is looked for first.
        IpAddress destination = request.RewritesDestination ? request.Destination : decision.IsRoutedBy ? decision.RouteBy : parts.Destination;
        uint handle = context.Delivery.Reach(packet, request.RealmTo, destination);
        if (handle == FlowState.NoNextHop) return FlowLines.None;

        DropReason refused = context.Store.Create(context.Sessions, request, context.Now, out SessionRef session);
        if (refused != DropReason.None) return Refuse(packet, parts, request, refused);
        if (decision.HasAcl) JudgeReplies(session, decision.Rule);
        StateOf(session.Family, session.Line)->NextHop = handle;
        return session.Line;
    }

    // What comes back is judged once, by the tuple that it has when it arrives: no packet of the session has left yet.
    private void JudgeReplies(SessionRef session, uint rule)
    {
        FlowParts original = context.Store.PartsOf(session, reply: false), reply = context.Store.PartsOf(session, reply: true);
        if (context.Rules.Policy.IsReplyDenied(original, reply, rule)) context.Store.DenyReplies(session, context.Rules.Generation);
    }

    /// <summary>Makes the session of a packet without ports that a rule wants remembered though it passes without state.</summary>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    public uint Remember(Packet* packet, in FlowParts parts, in Decision decision)
    {
        NewSession request = RequestFor(packet, parts, in decision);
        request.OriginalConduct &= ~(FlowConduct.Cache | FlowConduct.Identity);
        request.ReplyConduct &= ~(FlowConduct.Cache | FlowConduct.Identity);
        return Make(packet, in parts, in decision, in request);
    }

    // A host inside is told why it gets no session; whoever comes from outside through a mapping of somebody else's hears nothing.
    private uint Refuse(Packet* packet, in FlowParts parts, in NewSession request, DropReason reason)
    {
        bool wasDecided = reason is DropReason.PoolExhausted or DropReason.TableFull or DropReason.QuotaExceeded;
        if (!wasDecided) return LeaveOrDrop(packet, parts.Destination, reason, request.RealmTo);
        bool comesFromOutside = request.RewritesDestination && request.SourcePool is null;
        if (!comesFromOutside) context.Answers.Refuse(packet, reason);
        context.Drop(packet, reason, request.RealmTo);
        return FlowLines.None;
    }

    private uint LeaveOrRefuse(Packet* packet, in IpAddress destination, in Decision decision)
    {
        bool isTheGateways = decision.Reason is DropReason.AclDenied or DropReason.NoBackend;
        if (!decision.InSilence && (isTheGateways || !context.Rules.Routes.IsOwn(packet->Realm, destination))) context.Answers.Refuse(packet, decision.Reason);
        return LeaveOrDrop(packet, destination, decision.Reason, isTheGateways ? decision.RealmTo : packet->Realm, isTheGateways);
    }

    // What is left for one of the gateway's own addresses is the host's; what a forward, a translation or an access list speaks of is not left.
    private uint LeaveOrDrop(Packet* packet, in IpAddress destination, DropReason reason, ushort realmTo, bool isTheGateways = false)
    {
        if (!isTheGateways && context.Rules.Routes.IsOwn(packet->Realm, destination)) context.Consume(packet);
        else context.Drop(packet, reason, realmTo);
        return FlowLines.None;
    }

    /// <summary>Whether a found line may carry packets now: alive, within its time, and allowed by the rules in force. What may not is ended here.</summary>
    public bool IsStillGood(IpFamily family, uint line)
    {
        FlowState* state = StateOf(family, line);
        ushort generation = Volatile.Read(ref state->Generation);
        if (generation == 0) return false;
        if (!context.Store.IsAliveSlow(family, line, context.Now))
        {
            context.Store.EndExpired(context.Sessions, family, line, context.Now);
            return false;
        }

        if (generation == context.Generation) return true;
        if (IsAllowed(family, line)) return true;
        context.Store.End(context.Sessions, family, line, EndReason.PolicyChanged, context.Now);
        return false;
    }

    // A session is put to the new rules as its first packet was; what they would do the same way lives on with its public endpoint.
    private bool IsAllowed(IpFamily family, uint line)
    {
        FlowState* state = StateOf(family, line);
        if ((state->Conduct & FlowConduct.Cache) != 0 || !context.Store.TryDescribe(family, line, context.Now, out SessionView session)) return false;

        Ruleset rules = context.Rules;
        if (rules.Policy.Redecide(ReloadForecast.LiveSessionOf(in session), out Decision decision) != Revalidation.Kept) return false;
        bool denies = decision.HasAcl && rules.Policy.IsReplyDenied(session.Original, session.Reply, decision.Rule);
        var confirmation = new Confirmation(
            rules.Generation,
            rules.TimerSets[decision.Timers],
            decision.Rule,
            PoolOf(decision),
            decision.OriginalConduct,
            decision.ReplyConduct | (denies ? FlowConduct.Denied : FlowConduct.None),
            IsForwarded: decision.RewritesSource);
        if (!context.Store.Confirm(context.Sessions, family, line, confirmation)) return false;
        state->NextHop = FlowState.NoNextHop;
        StateOf(family, state->Partner)->NextHop = FlowState.NoNextHop;
        return true;
    }

    private FlowState* StateOf(IpFamily family, uint line) =>
        family == IpFamily.V4 ? &context.Store.V4.Line(line)->State : &context.Store.V6.Line(line)->State;

    private Pool? PoolOf(in Decision decision) => decision.SourcePool == Decision.NoPool ? null : context.Rules.Pools[decision.SourcePool];

    private NewSession RequestFor(Packet* packet, in FlowParts parts, in Decision decision)
    {
        var request = new NewSession { Original = parts };
        FillRequest(ref request, packet, in decision);
        return request;
    }

    // Everything but the tuple, and what has a meaning only where one of the flags says so.
    private void FillRequest(ref NewSession request, Packet* packet, in Decision decision)
    {
        request.RealmTo = decision.RealmTo;
        request.TcpFlags = packet->TcpFlags;
        request.TcpSequence = packet->Protocol == IpProtocol.Tcp ? packet->Tcp->Sequence.Value : 0;
        request.SourcePool = PoolOf(decision);
        request.RewritesSource = decision.RewritesSource;
        request.RewritesDestination = decision.RewritesDestination;
        if (decision.RewritesSource)
        {
            request.Source = decision.Source;
            request.SourcePort = decision.SourcePort;
        }

        if (decision.RewritesDestination)
        {
            request.Destination = decision.Destination;
            request.DestinationPort = decision.DestinationPort;
        }

        request.Mapping = NewSession.NoMapping;
        request.Timers = context.Rules.TimerSets[decision.Timers];
        request.Rule = decision.Rule;
        request.Generation = context.Rules.Generation;
        request.OriginalConduct = decision.OriginalConduct;
        request.ReplyConduct = decision.ReplyConduct;
    }

    private static FirstPacket FirstOf(Packet* packet, in FlowParts parts) => new()
    {
        Realm = parts.Realm,
        Link = packet->Link,
        Protocol = parts.Protocol,
        TcpFlags = packet->TcpFlags,
        HasPorts = true,
        Source = parts.Source,
        SourcePort = parts.SourcePort,
        Destination = parts.Destination,
        DestinationPort = parts.DestinationPort,
    };

    /// <summary>What was decided ahead of a packet's turn.</summary>
    internal struct Foreseen
    {
        /// <summary>The rules that decided; 0: nothing was foreseen.</summary>
        public uint Generation;

        /// <summary>Where the destination leads by these rules: what a decision goes on from.</summary>
        public int Located;

        /// <summary>The decision.</summary>
        public Decision Decision;

        /// <summary>The packet's tuple, and the session to be made, where the decision is to make one.</summary>
        public NewSession Request;
    }
}
