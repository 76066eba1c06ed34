namespace Sluice.Gateway.Objects;

/// <summary>What comes first.</summary>
public enum SessionOrder
{
    /// <summary>As the tables hold them: nothing is sorted, so the first ones found are enough.</summary>
    None,

    /// <summary>The smallest number.</summary>
    Number,

    /// <summary>The oldest.</summary>
    Age,

    /// <summary>The longest idle.</summary>
    Idle,

    /// <summary>The one that ends soonest.</summary>
    Ends,

    /// <summary>The most bytes, both ways together.</summary>
    Bytes,

    /// <summary>The most packets, both ways together.</summary>
    Packets,
}

/// <summary>Which sessions, in which order, and how many of them at most.</summary>
/// <param name="Filter">Which.</param>
/// <param name="Order">In which order.</param>
/// <param name="Max">How many at most.</param>
public sealed record SessionQuery(SessionFilter Filter, SessionOrder Order = SessionOrder.None, int Max = int.MaxValue)
{
    /// <summary>The words for the orders, but for none.</summary>
    public static IReadOnlyList<string> Orders { get; } = ["number", "age", "idle", "ends", "bytes", "packets"];

    /// <summary>Reads the word for an order.</summary>
    public static bool TryOrder(string? word, out SessionOrder order)
    {
        order = (SessionOrder)(Orders.ToList().IndexOf(word ?? "") + 1);
        return word is null || order != SessionOrder.None;
    }

    /// <summary>Those of <paramref name="sessions"/> that are meant. Sorting keeps no more than are wanted.</summary>
    public IEnumerable<SessionFacts> Of(IEnumerable<SessionFacts> sessions)
    {
        IEnumerable<SessionFacts> admitted = Filter.IsEverything ? sessions : sessions.Where(s => Filter.Admits(in s));
        return Order == SessionOrder.None ? admitted.Take(Max) : Best(admitted);
    }

    // The queue's head is the worst of the best so far.
    private SessionFacts[] Best(IEnumerable<SessionFacts> sessions)
    {
        if (Max == 0) return [];
        var best = new PriorityQueue<SessionFacts, (double Rank, long Number)>();
        foreach (SessionFacts session in sessions)
        {
            (double, long) rank = (RankOf(in session), -(long)session.Session.Number);
            if (best.Count < Max) best.Enqueue(session, rank);
            else best.EnqueueDequeue(session, rank);
        }

        var sorted = new SessionFacts[best.Count];
        for (int at = sorted.Length - 1; at >= 0; at--) sorted[at] = best.Dequeue();
        return sorted;
    }

    private double RankOf(in SessionFacts s) => Order switch
    {
        SessionOrder.Age => s.Session.AgeMilliseconds,
        SessionOrder.Idle => s.Session.IdleMilliseconds,
        SessionOrder.Ends => -(double)s.Session.RemainingMilliseconds,
        SessionOrder.Bytes => s.Bytes,
        SessionOrder.Packets => s.Packets,
        _ => 0,
    };
}
