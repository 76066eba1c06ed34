using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>The packets of a burst that are ready to leave, in order, by link.</summary>
internal sealed unsafe class OutputLists : IDisposable
{
    /// <summary>Packets that a list takes before it must be sent: a burst and what it makes.</summary>
    public const int Capacity = 1024;

    private readonly Packet** packets;
    private readonly int* counts;
    private readonly int links;

    public OutputLists(int links)
    {
        this.links = links;
        packets = (Packet**)NativeMemory.AlignedAlloc((nuint)(links * Capacity * sizeof(Packet*)), 64);
        counts = (int*)NativeMemory.AllocZeroed((nuint)links, sizeof(int));
    }

    /// <summary>Puts a packet on its link's list; false where the list is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(Packet* packet, uint link)
    {
        int count = counts[link];
        if (count == Capacity) return false;
        packets[link * Capacity + (uint)count] = packet;
        counts[link] = count + 1;
        return true;
    }

    /// <summary>How many packets wait for the link.</summary>
    public int CountOf(int link) => counts[link];

    /// <summary>The packets that wait for the link.</summary>
    public Packet** ListOf(int link) => packets + (long)link * Capacity;

    /// <summary>Empties a list.</summary>
    public void Clear(int link) => counts[link] = 0;

    public void Dispose()
    {
        NativeMemory.AlignedFree(packets);
        NativeMemory.Free(counts);
    }
}
