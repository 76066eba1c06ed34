using System.Numerics;

namespace Sluice.Links.Kernel;

/// <summary>A queue of fixed size for any number of writers and readers, without locks and without allocation (Vyukov's bounded queue).</summary>
/// <remarks>Each slot has a turn number: equal to the position when it may be written, one more when it may be read.</remarks>
internal sealed class BoundedQueue<T>
    where T : struct
{
    private readonly Slot[] _slots;
    private readonly uint _mask;
    private uint _head;
    private uint _tail;

    /// <summary>Makes a queue of at least <paramref name="capacity"/> places.</summary>
    public BoundedQueue(int capacity)
    {
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = (uint)_slots.Length - 1;
        for (uint i = 0; i < _slots.Length; i++) _slots[i].Turn = i;
    }

    /// <summary>Appends an item; false when the queue is full.</summary>
    public bool TryAdd(in T item)
    {
        while (true)
        {
            uint tail = Volatile.Read(ref _tail);
            ref Slot slot = ref _slots[tail & _mask];
            int ahead = (int)(Volatile.Read(ref slot.Turn) - tail);
            if (ahead < 0) return false;
            if (ahead > 0 || Interlocked.CompareExchange(ref _tail, tail + 1, tail) != tail) continue;
            slot.Item = item;
            Volatile.Write(ref slot.Turn, tail + 1);
            return true;
        }
    }

    /// <summary>Takes the oldest item; false when there is none.</summary>
    public bool TryTake(out T item)
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            ref Slot slot = ref _slots[head & _mask];
            int ahead = (int)(Volatile.Read(ref slot.Turn) - (head + 1));
            if (ahead < 0)
            {
                item = default;
                return false;
            }

            if (ahead > 0 || Interlocked.CompareExchange(ref _head, head + 1, head) != head) continue;
            item = slot.Item;
            Volatile.Write(ref slot.Turn, head + _mask + 1);
            return true;
        }
    }

    private struct Slot
    {
        public uint Turn;
        public T Item;
    }
}
