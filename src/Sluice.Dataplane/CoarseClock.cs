namespace Sluice.Dataplane;

/// <summary>Milliseconds since the dataplane began, as the tables keep them: 32 bits that wrap after 49 days, so ages are differences.</summary>
public sealed class CoarseClock(TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    /// <summary>When the clock began, for people.</summary>
    public DateTimeOffset Began { get; } = time.GetUtcNow();

    /// <summary>The milliseconds now.</summary>
    public uint Now => (uint)(long)time.GetElapsedTime(start).TotalMilliseconds;
}
