using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>How a first packet ends that gets no line: left to the host, refused with an answer, or dropped in silence.</summary>
internal static unsafe class Refusals
{
    /// <summary>Ends a packet that the policy drops, and tells its sender where the decision is not to be silent.</summary>
    /// <returns>No line.</returns>
    public static uint LeaveOrRefuse(WorkerContext context, Packet* packet, in IpAddress destination, in Decision decision)
    {
        if (decision.Reason == DropReason.NoBackend) context.Store.Accounts.Refuse(context.Rules.Accounts.OfTranslation(decision.Rule), decision.Reason);
        context.Store.Accounts.Refuse(context.Rules.Accounts.OfSource(in decision), decision.Reason);
        bool isTheGateways = decision.Reason is DropReason.AclDenied or DropReason.NoBackend or DropReason.PoolExhausted;
        if (!decision.InSilence && (isTheGateways || !context.Rules.Routes.IsOwn(packet->Realm, destination))) context.Answers.Refuse(packet, decision.Reason);
        return LeaveOrDrop(context, packet, destination, decision.Reason, isTheGateways ? decision.RealmTo : packet->Realm, isTheGateways);
    }

    /// <summary>Ends a packet in silence: what is left for one of the gateway's own addresses is the host's; what a forward, a translation or an access list speaks of is not left.</summary>
    /// <returns>No line.</returns>
    public static uint LeaveOrDrop(WorkerContext context, Packet* packet, in IpAddress destination, DropReason reason, ushort realmTo, bool isTheGateways = false)
    {
        if (!isTheGateways && context.Rules.Routes.IsOwn(packet->Realm, destination)) context.Consume(packet);
        else context.Drop(packet, reason, realmTo);
        return FlowLines.None;
    }
}
