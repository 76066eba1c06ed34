namespace Sluice.Dataplane.Workers;

/// <summary>A token bucket for the packets that a worker makes (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).</summary>
/// <param name="perMillisecond">Tokens that come each millisecond.</param>
/// <param name="burst">Tokens at most.</param>
internal sealed class AnswerLimit(uint perMillisecond = 1, uint burst = 200)
{
    private readonly uint capacity = burst;
    private uint tokens = burst;
    private uint filled;

    /// <summary>Takes so many tokens if there are as many.</summary>
    public bool TryTake(uint now, uint count = 1)
    {
        uint milliseconds = now - filled;
        if (milliseconds != 0)
        {
            tokens = milliseconds >= capacity ? capacity : Math.Min(capacity, tokens + (milliseconds * perMillisecond));
            filled = now;
        }

        if (tokens < count) return false;
        tokens -= count;
        return true;
    }
}
