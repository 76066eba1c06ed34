namespace Sluice.Dataplane.Routing;

/// <summary>A bounded queue of handles from many workers to one control thread. A full queue refuses; the next packet tries again.</summary>
internal sealed class WantedQueue(int capacity)
{
    // A place holds the handle (never 0) from when it is filled until it is taken.
    private readonly uint[] places = new uint[capacity];
    private uint head;
    private uint tail;

    internal bool TryAdd(uint handle)
    {
        while (true)
        {
            uint at = Volatile.Read(ref head);
            if (at - Volatile.Read(ref tail) >= (uint)places.Length) return false;
            if (Interlocked.CompareExchange(ref head, at + 1, at) != at) continue;
            Volatile.Write(ref places[at % (uint)places.Length], handle);
            return true;
        }
    }

    internal bool TryTake(out uint handle)
    {
        uint at = tail;
        ref uint place = ref places[at % (uint)places.Length];
        handle = Volatile.Read(ref place);
        if (handle == 0) return false;
        Volatile.Write(ref place, 0);
        Volatile.Write(ref tail, at + 1);
        return true;
    }
}
