namespace Sluice.Gateway.Composition;

/// <summary>Rates of counters that are read about once a second, smoothed: the slope of the straight line that fits the last samples best.</summary>
/// <typeparam name="TKey">What a counter is known by.</typeparam>
/// <remarks>Belongs to one thread. A counter that isn't in a sample any more is forgotten.</remarks>
internal sealed class RateMeter<TKey>
    where TKey : notnull
{
    /// <summary>Samples that a rate is made of: short enough to follow a change within seconds.</summary>
    public const int SamplesMax = 10;

    private readonly Queue<double> times = new();
    private readonly Dictionary<TKey, Queue<Counts>> samples = [];

    /// <summary>Takes a sample.</summary>
    /// <param name="seconds">When, on a clock that never goes back.</param>
    /// <param name="counters">The counters as they are.</param>
    public void Sample(double seconds, IEnumerable<(TKey Key, ulong Packets, ulong Bytes)> counters)
    {
        times.Enqueue(seconds);
        if (times.Count > SamplesMax) times.Dequeue();
        var seen = new HashSet<TKey>();
        foreach ((TKey key, ulong packets, ulong bytes) in counters)
        {
            seen.Add(key);
            if (!samples.TryGetValue(key, out Queue<Counts>? queue)) samples[key] = queue = new Queue<Counts>();
            queue.Enqueue(new Counts(packets, bytes));
            while (queue.Count > times.Count) queue.Dequeue();
        }

        foreach (TKey gone in samples.Keys.Where(key => !seen.Contains(key)).ToArray()) samples.Remove(gone);
    }

    /// <summary>Bytes and packets a second; 0 where there are no two samples.</summary>
    public (double Bytes, double Packets) RateOf(TKey key)
    {
        if (!samples.TryGetValue(key, out Queue<Counts>? queue) || queue.Count == 0) return (0, 0);

        // A counter that began later counted nothing before: its missing samples are 0.
        Counts[] counts = [.. Enumerable.Repeat(default(Counts), times.Count - queue.Count), .. queue];
        double[] at = [.. times];
        return (Slope(at, [.. counts.Select(c => (double)c.Bytes)]), Slope(at, [.. counts.Select(c => (double)c.Packets)]));
    }

    private static double Slope(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), sum = 0, squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
        }

        return squares == 0 ? 0 : Math.Max(0, sum / squares);
    }

    private readonly record struct Counts(ulong Packets, ulong Bytes);
}
