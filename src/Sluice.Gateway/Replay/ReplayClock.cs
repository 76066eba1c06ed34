using Sluice.Dataplane;

namespace Sluice.Gateway.Replay;

/// <summary>The clock of a replay: stands between packets, and lets everything fall due on its way to the next.</summary>
/// <remarks>
/// The tables' clock is milliseconds since the replay began, in 32 bits that wrap. A long silence is gone through in steps that are short against the wrap,
/// so no age is ever mistaken.
/// </remarks>
internal sealed class ReplayClock(PacketEngine engine, long startNanoseconds)
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long StepMilliseconds = 1L << 30;

    private readonly long startMilliseconds = startNanoseconds / NanosecondsPerMillisecond;
    private long elapsed;

    /// <summary>The tables' clock.</summary>
    public uint Now => (uint)elapsed;

    /// <summary>Moves on to a stamp. One that lies before the present (a capture out of order) leaves the clock where it is.</summary>
    public void MoveTo(long nanoseconds)
    {
        long target = nanoseconds / NanosecondsPerMillisecond - startMilliseconds;
        while (elapsed < target)
        {
            elapsed = Math.Min(target, elapsed + StepMilliseconds);
            engine.Settle(Now);
        }
    }
}
