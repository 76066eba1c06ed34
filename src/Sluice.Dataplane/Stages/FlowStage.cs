using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Dataplane.Routing;
using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>
/// Finds the session of packets with ports and rewrites them: the fast path of one family. Each pass prefetches what the next one touches;
/// whatever is not the common case is in a slow twin.
/// </summary>
/// <typeparam name="TPacket">The packet's side of the family.</typeparam>
/// <typeparam name="TFlow">The table's side of the family.</typeparam>
/// <typeparam name="TKey">The flow key.</typeparam>
/// <typeparam name="TLine">The flow line.</typeparam>
internal sealed unsafe class FlowStage<TPacket, TFlow, TKey, TLine> : IDisposable
    where TPacket : struct, IPacketFamily<TKey, TLine>
    where TFlow : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    /// <summary>Packets in a chunk: long enough to hide a memory access, short enough that what was prefetched is still there.</summary>
    public const int Chunk = 64;

    private readonly WorkerContext context;
    private readonly FlowView<TFlow, TKey, TLine> view;
    private readonly MissStage<TPacket, TFlow, TKey, TLine> misses;
    private readonly FlowWork<TKey>* work;

    public FlowStage(WorkerContext context, FlowTable<TFlow, TKey, TLine> table, Decide decide)
    {
        this.context = context;
        view = table.View;
        misses = new MissStage<TPacket, TFlow, TKey, TLine>(context, table, decide);
        work = (FlowWork<TKey>*)NativeMemory.AlignedAlloc((nuint)(Chunk * sizeof(FlowWork<TKey>)), 64);
    }

    public void Dispose() => NativeMemory.AlignedFree(work);

    /// <summary>Pass 1, for one packet of the chunk: its key, its hash, and its bucket on the way to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadKey(Packet* packet, int i)
    {
        FlowWork<TKey>* item = work + i;
        TPacket.ReadKey(packet, out item->Key);
        view.Prepare(ref *item);
    }

    /// <summary>Pass 2, for the whole chunk: the likely line of each packet, on its way to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Probe(Packet* packets, int count)
    {
        int missing = 0;
        for (int i = 0; i < count; i++)
        {
            if (packets[i].Kind != TPacket.Kind) continue;
            view.Probe(ref work[i]);
            if (work[i].Line == FlowLines.None) missing++;
        }

        if (missing != 0) misses.PrepareSlow(packets, work, count);
    }

    /// <summary>Pass 3, for the run of this family's packets from <paramref name="start"/> on: age, account, rewrite, and the header of the next link.</summary>
    /// <returns>The index behind the run.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Finish(Packet* packets, int start, int count)
    {
        TLine* lines = view.Lines;
        int i = start;
        for (; i < count; i++)
        {
            Packet* packet = packets + i;
            if (packet->Kind != TPacket.Kind) break;
            FlowWork<TKey>* item = work + i;
            uint index = item->Line;
            TLine* line = lines + index;
            if (index == FlowLines.None || !TFlow.Matches(line, item->Key))
            {
                index = misses.ResolveSlow(packet, item);
                if (index == FlowLines.None) continue;
                line = lines + index;
            }

            FlowState* state = TFlow.StateOf(line);
            if (state->Generation != context.Generation || context.Now - state->LastSeen > context.IdleMilliseconds[state->Timer])
            {
                index = misses.RecheckSlow(packet, item, index);
                if (index == FlowLines.None) continue;
                line = lines + index;
                state = TFlow.StateOf(line);
            }

            NextHop* next = context.NextHops.At(state->NextHop);
            if (next->Handle != state->NextHop || packet->Ttl < 2 || packet->L3Length > next->Mtu)
            {
                next = context.Delivery.CheckSlow<TPacket, TFlow, TKey, TLine>(packet, line);
                if (next == null) continue;
            }

            // FIN, SYN, RST and ACK as FlowState.Seen holds them; nothing but TCP has any.
            uint flags = packet->TcpFlags;
            flags = (flags & 7) | (flags >> 1 & 8);
            if ((flags & (7u | ~(uint)state->Seen)) != 0 && !misses.TouchTcpSlow(packet, item, index, flags, next)) continue;

            Account(packet, state, acknowledges: flags >> 3);
            packet->Session = index;
            TPacket.Rewrite(packet, line, item->Key);
            context.Delivery.Send(packet, next);
        }

        return i;
    }

    /// <summary>Rewrites an ICMP error about a packet of this family; false where no live session is behind it.</summary>
    public bool TryTranslateError(Packet* packet) => misses.TryTranslateErrorSlow(packet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Account(Packet* packet, FlowState* state, uint acknowledges)
    {
        // Both writes are made always, with the old value where nothing is to change: what arrives is random, and a jump is dearer.
        uint keep = 0u - ((uint)state->Conduct & (uint)FlowConduct.NoRefresh);
        state->LastSeen = (state->LastSeen & keep) | (context.Now & ~keep);
        state->Count((uint)packet->L3Length);

        // The acknowledgement stands eight bytes into a TCP header; anything else reads its own first word and throws it away.
        uint word = Unsafe.ReadUnaligned<uint>(packet->Data + packet->L4 + 8 * acknowledges);
        uint take = 0u - acknowledges;
        state->Acknowledged = (System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word) & take) | (state->Acknowledged & ~take);
    }
}
