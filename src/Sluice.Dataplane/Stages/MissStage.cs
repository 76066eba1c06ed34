using System.Runtime.CompilerServices;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>The cold twins of <see cref="FlowStage{TPacket,TFlow,TKey,TLine}"/>: packets whose candidate line is not theirs, is stale, or does not exist yet.</summary>
internal sealed unsafe class MissStage<TPacket, TFlow, TKey, TLine>(WorkerContext context, FlowTable<TFlow, TKey, TLine> table, Decide decide)
    where TPacket : struct, IPacketFamily<TKey, TLine>
    where TFlow : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    // By the packet's place among the chunk's packets of this family; right for those that had no candidate in this chunk.
    private readonly Foresight.Foreseen[] foreseen = new Foresight.Foreseen[FlowStage<TPacket, TFlow, TKey, TLine>.Chunk];
    private FlowWork<TKey>* chunkWork;

    /// <summary>Decides the chunk's misses ahead, so that what making their sessions touches is on its way to the cache.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void PrepareSlow(Packet* chunk, Packet* end, FlowWork<TKey>* work)
    {
        chunkWork = work;
        for (Packet* packet = chunk; packet < end; packet++)
        {
            if (packet->Kind != TPacket.Kind) continue;
            if (work->Line == FlowLines.None)
            {
                ref Foresight.Foreseen ahead = ref foreseen[work - chunkWork];
                ahead.Request.Original = TFlow.PartsOf(in work->Key);
                decide.Ahead.Locate(ref ahead);
            }

            work++;
        }

        FlowWork<TKey>* located = chunkWork;
        for (Packet* packet = chunk; packet < end; packet++)
        {
            if (packet->Kind != TPacket.Kind) continue;
            if (located->Line == FlowLines.None) decide.Ahead.Foresee(packet, ref foreseen[located - chunkWork]);
            located++;
        }

        for (FlowWork<TKey>* item = chunkWork; item < work; item++)
            if (item->Line == FlowLines.None) decide.Ahead.Plan(ref foreseen[item - chunkWork], item->Hash);

        for (FlowWork<TKey>* item = chunkWork; item < work; item++)
            if (item->Line == FlowLines.None) decide.Ahead.Prepare(in foreseen[item - chunkWork]);
    }

    /// <summary>The line of a packet whose candidate was not its own; a session is made where the policy wants one.</summary>
    /// <returns>The line, or none where the packet has been disposed of.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint ResolveSlow(Packet* packet, FlowWork<TKey>* item)
    {
        uint index = table.ResolveSlow(item->Key, item->Hash);
        if (index != FlowLines.None) return index;
        return item->Line == FlowLines.None ? decide.First(packet, in foreseen[item - chunkWork]) : decide.First(packet, TFlow.PartsOf(in item->Key));
    }

    /// <summary>A line of another generation, or idle longer than its time: still good, or the packet begins anew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint RecheckSlow(Packet* packet, FlowWork<TKey>* item, uint index)
    {
        context.TakeRules();
        while (index != FlowLines.None)
        {
            Meeting meeting = decide.Again.Meet(packet, TFlow.Family, index);
            if (meeting == Meeting.Follows) return index;
            if (meeting == Meeting.IsDisposedOf) return FlowLines.None;

            // The line died, by us or by another worker since the probe; a new session may have its key already.
            uint found = table.ResolveSlow(item->Key, item->Hash);
            if (found == index) break;
            index = found;
        }

        return decide.First(packet, TFlow.PartsOf(item->Key));
    }

    /// <summary>New TCP flags of a direction, or what means the same in SCTP: the session's life moves on. False where the packet has been disposed of.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TouchTcpSlow(Packet* packet, FlowWork<TKey>* item, uint index, uint flags, NextHop* next)
    {
        (uint sequence, uint acknowledgement) = LifeWords.Of(packet);
        switch (context.Store.TouchTcpSlow(TFlow.Family, index, flags, sequence, acknowledgement, context.Now))
        {
            case TcpOutcome.Reset:
                // A reset is passed on and counted, but prolongs nothing and acknowledges nothing.
                Forward(packet, item, index, next);
                return false;

            case TcpOutcome.Reopened:
                // The same tuple begins again while the old session closes: that one ends, and this packet is judged as a new one.
                context.Store.End(context.Sessions, TFlow.Family, index, EndReason.Reopened, context.Now);
                index = decide.First(packet, TFlow.PartsOf(item->Key));
                if (index == FlowLines.None) return false;
                next = context.Delivery.CheckSlow<TPacket, TFlow, TKey, TLine>(packet, table.Line(index));
                if (next != null) Forward(packet, item, index, next);
                return false;

            default:
                return true;
        }
    }

    private void Forward(Packet* packet, FlowWork<TKey>* item, uint index, NextHop* next)
    {
        TLine* line = table.Line(index);
        TFlow.StateOf(line)->Count((uint)packet->L3Length);
        packet->Session = index;
        TPacket.Rewrite(packet, line, item->Key);
        context.Delivery.Send(packet, next);
    }
}
