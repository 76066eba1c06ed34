using Sluice.Dataplane;

namespace Sluice.Gateway.Replay;

/// <summary>The clock of a replay: stands between packets, and lets everything fall due on its way to the next. Whoever asks the gateway for the time is told this one.</summary>
/// <remarks>
/// The tables' clock is milliseconds since the replay began, in 32 bits that wrap. A long silence is gone through in steps that are short against the wrap,
/// so no age is ever mistaken.
/// </remarks>
internal sealed class ReplayClock : TimeProvider
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long StepMilliseconds = 1L << 30;

    private long? startMilliseconds;
    private long elapsed;

    /// <summary>The tables' clock.</summary>
    public uint Now => (uint)elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => 1000;

    /// <inheritdoc/>
    public override long GetTimestamp() => elapsed;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((startMilliseconds ?? 0) + elapsed);

    /// <summary>Moves on to a stamp: the first one is where the clock begins, since nothing lives before it. One that lies before the present (a capture out of order) leaves the clock where it is.</summary>
    public void MoveTo(long nanoseconds, PacketEngine engine)
    {
        long milliseconds = nanoseconds / NanosecondsPerMillisecond;
        startMilliseconds ??= milliseconds;
        long target = milliseconds - startMilliseconds.Value;
        while (elapsed < target)
        {
            elapsed = Math.Min(target, elapsed + StepMilliseconds);
            engine.Settle(Now);
        }
    }
}
