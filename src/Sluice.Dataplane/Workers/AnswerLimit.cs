namespace Sluice.Dataplane.Workers;

/// <summary>A token bucket for the errors that a worker makes (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).</summary>
internal sealed class AnswerLimit
{
    private const uint PerSecond = 1000;
    private const uint Burst = 200;
    private const uint MillisecondsPerToken = 1000 / PerSecond;

    private uint tokens = Burst;
    private uint filled;

    /// <summary>Takes one token if there is one.</summary>
    public bool TryTake(uint now)
    {
        uint gained = (now - filled) / MillisecondsPerToken;
        if (gained != 0)
        {
            tokens = gained >= Burst ? Burst : Math.Min(Burst, tokens + gained);
            filled = now;
        }

        if (tokens == 0) return false;
        tokens--;
        return true;
    }
}
