namespace Sluice.Sessions;

/// <summary>What the tables of both families have in common.</summary>
internal sealed unsafe class SharedTables : IDisposable
{
    /// <summary>Distinct pool definitions at most, over all reloads.</summary>
    public const int PoolLimit = ushort.MaxValue;

    // A locked instruction for each session waits for the stores of the session before.
    private const uint NumbersAtOnce = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<PoolDefinition, Pool> pools = [];
    private readonly Pool?[] poolsById = new Pool?[PoolLimit + 1];
    private readonly int maxPublicAddresses;

    public SharedTables(SessionStoreOptions options)
    {
        var random = new RandomSource(options.Seed, stream: 0);
        Secret = new HashSecret(random.Next(), random.Next());
        maxPublicAddresses = options.MaxPublicAddresses;
        Epochs = new Epochs(options.Workers + 1);
        Capacity = new Credits(options.Capacity, options.Workers + 1);
        Durations = new DurationTable();
        Timers = new TimerSets(Durations);
        Addresses = new PublicAddresses(options.MaxPublicAddresses, Secret);
        Claims = new PortClaims(Addresses);
        Hosts = new HostTable(options.Capacity, Epochs, Secret);
        Affinity = new AffinityTable(options.Affinities, Epochs, Secret);
        if (options.ExactExpiry) Due = new DueQueue();
    }

    /// <summary>The key of every hash.</summary>
    public readonly HashSecret Secret;

    public Epochs Epochs { get; }

    /// <summary>Sessions that may still be made.</summary>
    public Credits Capacity { get; }

    public DurationTable Durations { get; }

    public TimerSets Timers { get; }

    public PublicAddresses Addresses { get; }

    public PortClaims Claims { get; }

    public HostTable Hosts { get; }

    public AffinityTable Affinity { get; }

    public AccountTable Accounts { get; } = new();

    /// <summary>What falls due, if the store is to be exact.</summary>
    public DueQueue? Due { get; }

    public PoolEvents Events { get; } = new();

    /// <summary>Sessions ended, by reason.</summary>
    public long[] Ended { get; } = new long[Enum.GetValues<EndReason>().Length];

    /// <summary>How often a port or a pair came free: whoever found none need not search again until this changes.</summary>
    public long PortsFreed;

    /// <summary>The last session number given to a worker.</summary>
    private ulong lastNumber;

    /// <summary>Session numbers for a worker, the first of so many; in the order of creation where time is exact, so that numbers are the same however many workers there are.</summary>
    public ulong TakeNumbers(out uint count)
    {
        count = Due is null ? NumbersAtOnce : 1;
        return Interlocked.Add(ref lastNumber, count) - count + 1;
    }

    /// <summary>The pool of a number; null for 0.</summary>
    public Pool? PoolOf(ushort id) => poolsById[id];

    /// <summary>All pools, by number.</summary>
    public IEnumerable<Pool> Pools
    {
        get
        {
            for (int id = 1; id <= PoolLimit && poolsById[id] is { } pool; id++) yield return pool;
        }
    }

    /// <summary>The pool of a definition.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="PoolLimit"/> distinct definitions.</exception>
    public Pool PoolFor(PoolDefinition definition)
    {
        lock (gate)
        {
            if (pools.TryGetValue(definition, out Pool? existing)) return existing;
            if (pools.Count == PoolLimit) throw new InvalidOperationException($"There have been more than {PoolLimit} distinct pools.");
            var pool = new Pool(definition, (ushort)(pools.Count + 1), Addresses, Events, Secret, maxPublicAddresses);
            pools.Add(definition, pool);
            Volatile.Write(ref poolsById[pool.Id], pool);
            return pool;
        }
    }

    public void Dispose()
    {
        Due?.Dispose();
        Accounts.Dispose();
        Affinity.Dispose();
        Hosts.Dispose();
        Addresses.Dispose();
        Timers.Dispose();
        Durations.Dispose();
        Capacity.Dispose();
        Epochs.Dispose();
    }
}
