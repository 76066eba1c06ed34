namespace Sluice.Sessions;

// What begins and ends, for those who watch. While nobody does, a session costs one look at a null reference when it is made and when it ends.
public sealed unsafe partial class SessionStore
{
    // Ends that were read before the beginnings that other workers may have written down.
    private readonly List<SessionEvent> early = [];
    private SessionLog[]? logs;

    /// <summary>Events that found a worker's ring full, since the store was made.</summary>
    public long EventsLost => logs?.Sum(static log => log.Lost) ?? 0;

    /// <summary>From now on workers write down what begins and ends. For one reader, who calls this, <see cref="TakeEvents"/> and <see cref="StopEvents"/> in turn.</summary>
    public void StartEvents()
    {
        early.Clear();
        logs ??= Array.ConvertAll(workers, static _ => new SessionLog());
        for (int i = 0; i < workers.Length; i++)
        {
            logs[i].Skip();
            workers[i].Log = logs[i];
        }
    }

    /// <summary>Nobody watches any more.</summary>
    public void StopEvents()
    {
        foreach (SessionWorker worker in workers) worker.Log = null;
    }

    /// <summary>Takes what has been written down, in the order of time, and of a session its beginning before its end, whichever workers they are of.</summary>
    /// <remarks>At most a ring of each worker at once, so a busy writer never keeps the reader here.</remarks>
    public void TakeEvents(List<SessionEvent> events)
    {
        if (logs is null) return;
        int first = events.Count;
        events.AddRange(early);
        early.Clear();

        // What has ended by now has begun before now, and is read below whoever wrote it down; of what ends from here on that isn't sure.
        int[] waiting = Array.ConvertAll(logs, static log => log.Waiting);
        for (int worker = 0; worker < logs.Length; worker++)
        {
            for (int i = 0; i < SessionLog.Capacity && logs[worker].TryTake(out SessionEvent happened); i++)
                (i >= waiting[worker] && happened.IsEnd ? early : events).Add(happened);
        }

        events.Sort(first, events.Count - first, Comparer<SessionEvent>.Create(static (one, other) =>
            one.At != other.At ? (int)(one.At - other.At)
            : one.Number != other.Number ? one.Number.CompareTo(other.Number)
            : one.IsEnd.CompareTo(other.IsEnd)));
    }
}
