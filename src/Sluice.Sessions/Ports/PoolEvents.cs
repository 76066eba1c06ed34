using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>What happened to a pool.</summary>
public enum PoolEventKind : byte
{
    /// <summary>A host's public address was full; it was given another.</summary>
    AddressFull,

    /// <summary>No address of the pool had a free port for a host.</summary>
    Exhausted,
}

/// <summary>One thing that happened to a pool.</summary>
/// <param name="Kind">What.</param>
/// <param name="Pool">Which pool.</param>
/// <param name="Realm">The inside host's realm.</param>
/// <param name="Host">The inside host.</param>
/// <param name="At">When, by the coarse clock.</param>
public readonly record struct PoolEvent(PoolEventKind Kind, Pool Pool, ushort Realm, IpAddress Host, uint At);

/// <summary>The last events of all pools, and how many there were. Who writes never waits; an event that comes while another is written is only counted.</summary>
public sealed class PoolEvents
{
    /// <summary>Events kept.</summary>
    public const int Kept = 256;

    private readonly PoolEvent[] ring = new PoolEvent[Kept];
    private readonly long[] counts = new long[2];
    private int gate;
    private long written;

    /// <summary>How many of a kind there were.</summary>
    public long CountOf(PoolEventKind kind) => Volatile.Read(ref counts[(int)kind]);

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyList<PoolEvent> Latest()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref gate, 1, 0) != 0) spin.SpinOnce();
        var latest = new List<PoolEvent>();
        for (long i = Math.Max(0, written - Kept); i < written; i++) latest.Add(ring[i % Kept]);
        Volatile.Write(ref gate, 0);
        return latest;
    }

    internal void Add(PoolEventKind kind, Pool pool, ushort realm, IpAddress host, uint now)
    {
        Interlocked.Increment(ref counts[(int)kind]);
        if (Interlocked.CompareExchange(ref gate, 1, 0) != 0) return;
        ring[written++ % Kept] = new PoolEvent(kind, pool, realm, host, now);
        Volatile.Write(ref gate, 0);
    }
}
