using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>Quiescent states: tells when no worker can still hold a line that was taken out of a table.</summary>
/// <remarks>
/// <para>A worker calls <see cref="Pass"/> between bursts: what it found before, it forgets. Who retires lines calls <see cref="Advance"/> after
/// taking them out; once <see cref="Oldest"/> has reached that number, every worker has passed since, and the lines may be used again.</para>
/// <para>Every thread that reads or writes a table has a slot of its own. A worker that may block parks first, so that it holds nobody up, and
/// unparks before it touches a table again; a slot starts parked. Tables that the same workers use share one object.</para>
/// </remarks>
public sealed unsafe class Epochs : IDisposable
{
    private const ulong Parked = ulong.MaxValue;

    private readonly NativeArena arena = new();
    private readonly Slot* slots;
    private readonly Slot* current;

    /// <summary>Makes slots for <paramref name="workers"/> threads.</summary>
    public Epochs(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Workers = workers;
        slots = arena.Allocate<Slot>((nuint)workers + 1);
        current = slots + workers;
        current->Epoch = 1;
        for (int worker = 0; worker < workers; worker++) slots[worker].Epoch = Parked;
    }

    /// <summary>How many threads have a slot.</summary>
    public int Workers { get; }

    /// <summary>A burst boundary: the worker holds no line, bucket or index that it found before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pass(int worker) => Volatile.Write(ref slots[worker].Epoch, Volatile.Read(ref current->Epoch));

    /// <summary>The worker will not touch the tables until it unparks; holds nobody up.</summary>
    public void Park(int worker) => Volatile.Write(ref slots[worker].Epoch, Parked);

    /// <summary>The worker is about to touch the tables again.</summary>
    public void Unpark(int worker)
    {
        Pass(worker);

        // Either the reclaimer sees this slot, or this worker sees the tags that the reclaimer cleared.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Begins a new epoch and returns its number: lines taken out before may be reused when <see cref="Oldest"/> has reached it.</summary>
    public ulong Advance() => Interlocked.Increment(ref current->Epoch);

    /// <summary>The oldest epoch that a worker may still be in; the greatest number of all if every worker is parked.</summary>
    public ulong Oldest()
    {
        ulong oldest = Parked;
        for (int worker = 0; worker < Workers; worker++) oldest = Math.Min(oldest, Volatile.Read(ref slots[worker].Epoch));
        return oldest;
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    // Two cache lines each: neighbours pulled in by the prefetcher must not be another worker's.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(0)] public ulong Epoch;
    }
}
