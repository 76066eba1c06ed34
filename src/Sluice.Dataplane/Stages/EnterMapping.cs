using System.Runtime.CompilerServices;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>A first packet from outside towards a public address: the mapping knows whose it is, its filtering and the policy who may.</summary>
internal sealed unsafe class EnterMapping(WorkerContext context, BeginSession begin)
{
    /// <summary>Finds the owner of the public endpoint and lets the packet in to it.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="parts">Its tuple.</param>
    /// <param name="asked">The decision to ask the mappings.</param>
    /// <returns>Its line, or none where the packet has been disposed of.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Enter(Packet* packet, in FlowParts parts, Decision asked)
    {
        GatewayPolicy policy = context.Rules.Policy;
        FirstPacket first = FirstPackets.Of(packet, parts);
        MappingView mapping;
        while (!context.Store.TryFindMapping(asked.RealmTo, parts.Destination, parts.DestinationPort, parts.Protocol, out mapping))
            if (!policy.AskNext(first, ref asked)) return Refusals.LeaveOrDrop(context, packet, parts.Destination, DropReason.NoMapping, packet->Realm);

        Decision decision = context.Rules.DecideInbound(first, asked.RealmTo, mapping);
        uint line = Through(packet, parts, mapping, decision);
        if (decision.Log) FirstPackets.TellSlow(context, packet, parts, decision, line);
        return line;
    }

    private uint Through(Packet* packet, in FlowParts parts, in MappingView mapping, in Decision decision)
    {
        if (decision.Kind != DecisionKind.Session)
        {
            bool isDenied = decision.Reason == DropReason.AclDenied;
            return Refusals.LeaveOrDrop(context, packet, parts.Destination, decision.Reason, mapping.InsideRealm, isTheGateways: isDenied);
        }

        NewSession request = begin.RequestFor(packet, parts, decision);
        request.Mapping = mapping.Index;
        request.RewritesDestination = true;
        request.Destination = mapping.Inside;
        request.DestinationPort = mapping.InsidePort;
        if (request.SourcePool is null && Admits(in mapping, in request) is var refused and not DropReason.None)
            return Refusals.LeaveOrDrop(context, packet, parts.Destination, refused, decision.RealmTo);
        return begin.Make(packet, parts, in decision, in request);
    }

    // A mapping knows remotes by the names that its owner sends to: where the sender has a fixed public endpoint, by that.
    private DropReason Admits(in MappingView mapping, in NewSession request) => request.RewritesSource
        ? context.Store.Admits(mapping, request.Source, request.SourcePort)
        : context.Store.Admits(mapping, request.Original.Source, request.Original.SourcePort);
}
