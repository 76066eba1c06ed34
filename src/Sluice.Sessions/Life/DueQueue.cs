using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What falls due, the nearest first: for virtual time, where everything ends exactly when it is due.</summary>
/// <remarks>
/// An entry is a lower bound: whoever takes it out looks at the session or mapping itself, and puts it back if that was used since. So a packet
/// costs nothing here. Times of the 32-bit clock are kept as 64 bits, so order survives the clock's wrap.
/// </remarks>
internal sealed unsafe class DueQueue : IDisposable
{
    private Entry* heap;
    private int capacity = 1024;
    private int count;
    private long reference;
    private bool hasReference;

    public DueQueue() => heap = (Entry*)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(Entry));

    /// <summary>Entries in it.</summary>
    public int Count => count;

    /// <summary>The latest time that <see cref="TryTake"/> was asked for.</summary>
    public uint Clock { get; private set; }

    /// <summary>Puts something in. <paramref name="due"/> is within 24 days of the clock.</summary>
    public void Add(uint due, DueKind kind, uint index, ulong number)
    {
        if (count == capacity)
        {
            capacity *= 2;
            heap = (Entry*)NativeMemory.Realloc(heap, (nuint)capacity * (nuint)sizeof(Entry));
        }

        var entry = new Entry { Due = Extend(due), Number = number, Index = index, Kind = kind };
        int at = count++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (heap[parent].IsBefore(entry)) break;
            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = entry;
    }

    /// <summary>The nearest due time.</summary>
    public bool TryPeek(out uint due)
    {
        due = count == 0 ? 0 : (uint)heap[0].Due;
        return count != 0;
    }

    /// <summary>Sets the clock, and takes out the nearest entry if it is due.</summary>
    public bool TryTake(uint now, out DueKind kind, out uint index, out ulong number)
    {
        long extended = Extend(now);
        if (extended > reference) reference = extended;
        Clock = now;
        (kind, index, number) = (default, 0, 0);
        if (count == 0 || heap[0].Due > extended) return false;
        (kind, index, number) = (heap[0].Kind, heap[0].Index, heap[0].Number);
        Entry last = heap[--count];
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= count) break;
            if (child + 1 < count && heap[child + 1].IsBefore(heap[child])) child++;
            if (last.IsBefore(heap[child])) break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return true;
    }

    // 64 bits of time, told from 32 by their nearness to the last time heard of.
    private long Extend(uint time)
    {
        if (!hasReference) (reference, hasReference) = (time, true);
        return reference + (int)(time - (uint)reference);
    }

    public void Dispose()
    {
        NativeMemory.Free(heap);
        heap = null;
        count = 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public long Due;
        public ulong Number;
        public uint Index;
        public DueKind Kind;

        // Equal times are taken in the order of their numbers, so that a run repeats itself.
        public readonly bool IsBefore(in Entry other) => Due < other.Due || (Due == other.Due && Number < other.Number);
    }
}

/// <summary>What an entry of a <see cref="DueQueue"/> names.</summary>
internal enum DueKind : byte
{
    /// <summary>An IPv4 session.</summary>
    Session4,

    /// <summary>An IPv6 session.</summary>
    Session6,

    /// <summary>A resting mapping of an IPv4 endpoint.</summary>
    Mapping4,

    /// <summary>A resting mapping of an IPv6 endpoint.</summary>
    Mapping6,
}
