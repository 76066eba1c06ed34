using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>What one worker made and ended: a ring in native memory with one writer, the worker, and one reader, whoever watches. Neither waits for the other.</summary>
internal sealed unsafe class SessionLog : IDisposable
{
    /// <summary>Events that wait to be read.</summary>
    public const int Capacity = 8192;

    private readonly SessionEvent* ring = (SessionEvent*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(SessionEvent), 64);
    private uint written;
    private uint read;
    private long lost;

    /// <summary>Events that found the ring full.</summary>
    public long Lost => Volatile.Read(ref lost);

    /// <summary>Events that wait, for the reader.</summary>
    public int Waiting => (int)(Volatile.Read(ref written) - read);

    /// <summary>Writes one down, for the writer.</summary>
    public void Add(in SessionEvent happened)
    {
        if (written - Volatile.Read(ref read) == Capacity)
        {
            Volatile.Write(ref lost, lost + 1);
            return;
        }

        ring[written % Capacity] = happened;
        Volatile.Write(ref written, written + 1);
    }

    /// <summary>Takes the oldest, for the reader.</summary>
    public bool TryTake(out SessionEvent happened)
    {
        happened = default;
        if (read == Volatile.Read(ref written)) return false;
        happened = ring[read % Capacity];
        Volatile.Write(ref read, read + 1);
        return true;
    }

    /// <summary>Forgets what waits, for the reader: a new watcher isn't told of what was before it.</summary>
    public void Skip() => Volatile.Write(ref read, Volatile.Read(ref written));

    public void Dispose() => NativeMemory.AlignedFree(ring);
}
