using System.Runtime.CompilerServices;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Making;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Puts a first packet to the policy and does what it answers: makes a session, remembers a stateless decision, or disposes of the packet.</summary>
internal sealed unsafe class Decide
{
    private readonly WorkerContext context;
    private readonly BeginSession begin;
    private readonly EnterMapping enter;

    public Decide(WorkerContext context)
    {
        this.context = context;
        begin = new BeginSession(context);
        enter = new EnterMapping(context, begin);
        Ahead = new Foresight(context, begin);
        Again = new Revalidate(context);
    }

    /// <summary>Decides ahead of a packet's turn.</summary>
    public Foresight Ahead { get; }

    /// <summary>Judges what lives already.</summary>
    public Revalidate Again { get; }

    /// <summary>Decides a packet that no line is for, and that was decided ahead: what was foreseen holds unless other rules have come into force since.</summary>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    public uint First(Packet* packet, in Foresight.Foreseen foreseen)
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
            ? begin.Make(packet, in parts, in decision, in foreseen.Request)
            : Follow(packet, in parts, in decision);
        if (decision.Log) FirstPackets.TellSlow(context, packet, in parts, in decision, line);
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

        Decision decision = context.Rules.Decide(FirstPackets.Of(packet, parts));
        uint line = Follow(packet, parts, decision);
        if (decision.Log) FirstPackets.TellSlow(context, packet, parts, decision, line);
        return line;
    }

    /// <summary>Makes the session of a packet without ports that a rule wants remembered though it passes without state.</summary>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    public uint Remember(Packet* packet, in FlowParts parts, in Decision decision)
    {
        uint line = begin.Remember(packet, in parts, in decision);
        if (line != FlowLines.None && decision.Log) FirstPackets.TellSlow(context, packet, in parts, in decision, line);
        return line;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Follow(Packet* packet, in FlowParts parts, in Decision decision)
    {
        switch (decision.Kind)
        {
            case DecisionKind.AskMappings:
                return enter.Enter(packet, parts, decision);
            case DecisionKind.Session:
                return begin.Make(packet, parts, in decision, begin.RequestFor(packet, parts, decision));
            case DecisionKind.Answer when EchoReply.IsRequest(packet):
                context.Answers.Echo(packet);
                context.Consume(packet);
                return FlowLines.None;
            case DecisionKind.Stateless:
                return context.Store.Cache(context.Sessions, begin.RequestFor(packet, parts, decision), context.Now).Line;
            case DecisionKind.Route when !context.Rules.Routes.IsOwn(packet->Realm, parts.Destination):
                context.Delivery.Route(packet, decision.RealmTo, parts.Destination);
                return FlowLines.None;
            case DecisionKind.Route:
                context.Consume(packet);
                return FlowLines.None;
            default:
                return Refusals.LeaveOrRefuse(context, packet, parts.Destination, decision);
        }
    }

    /// <summary>Whether packets are the host's by their destination: groups and broadcasts are never translated or routed.</summary>
    public static bool IsForHost(Packet* packet, in IpAddress destination) =>
        (packet->Flags & PacketFlags.LinkMulticast) != 0 || PacketAddresses.IsGroup(destination);
}
