using System.Collections.Concurrent;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Objects;

/// <summary>What one program is told of sessions that begin and end. It is told in time or not at all: what it is too slow for is lost, counted and said.</summary>
public sealed class SessionWatch : IDisposable
{
    /// <summary>Events that wait to be taken.</summary>
    public const int Capacity = 4096;

    private readonly ConcurrentQueue<SessionEventView> waiting = new();
    private readonly SessionHub hub;
    private long lost;

    internal SessionWatch(SessionHub hub, SessionFilter filter)
    {
        this.hub = hub;
        Filter = filter;
    }

    internal SessionFilter Filter { get; }

    internal bool IsFull => waiting.Count >= Capacity;

    /// <summary>What happened since the last time, in the order of time. Where events were lost, that is said first.</summary>
    public IReadOnlyList<SessionEventView> Take()
    {
        hub.Carry();
        var taken = new List<SessionEventView>();
        if (Interlocked.Exchange(ref lost, 0) is > 0 and var missing) taken.Add(new SessionEventView("lost", hub.Now, Lost: missing));
        while (taken.Count < Capacity && waiting.TryDequeue(out SessionEventView? next)) taken.Add(next);
        return taken;
    }

    /// <summary>Ends it; where it was the last one the workers write nothing down any more.</summary>
    public void Dispose() => hub.End(this);

    internal void Add(SessionEventView happened) => waiting.Enqueue(happened);

    internal void Lose(long count) => Interlocked.Add(ref lost, count);
}
