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
        if (!context.WaitsForNeighbors || next->State == NextHopState.Blackhole || packet->L3Length > LargestBytes || !TryFind(next, out int free))
        {
            context.Drop(packet, DropReason.NoNeighbor);
            return;
        }

        Slot* slot = slots + free;
        slot->Used = true;
        slot->Next = next;
        slot->Handle = next->Handle;
        slot->Since = context.Now;
        slot->Packet = *packet;
        byte* copy = buffers + free * Stride + Packet.Headroom;
        Unsafe.CopyBlockUnaligned(copy, packet->Data + packet->L3, (uint)packet->L3Length);
        Rebase(&slot->Packet, copy);
        packet->Verdict = Verdict.Hold;
        context.Counters->Held++;
        Count++;
        context.NextHops.Want(next->Handle);
    }

    /// <summary>Sends what can go now and drops what has waited too long. The packets stay valid until the burst's end.</summary>
    public void Poll()
    {
        if (Count == 0) return;
        for (int i = 0; i < Capacity; i++)
        {
            Slot* slot = slots + i;
            if (!slot->Used) continue;
            if (slot->Next->Handle == slot->Handle && slot->Next->State == NextHopState.Resolved) context.Delivery.Send(&slot->Packet, slot->Next);
            else if (slot->Next->Handle != slot->Handle || slot->Next->State == NextHopState.Blackhole || context.Now - slot->Since > PatienceMilliseconds) context.Drop(&slot->Packet, DropReason.NoNeighbor);
            else continue;
            slot->Used = false;
            Count--;
            context.Counters->Held--;
        }
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

    private bool TryFind(NextHop* next, out int free)
    {
        free = -1;
        int forIt = 0;
        for (int i = 0; i < Capacity; i++)
        {
            if (!slots[i].Used)
            {
                if (free < 0) free = i;
            }
            else if (slots[i].Next == next)
            {
                forIt++;
            }
        }

        return free >= 0 && forIt < PerNeighbor;
    }

    private struct Slot
    {
        public Packet Packet;
        public NextHop* Next;
        public uint Handle;
        public uint Since;
        public bool Used;
    }
}
