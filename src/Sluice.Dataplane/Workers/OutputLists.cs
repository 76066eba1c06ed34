using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>The packets of a burst that are ready to leave, in order, by link; and which links have any.</summary>
internal sealed unsafe class OutputLists : IDisposable
{
    /// <summary>Packets that a list takes before it must be sent: a burst and what it makes.</summary>
    public const int Capacity = 1024;

    // Lists that begin a power of two apart would share one set of the cache.
    private const int Stride = Capacity + 8;

    private readonly Packet** packets;
    private readonly int* counts;
    private readonly ushort* waiting;
    private int waitingCount;

    public OutputLists(int links)
    {
        packets = (Packet**)NativeMemory.AlignedAlloc((nuint)(links * Stride * sizeof(Packet*)), 64);
        counts = (int*)NativeMemory.AllocZeroed((nuint)links, sizeof(int));
        waiting = (ushort*)NativeMemory.AllocZeroed((nuint)links, sizeof(ushort));
    }

    /// <summary>Links for which packets wait, in the order of their first packet.</summary>
    public ReadOnlySpan<ushort> Waiting => new(waiting, waitingCount);

    /// <summary>The lists as a loop without calls adds to them.</summary>
    public Tails Ends => new(packets, counts);

    /// <summary>Puts a packet on its link's list; false where the list is full.</summary>
    public bool TryAdd(Packet* packet, uint link)
    {
        int count = counts[link];

        // Both ends of a list in one comparison: empty, where the link is to be noted, and full.
        if ((uint)(count - 1) >= Capacity - 1) return TryAddSlow(packet, link, count);
        packets[(link * Stride) + (uint)count] = packet;
        counts[link] = count + 1;
        return true;
    }

    /// <summary>How many packets wait for the link.</summary>
    public int CountOf(int link) => counts[link];

    /// <summary>The packets that wait for the link.</summary>
    public Packet** ListOf(int link) => packets + ((long)link * Stride);

    /// <summary>Empties all lists.</summary>
    public void Clear()
    {
        for (int i = 0; i < waitingCount; i++) counts[waiting[i]] = 0;
        waitingCount = 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(packets);
        NativeMemory.Free(counts);
        NativeMemory.Free(waiting);
    }

    /// <summary>Where the next packets go: a value, so that a loop keeps it in registers.</summary>
    internal readonly struct Tails(Packet** packets, int* counts)
    {
        /// <summary>Whether the list has a first packet, with which its link was noted, and room for another.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TakesMore(uint link) => (uint)(counts[link] - 1) < Capacity - 1;

        /// <summary>Puts a packet on a list that takes more.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Packet* packet, uint link) => packets[(link * Stride) + (uint)counts[link]++] = packet;
    }

    private bool TryAddSlow(Packet* packet, uint link, int count)
    {
        if (count == Capacity) return false;
        waiting[waitingCount++] = (ushort)link;
        packets[link * Stride] = packet;
        counts[link] = 1;
        return true;
    }
}
