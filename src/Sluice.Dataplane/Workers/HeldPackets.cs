using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Dataplane.Routing;
using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>Translated packets that wait for their next hop's Ethernet address: at most three for a neighbour and <see cref="Capacity"/> in all, for three seconds.</summary>
internal sealed unsafe class HeldPackets : IDisposable
{
    private const int Capacity = 64;
    private const int PerNeighbor = 3;
    private const uint PatienceMilliseconds = 3000;
    private const int LargestBytes = 2048;
    private const int Stride = Packet.Headroom + LargestBytes;

    private readonly WorkerContext context;
    private readonly Slot* slots;
    private readonly byte* buffers;

    // Slot numbers: those in use first, in the order of arrival, then the free ones.
    private readonly int[] order = [.. Enumerable.Range(0, Capacity)];

    public HeldPackets(WorkerContext context)
    {
        this.context = context;
        slots = (Slot*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Slot));
        buffers = (byte*)NativeMemory.Alloc(Capacity * Stride);
    }

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a copy of a packet whose next hop is not resolved, and has the kernel asked; or drops it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void HoldSlow(Packet* packet, NextHop* next)
    {
        if (!context.WaitsForNeighbors || next->State == NextHopState.Blackhole || packet->L3Length > LargestBytes || !HasRoomFor(next))
        {
            context.Drop(packet, DropReason.NoNeighbor);
            return;
        }

        int free = order[Count++];
        Slot* slot = slots + free;
        slot->Next = next;
        slot->Handle = next->Handle;
        slot->Since = context.Now;
        slot->Packet = *packet;
        byte* copy = buffers + (free * Stride) + Packet.Headroom;
        Unsafe.CopyBlockUnaligned(copy, packet->Data + packet->L3, (uint)packet->L3Length);
        Rebase(&slot->Packet, copy);
        packet->Verdict = Verdict.Hold;
        context.Counters->Held++;
        context.NextHops.Want(next->Handle);
    }

    /// <summary>Sends what can go now, in the order in which it came, and drops what has waited too long. The packets stay valid until the burst's end.</summary>
    public void Poll()
    {
        int waiting = 0;
        Span<int> done = stackalloc int[Capacity];
        int doneCount = 0;
        for (int i = 0; i < Count; i++)
        {
            int number = order[i];
            Slot* slot = slots + number;
            bool isSame = slot->Next->Handle == slot->Handle;
            if (isSame && slot->Next->State == NextHopState.Resolved)
            {
                context.Delivery.Send(&slot->Packet, slot->Next);
            }
            else if (!isSame || slot->Next->State == NextHopState.Blackhole || context.Now - slot->Since > PatienceMilliseconds)
            {
                context.Drop(&slot->Packet, DropReason.NoNeighbor);
            }
            else
            {
                order[waiting++] = number;
                continue;
            }

            done[doneCount++] = number;
            context.Counters->Held--;
        }

        done[..doneCount].CopyTo(order.AsSpan(waiting));
        Count = waiting;
    }

    public void Dispose()
    {
        NativeMemory.Free(slots);
        NativeMemory.Free(buffers);
    }

    private static void Rebase(Packet* packet, byte* l3)
    {
        int moved = packet->L3;
        packet->Data = l3;
        packet->L3 = 0;
        if (packet->L4 != 0) packet->L4 = (ushort)(packet->L4 - moved);
        if ((packet->Flags & PacketFlags.PartialChecksum) != 0) packet->ChecksumStart = (ushort)(packet->ChecksumStart - moved);
        packet->HeaderLength = 0;
    }

    private bool HasRoomFor(NextHop* next)
    {
        if (Count == Capacity) return false;
        int forIt = 0;
        for (int i = 0; i < Count; i++)
            if (slots[order[i]].Next == next) forIt++;
        return forIt < PerNeighbor;
    }

    private struct Slot
    {
        public Packet Packet;
        public NextHop* Next;
        public uint Handle;
        public uint Since;
    }
}
