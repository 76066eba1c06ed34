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
    private FlowWork<TKey>* next;
    private int taken;

    public FlowStage(WorkerContext context, FlowTable<TFlow, TKey, TLine> table, Decide decide)
    {
        this.context = context;
        view = table.View;
        misses = new MissStage<TPacket, TFlow, TKey, TLine>(context, table, decide);
        work = (FlowWork<TKey>*)NativeMemory.AlignedAlloc((nuint)(Chunk * sizeof(FlowWork<TKey>)), 64);
    }

    public void Dispose() => NativeMemory.AlignedFree(work);

    /// <summary>Begins a chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Intake Begin() => new(view, work);

    /// <summary>The chunk's packets of this family have been taken in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accept(in Intake intake)
    {
        taken = (int)(intake.Next - work);
        next = work;
    }

    /// <summary>Pass 2, for the whole chunk: the likely line of each packet, on its way to the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Probe(Packet* chunk, Packet* chunkEnd)
    {
        FlowView<TFlow, TKey, TLine> local = view;
        FlowWork<TKey>* end = work + taken;
        uint missing = 0;
        for (FlowWork<TKey>* item = work; item < end; item++)
        {
            local.Probe(ref *item);

            // "No line" is the greatest number: one more is 0, and carries.
            missing += (uint)(((ulong)item->Line + 1) >> 32);
        }

        if (missing != 0) misses.PrepareSlow(chunk, chunkEnd, work);
    }

    /// <summary>Pass 3, for the run of this family's packets that begins at <paramref name="packet"/>: age, account, rewrite, and the header of the next link.</summary>
    /// <returns>The first packet behind the run.</returns>
    public Packet* Finish(Packet* packet, Packet* end)
    {
        while (true)
        {
            packet = FinishCommon(packet, end);
            if (packet == end || packet->Kind != TPacket.Kind) return packet;
            FinishOneSlow(packet++, next++);
        }
    }

    /// <summary>Finishes packets in their order, up to the first about which anything is out of the ordinary; that one is not touched.</summary>
    /// <remarks>No call is made in this loop, not even to a cold twin: around a call the compiler keeps what the loop needs on the stack, for every packet.</remarks>
    /// <returns>The packet that the slow twin is to take, or the first behind the run.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Packet* FinishCommon(Packet* packet, Packet* end)
    {
        TLine* lines = view.Lines;
        FlowWork<TKey>* item = next;
        uint now = context.Now, generation = context.Generation;
        uint* idle = context.IdleMilliseconds;
        NextHopView hops = context.NextHops.View;
        OutputLists.Tails outputs = context.Outputs.Ends;
        for (; packet < end && packet->Kind == TPacket.Kind; packet++, item++)
        {
            uint index = item->Line;
            if (index == FlowLines.None) break;
            TLine* line = lines + index;
            FlowState* state = TFlow.StateOf(line);
            if (!TFlow.Matches(line, in item->Key) || state->Generation != generation || now - state->LastSeen > idle[state->Timer]) break;
            NextHop* hop = hops.At(state->NextHop);
            if (hop->Handle != state->NextHop || packet->Ttl < 2 || packet->L3Length > hop->Mtu) break;
            if (hop->State != NextHopState.Resolved || hop->HeaderLength != packet->L3 || !outputs.TakesMore(hop->Link)) break;
            uint flags = FlagsOf(packet);
            if ((flags & (7u | ~(uint)state->Seen)) != 0 || !TransportRewrite.IsTcpOrUdp(packet)) break;

            Account(packet, state, now, acknowledges: flags >> 3);
            packet->Session = SessionOf(index, state);
            TPacket.RewritePorts(packet, line, in item->Key);
            Delivery.Dress(packet, hop);
            outputs.Add(packet, hop->Link);
        }

        next = item;
        return packet;
    }

    /// <summary>Finishes one packet, whatever there is about it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FinishOneSlow(Packet* packet, FlowWork<TKey>* item)
    {
        uint index = item->Line;
        if (index == FlowLines.None || !TFlow.Matches(view.Lines + index, in item->Key))
        {
            index = misses.ResolveSlow(packet, item);
            if (index == FlowLines.None) return;
        }

        uint now = context.Now;
        TLine* line = view.Lines + index;
        FlowState* state = TFlow.StateOf(line);
        if (state->Generation != context.Generation || now - state->LastSeen > context.IdleMilliseconds[state->Timer])
        {
            index = misses.RecheckSlow(packet, item, index);
            if (index == FlowLines.None) return;
            line = view.Lines + index;
            state = TFlow.StateOf(line);
        }

        NextHop* hop = context.NextHops.At(state->NextHop);
        if (hop->Handle != state->NextHop || packet->Ttl < 2 || packet->L3Length > hop->Mtu)
        {
            hop = context.Delivery.CheckSlow<TPacket, TFlow, TKey, TLine>(packet, line);
            if (hop == null) return;
        }

        uint flags = FlagsOf(packet);
        if ((flags & (7u | ~(uint)state->Seen)) != 0 && !misses.TouchTcpSlow(packet, item, index, flags, hop)) return;
        Account(packet, state, now, acknowledges: packet->Protocol == IpProtocol.Tcp ? flags >> 3 : 0);
        packet->Session = SessionOf(index, state);
        TPacket.Rewrite(packet, line, in item->Key);
        context.Delivery.Send(packet, hop);
    }

    // FIN, SYN, RST and ACK as FlowState.Seen holds them; nothing but TCP and SCTP has any.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FlagsOf(Packet* packet) => ((uint)packet->TcpFlags & 7) | ((uint)packet->TcpFlags >> 1 & 8);

    // A cached decision is no session: its packets have no number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SessionOf(uint index, FlowState* state) => index | (0u - ((uint)state->Conduct >> 1 & 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Account(Packet* packet, FlowState* state, uint now, uint acknowledges)
    {
        // Both writes are made always, with the old value where nothing is to change: what arrives is random, and a jump is dearer.
        uint keep = 0u - ((uint)state->Conduct & (uint)FlowConduct.NoRefresh);
        state->LastSeen = (state->LastSeen & keep) | (now & ~keep);
        state->Count((uint)packet->L3Length);

        // The acknowledgement stands eight bytes into a TCP header; anything else reads its own first word and throws it away.
        uint word = Unsafe.ReadUnaligned<uint>(packet->Data + packet->L4 + 8 * acknowledges);
        uint take = 0u - acknowledges;
        state->Acknowledged = (System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word) & take) | (state->Acknowledged & ~take);
    }

    /// <summary>Pass 1: the keys of a chunk's packets of this family, their hashes, and their buckets on the way to the cache.</summary>
    /// <remarks>A value, so that the parsing loop keeps it in registers.</remarks>
    internal struct Intake(FlowView<TFlow, TKey, TLine> view, FlowWork<TKey>* work)
    {
        private readonly FlowView<TFlow, TKey, TLine> view = view;

        /// <summary>Where the next packet's key goes.</summary>
        public FlowWork<TKey>* Next = work;

        /// <summary>Takes in one packet.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(Packet* packet)
        {
            FlowWork<TKey>* item = Next++;
            TPacket.ReadKey(packet, out item->Key);
            view.Prepare(ref *item);
        }
    }
}
