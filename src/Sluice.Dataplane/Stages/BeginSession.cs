using System.Runtime.CompilerServices;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.Translations;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Makes the session that a decision asks for, or disposes of the packet.</summary>
internal sealed unsafe class BeginSession(WorkerContext context)
{
    /// <summary>Which backend a client had last.</summary>
    public ClientAffinity Affinity { get; } = new(context);

    /// <summary>Makes the session of a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="parts">Its tuple.</param>
    /// <param name="decision">What is to become of it.</param>
    /// <param name="request">The decision as the store takes it; see <see cref="RequestFor"/>.</param>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Make(Packet* packet, in FlowParts parts, in Decision decision, in NewSession request)
    {
        if (!FirstPacket.MayBegin(packet->Protocol, packet->TcpFlags))
            return Refusals.LeaveOrDrop(context, packet, parts.Destination, DropReason.MidstreamTcp, decision.RealmTo, IsTheGateways(in decision));
        if (packet->Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 && !PacketPorts.IsRequest(packet->Icmp->Type))
            return Refusals.LeaveOrDrop(context, packet, parts.Destination, DropReason.IcmpUnmatched, decision.RealmTo, IsTheGateways(in decision));
        return decision.HasAffinity ? MakeForClientSlow(packet, in parts, in decision, in request) : MakeNow(packet, in parts, in decision, in request);
    }

    // A translation of one of the gateway's own addresses leaves nothing of its ports to the host, to whatever backend it leads.
    private static bool IsTheGateways(in Decision decision) => decision.RewritesDestination || decision.IsRoutedBy;

    // The backend may be another than was decided ahead.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint MakeForClientSlow(Packet* packet, in FlowParts parts, in Decision decision, in NewSession request)
    {
        Decision led = decision;
        ClientAffinity.Remembered remembered = Affinity.Lead(packet, in parts, ref led);
        uint line = led.Backend == decision.Backend || led.Kind != DecisionKind.Session
            ? MakeNow(packet, in parts, in decision, in request)
            : MakeNow(packet, in parts, in led, RequestFor(packet, in parts, in led));
        Affinity.Settle(in remembered, wasMade: line != FlowLines.None);
        return line;
    }

    private uint MakeNow(Packet* packet, in FlowParts parts, in Decision decision, in NewSession request)
    {
        // Without an account nobody would remember where a direct backend's packets go.
        if (decision.IsRoutedBy && request.Account == AccountTable.None) return Refuse(packet, parts, request, DropReason.TableFull);

        // What can't be sent makes no session: the way out is looked for first.
        IpAddress destination = request.RewritesDestination ? request.Destination : decision.IsRoutedBy ? decision.RouteBy : parts.Destination;
        uint handle = context.Delivery.Reach(packet, request.RealmTo, destination);
        if (handle == FlowState.NoNextHop) return FlowLines.None;

        DropReason refused = context.Store.Create(context.Sessions, request, context.Now, out SessionRef session);
        if (refused != DropReason.None) return Refuse(packet, parts, request, refused);
        if (decision.HasAcl) JudgeReplies(session, decision.Rule);
        context.Store.StateOf(session.Family, session.Line)->NextHop = handle;
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

    /// <summary>A decision as the store takes it.</summary>
    public NewSession RequestFor(Packet* packet, in FlowParts parts, in Decision decision)
    {
        var request = new NewSession { Original = parts };
        FillRequest(ref request, packet, in decision);
        return request;
    }

    /// <summary>Fills in everything but the tuple, and what has a meaning only where one of the flags says so.</summary>
    public void FillRequest(ref NewSession request, Packet* packet, in Decision decision)
    {
        request.RealmTo = decision.RealmTo;
        request.TcpFlags = packet->TcpFlags;
        request.TcpSequence = LifeWords.FirstOf(packet);
        request.SourcePool = context.Rules.PoolOf(decision.SourcePool);
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
        request.Account = context.Rules.Accounts.OfBackend(decision.Backend);
        request.SourceAccount = context.Rules.Accounts.OfSource(in decision);
        request.IsOneWay = decision.IsRoutedBy && !decision.RewritesSource && decision.SourcePool == Decision.NoPool;
        request.Generation = context.Rules.Generation;
        request.OriginalConduct = decision.OriginalConduct;
        request.ReplyConduct = decision.ReplyConduct;
    }

    // A host inside is told why it gets no session; whoever comes from outside through a mapping of somebody else's hears nothing.
    private uint Refuse(Packet* packet, in FlowParts parts, in NewSession request, DropReason reason)
    {
        bool wasDecided = reason is DropReason.PoolExhausted or DropReason.TableFull or DropReason.QuotaExceeded;
        if (!wasDecided) return Refusals.LeaveOrDrop(context, packet, parts.Destination, reason, request.RealmTo);
        context.Store.Accounts.Refuse(TranslationOf(in request), reason);
        context.Store.Accounts.Refuse(request.SourceAccount, reason);
        bool comesFromOutside = request.RewritesDestination && request.SourcePool is null && request.Account == AccountTable.None;
        if (!comesFromOutside) context.Answers.Refuse(packet, reason);
        context.Drop(packet, reason, request.RealmTo);
        return FlowLines.None;
    }

    // A source-NAT policy may have taken the rule over: the backend says whose the session is.
    private uint TranslationOf(in NewSession request)
    {
        AccountMap accounts = context.Rules.Accounts;
        bool isKnown = context.Rules.Policy.TryGetBackend(accounts.BackendOf(request.Account), out VirtualService? service, out _);
        return accounts.OfTranslation(isKnown ? service!.Rule : request.Rule);
    }
}
