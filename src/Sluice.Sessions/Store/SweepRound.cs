namespace Sluice.Sessions;

/// <summary>The pace of the sweep: a round over everything takes a second, shared by all workers, in small pieces between chunks of packets.</summary>
internal sealed class SweepRound
{
    /// <summary>What a round takes.</summary>
    public const uint Milliseconds = 1000;

    private int gate;
    private bool begun;
    private uint start;
    private long total;
    private long position;

    /// <summary>Takes the next piece of the round, if this worker is the one to do it and there is something to do by now.</summary>
    /// <param name="now">The clock.</param>
    /// <param name="most">Lines at most.</param>
    /// <param name="size">How many lines there are, for a new round.</param>
    /// <param name="from">The first line of the piece.</param>
    /// <param name="count">Lines of the piece.</param>
    public bool TryEnter(uint now, int most, long size, out long from, out int count)
    {
        (from, count) = (0, 0);
        if (Volatile.Read(ref gate) != 0 || Interlocked.CompareExchange(ref gate, 1, 0) != 0) return false;
        uint elapsed = now - start;
        if (!begun || (position >= total && elapsed >= Milliseconds))
        {
            (begun, start, total, position, elapsed) = (true, now, size, 0, 0);
        }

        long wanted = elapsed >= Milliseconds || (int)elapsed < 0 ? total : ((total * elapsed) / Milliseconds) + 1;
        from = position;
        count = (int)Math.Min(most, Math.Min(wanted, total) - position);
        if (count > 0) return true;
        count = 0;
        Leave(0);
        return false;
    }

    /// <summary>The piece is done.</summary>
    public void Leave(int swept)
    {
        position += swept;
        Volatile.Write(ref gate, 0);
    }
}
