using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>An exact limit counted over all workers: a worker keeps a few credits to itself, and nobody is refused while one is left anywhere.</summary>
public sealed unsafe class Credits : IDisposable
{
    private const int Batch = 64;

    private readonly NativeArena arena = new();
    private readonly Slot* slots;
    private readonly Slot* shared;
    private readonly int workers;
    private uint version;

    /// <summary>Makes <paramref name="limit"/> credits for <paramref name="workers"/> workers.</summary>
    public Credits(int limit, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        this.workers = workers;
        Limit = limit;
        slots = arena.Allocate<Slot>((nuint)workers + 1);
        shared = slots + workers;
        shared->Count = limit;
    }

    /// <summary>All credits there are.</summary>
    public int Limit { get; }

    /// <summary>Credits taken at this moment.</summary>
    public int InUse
    {
        get
        {
            int free = 0;
            for (int slot = 0; slot <= workers; slot++) free += Volatile.Read(ref slots[slot].Count);
            return Limit - free;
        }
    }

    /// <summary>Takes a credit; refuses only if there is none.</summary>
    public bool TryTake(int worker) => Take(slots + worker, 1) != 0 || TryTakeSlow(worker);

    /// <summary>Takes as many credits of a worker's own as there are, up to <paramref name="most"/>, with one locked instruction; at least one, unless there is none anywhere.</summary>
    public int TakeUpTo(int worker, int most)
    {
        int taken = Take(slots + worker, most);
        return taken != 0 || !TryTakeSlow(worker) ? taken : 1;
    }

    /// <summary>Gives credits back.</summary>
    public void Return(int worker, int count)
    {
        if (Interlocked.Add(ref slots[worker].Count, count) > 2 * Batch) ShareSlow(worker);
    }

    /// <summary>Gives a credit back.</summary>
    public void Return(int worker)
    {
        if (Interlocked.Increment(ref slots[worker].Count) > 2 * Batch) ShareSlow(worker);
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private bool TryTakeSlow(int worker)
    {
        // Refusals come in floods, so they only read: no credit is in any slot, and none was on its way between two.
        uint before = Volatile.Read(ref version);
        if ((before & 1) == 0 && InUse == Limit)
        {
            Volatile.ReadBarrier();
            if (Volatile.Read(ref version) == before) return false;
        }

        Enter();
        int taken = Take(shared, Batch);
        for (int other = 0; taken == 0 && other < workers; other++) taken = Take(slots + other, 1);
        if (taken > 1) Interlocked.Add(ref slots[worker].Count, taken - 1);
        Leave();
        return taken != 0;
    }

    private void ShareSlow(int worker)
    {
        Enter();
        Interlocked.Add(ref shared->Count, Take(slots + worker, Batch));
        Leave();
    }

    // The version is odd while credits are on their way between slots.
    private void Enter()
    {
        var spin = new SpinWait();
        while (true)
        {
            uint seen = Volatile.Read(ref version);
            if ((seen & 1) == 0 && Interlocked.CompareExchange(ref version, seen + 1, seen) == seen) return;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Leave() => Volatile.Write(ref version, version + 1);

    private static int Take(Slot* slot, int most)
    {
        while (true)
        {
            int count = Volatile.Read(ref slot->Count);
            int take = Math.Min(count, most);
            if (take <= 0) return 0;
            if (Interlocked.CompareExchange(ref slot->Count, count - take, count) == count) return take;
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(0)] public int Count;
    }
}
