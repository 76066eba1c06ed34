namespace Sluice.Gateway.Tests;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private TimeSpan passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => passed += time;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + passed;

    public override long GetTimestamp() => passed.Ticks;
}
