using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Sluice.Dataplane.Routing;
using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>The session core out of the product's parts: parse, find, age and account, rewrite, next hop's header. Staged in chunks.</summary>
internal sealed unsafe class SessionCore<TCore, TFamily, TKey, TLine> : ICore
    where TCore : struct, ICoreFamily<TKey, TLine>
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    private const int Ahead = 8;
    private const int Chunk = FlowPasses<TFamily, TKey, TLine>.Chunk;

    private readonly FlowTable<TFamily, TKey, TLine> table;
    private readonly CoreContext* context;
    private readonly LinkFrame frame = LinkFrame.Ethernet(FrameBank.GatewayMac);
    private readonly FlowWork<TKey>* works;

    public SessionCore(FlowTable<TFamily, TKey, TLine> table, CoreContext* context, NativeArena arena)
    {
        this.table = table;
        this.context = context;
        works = arena.Allocate<FlowWork<TKey>>(Chunk);
    }

    public string Kind => "core";

    public int Process(Packet* packets, int count)
    {
        int left = 0;
        for (int offset = 0; offset < count; offset += Chunk)
        {
            int chunk = Math.Min(Chunk, count - offset);
            ParsePass(packets + offset, chunk, count - offset);
            FlowPasses<TFamily, TKey, TLine>.Probe(in table.View, new Span<FlowWork<TKey>>(works, chunk));
            int others = RewritePass(packets + offset, works, chunk);
            if (others != 0) left += RewriteOthersSlow(packets + offset, chunk);
        }

        table.Epochs.Pass(0);
        context->Left += (ulong)left;
        return count - left;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ParsePass(Packet* packets, int count, int available)
    {
        FlowView<TFamily, TKey, TLine> view = table.View;
        LinkFrame link = frame;
        FlowWork<TKey>* work = works;
        Packet* end = packets + count, last = packets + available - Ahead;
        for (Packet* packet = packets; packet < end; packet++, work++)
        {
            if (packet < last)
            {
                Sse.Prefetch0(packet[Ahead].Data);
                if (sizeof(TKey) > 16) Sse.Prefetch0(packet[Ahead].Data + 64);
            }

            PacketParser.Parse(packet, in link);
            if (packet->Kind != TCore.Kind) continue;
            TCore.SetKey(packet, ref work->Key);
            view.Prepare(ref *work);
        }
    }

    /// <summary>Rewrites what its candidate fits, and returns how many packets are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RewritePass(Packet* packets, FlowWork<TKey>* work, int count)
    {
        int left = 0;
        CoreContext* local = context;
        Packet* end = packets + count;
        for (Packet* packet = packets; packet < end; packet++, work++)
        {
            TLine* line = (TLine*)local->Lines + work->Line;
            if (work->Line == FlowLines.None || packet->Kind != TCore.Kind || !TFamily.Matches(line, in work->Key))
            {
                left++;
                continue;
            }

            // 6 becomes 1 and 17 becomes 0; the flags are 0 where it is not TCP.
            uint tcp = (uint)packet->Protocol >> 1 & 1;
            uint flags = (packet->TcpFlags & 7u) | ((uint)packet->TcpFlags >> 1 & 8);
            FlowState* state = TFamily.StateOf(line);
            NextHop* hop = local->NextHops + (state->NextHop & local->NextHopMask);
            if (state->Generation != local->Generation
                || local->Now - state->LastSeen > local->IdleMilliseconds[state->Timer]
                || (flags & (7u | ~(uint)state->Seen)) != 0
                || packet->Ttl <= 1
                || hop->Handle != state->NextHop || hop->State != NextHopState.Resolved || packet->L3Length > hop->Mtu)
            {
                left++;
                continue;
            }

            byte* network = packet->Data + packet->L3;
            byte* transport = packet->Data + packet->L4;
            state->LastSeen = local->Now;
            state->Count((uint)packet->L3Length);
            uint acknowledged = BinaryPrimitives.ReverseEndianness(*(uint*)(transport + (8 * tcp)));
            state->Acknowledged ^= (state->Acknowledged ^ acknowledged) & (0 - tcp);

            ulong delta = TCore.Rewrite(network, in work->Key, line, out uint ports);
            *(uint*)transport = ports;
            ushort* field = (ushort*)(transport + 6 + (10 * tcp));
            ushort sum = *field;
            if ((tcp | sum) != 0)
            {
                sum = Checksum.Apply(sum, delta + Checksum.Delta(TCore.PortsOf(in work->Key), ports));
                if ((sum | tcp) == 0) sum = 0xFFFF;
                *field = sum;
            }

            NextHop.WriteHeader(hop, network);
            packet->OutLink = hop->Link;
            packet->Session = work->Line;
            packet->Verdict = Verdict.Forward;
        }

        return left;
    }

    /// <summary>Packets whose candidate was another's, a few in a hundred thousand: looked for in full, out of the way of the passes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int RewriteOthersSlow(Packet* packets, int count)
    {
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            if (packets[i].Verdict == Verdict.Forward) continue;
            works[i].Line = packets[i].Kind == TCore.Kind ? table.ResolveSlow(in works[i].Key, works[i].Hash) : FlowLines.None;
            left += RewritePass(packets + i, works + i, 1);
        }

        return left;
    }
}
