using System.Runtime.CompilerServices;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Sessions of protocols without ports: a rule with <c>scope: flow</c> remembers them by their addresses, so that their replies pass.</summary>
internal sealed unsafe class PortlessStage<TPacket, TFlow, TKey, TLine>(WorkerContext context, FlowTable<TFlow, TKey, TLine> table, Decide decide)
    where TPacket : struct, IPacketFamily<TKey, TLine>
    where TFlow : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>Sends a packet the way of its session; false where it has none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryFollowSlow(Packet* packet)
    {
        // ICMP has sessions by its identifiers only.
        if (packet->Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6) return false;
        TKey key = TFlow.MakeKey(PartsOf(packet));
        uint index = table.Find(in key);
        if (index == FlowLines.None) return false;
        context.TakeRules();
        if (!decide.Again.IsStillGood(TFlow.Family, index)) return false;
        Forward(packet, index);
        return true;
    }

    /// <summary>Makes the session of a first packet and sends it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginSlow(Packet* packet, in Decision decision)
    {
        FlowParts parts = PartsOf(packet);
        uint index = decide.Remember(packet, in parts, in decision);
        if (index == FlowLines.None) return;
        Forward(packet, index);
    }

    private void Forward(Packet* packet, uint index)
    {
        TLine* line = table.Line(index);
        NextHop* next = context.Delivery.CheckSlow<TPacket, TFlow, TKey, TLine>(packet, line);
        if (next == null) return;
        FlowState* state = TFlow.StateOf(line);
        if ((state->Conduct & FlowConduct.NoRefresh) == 0) state->LastSeen = context.Now;
        state->Count((uint)packet->L3Length);
        packet->Session = index;
        TPacket.RewriteAddresses(packet, TPacket.WrittenSource(line), TPacket.WrittenDestination(line));
        context.Delivery.Send(packet, next);
    }

    private static FlowParts PartsOf(Packet* packet)
    {
        PacketAddresses.Of(packet, out IpAddress source, out IpAddress destination);
        return new FlowParts(packet->Realm, packet->Protocol, source, 0, destination, 0);
    }
}
