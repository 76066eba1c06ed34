using System.Collections.Concurrent;

namespace Sluice.Cli.Demo;

/// <summary>What the programs on both sides of the demo's gateway have counted. Any thread may count.</summary>
internal sealed class DemoCounts
{
    private readonly ConcurrentDictionary<string, long> sources = new(StringComparer.Ordinal);
    private long httpSent;
    private long httpAnswered;
    private long queriesSent;
    private long queriesAnswered;
    private long pingsSent;
    private long pingsAnswered;
    private long astray;

    public (long Sent, long Answered) Http => (Volatile.Read(ref httpSent), Volatile.Read(ref httpAnswered));

    public (long Sent, long Answered) Queries => (Volatile.Read(ref queriesSent), Volatile.Read(ref queriesAnswered));

    public (long Sent, long Answered) Pings => (Volatile.Read(ref pingsSent), Volatile.Read(ref pingsAnswered));

    /// <summary>Packets to an address that the configuration doesn't allow.</summary>
    public long Astray => Volatile.Read(ref astray);

    /// <summary>The addresses that the server has seen its clients come from.</summary>
    public IReadOnlyList<string> SourcesSeen => [.. sources.Keys.Order(StringComparer.Ordinal)];

    public void CountHttp(bool answered) => Count(ref httpSent, ref httpAnswered, answered);

    public void CountQuery(bool answered) => Count(ref queriesSent, ref queriesAnswered, answered);

    public void CountPing(bool answered) => Count(ref pingsSent, ref pingsAnswered, answered);

    public void CountAstray() => Interlocked.Increment(ref astray);

    public void SeeSource(string address) => sources.AddOrUpdate(address, 1, static (_, n) => n + 1);

    private static void Count(ref long sent, ref long answered, bool wasAnswered)
    {
        Interlocked.Increment(ref sent);
        if (wasAnswered) Interlocked.Increment(ref answered);
    }
}
