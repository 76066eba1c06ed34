namespace Sluice.Sessions;

// What begins and ends, for those who watch. While nobody does, a session costs one look at a null reference when it is made and when it ends.
public sealed unsafe partial class SessionStore
{
    private SessionLog[]? logs;

    /// <summary>Events that found a worker's ring full, since the store was made.</summary>
    public long EventsLost => logs?.Sum(static log => log.Lost) ?? 0;

    /// <summary>From now on workers write down what begins and ends. For one reader, who calls this, <see cref="TakeEvents"/> and <see cref="StopEvents"/> in turn.</summary>
    public void StartEvents()
    {
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

    /// <summary>Takes what has been written down, each worker's in its order: at most a ring of each, so a busy writer never keeps the reader here.</summary>
    public void TakeEvents(ICollection<SessionEvent> events)
    {
        if (logs is null) return;
        foreach (SessionLog log in logs)
            for (int i = 0; i < SessionLog.Capacity && log.TryTake(out SessionEvent happened); i++) events.Add(happened);
    }
}
