namespace Sluice.Sessions;

/// <summary>How large a session store is, and what its choices are drawn from.</summary>
public sealed record SessionStoreOptions
{
    private const int FewestCacheLines = 65_536, MostCacheLines = 1 << 30, FewestAffinities = 65_536;

    private readonly int? cacheLines;
    private readonly int? affinities;

    /// <summary>Sessions at most, over all workers and both families.</summary>
    public int Capacity { get; init; } = 1_000_000;

    /// <summary>Threads that handle packets.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>What port choices and hash keys are drawn from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Cached decisions of stateless rules at most, for each family: by itself one for each direction of as many conversations as <see cref="Capacity"/> says, and never below 65,536.</summary>
    public int CacheLines
    {
        get => cacheLines ?? (int)Math.Clamp(2L * Capacity, FewestCacheLines, MostCacheLines);
        init => cacheLines = value;
    }

    /// <summary>Clients whose backend is remembered at most (<see cref="AffinityTable"/>): by itself as many as <see cref="Capacity"/> says, and never below 65,536.</summary>
    public int Affinities
    {
        get => affinities ?? Math.Max(Capacity, FewestAffinities);
        init => affinities = value;
    }

    /// <summary>Pairs of lines above <see cref="Capacity"/> for those that wait for readers; see <see cref="FlowTableLimits.Spare"/>.</summary>
    public int SpareLines { get; init; } = FlowTableLimits.DefaultSpare;

    /// <summary>Public addresses that may be in use at once, over all pools.</summary>
    public int MaxPublicAddresses { get; init; } = 65_536;

    /// <summary>Whether every due time is kept in order, so that <see cref="SessionStore.ExpireUpTo"/> ends each session exactly when it is due: for virtual time, with one worker thread at a time.</summary>
    public bool ExactExpiry { get; init; }
}
