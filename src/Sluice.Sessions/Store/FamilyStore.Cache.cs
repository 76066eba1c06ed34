namespace Sluice.Sessions;

// Cached decisions of stateless rules.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    private const int UnsweptMilliseconds = 1000;

    private uint hand;

    /// <summary>Cache lines ever used.</summary>
    public uint CachedLines => Table.CacheLines.HighWater - (2 * Table.PairDistance);

    /// <summary>Remembers a stateless decision for this direction. Never refuses: without room the line is the worker's own and not in the table.</summary>
    public uint Cache(SessionWorker worker, in NewSession request, uint now)
    {
        bool taken = Table.CacheLines.TryTake(worker.Index, out uint line) == TakeOutcome.Taken;
        if (!taken)
        {
            ForgetOne(worker);
            line = TakeScratch(worker);
        }

        FillCached(line, in request, now);
        if (!taken) return line;
        InsertOutcome outcome = Table.InsertOne(line, out uint existing);
        if (outcome == InsertOutcome.Inserted) return line;
        Table.CacheLines.GiveBack(worker.Index, line);
        if (outcome == InsertOutcome.OriginalTaken) return existing;
        line = TakeScratch(worker);
        FillCached(line, in request, now);
        return line;
    }

    /// <summary>Forgets a cached decision that nobody used for a while, or that another generation made.</summary>
    public void SweepCached(SessionWorker worker, uint place, uint now, ushort generation)
    {
        uint line = (2 * Table.PairDistance) + place;
        FlowState* state = TFamily.StateOf(Table.Line(line));
        int age = (int)(now - Volatile.Read(ref state->LastSeen));

        // A line that was used this second may still be on its way into the table.
        if (state->Generation == 0 || age < UnsweptMilliseconds || Array.IndexOf(scratch, line) >= 0) return;
        if (state->Generation != generation || age > (int)idle[state->Timer]) RemoveCached(worker, line);
    }

    private uint TakeScratch(SessionWorker worker)
    {
        uint line = scratch[worker.Index];
        KeepCounts(worker, Table.Line(line));
        return line;
    }

    private void FillCached(uint line, in NewSession request, uint now)
    {
        TLine* entry = Table.Line(line);
        *TFamily.KeyOf(entry) = TFamily.MakeKey(in request.Original);
        TKey partner = ReplyKey(in request, request.FixedSource, request.FixedSourcePort);
        TFamily.SetWrite(entry, in partner);
        *TFamily.StateOf(entry) = new FlowState
        {
            RealmTo = request.RealmTo,

            // As if every flag had been seen: a stateless flow has no TCP conduct.
            Seen = FlowState.SeenAck,
            Conduct = (request.OriginalConduct & ~FlowConduct.Identity) | FlowConduct.Cache | (request.IsPlain ? FlowConduct.Identity : FlowConduct.None),
            LastSeen = now,
            Generation = request.Generation,
            Timer = shared.Timers.ClassesOf(request.Timers)->Udp,
            Partner = line,
            NextHop = FlowState.NoNextHop,
        };
    }

    private bool RemoveCached(SessionWorker worker, uint line)
    {
        if (!Table.RemoveOne(line)) return false;
        KeepCounts(worker, Table.Line(line));
        Table.RetireOne(worker.Index, line);
        return true;
    }

    // The cache is full: one decision goes, wherever the hand points; its line comes free when every worker has passed.
    private void ForgetOne(SessionWorker worker)
    {
        uint first = 2 * Table.PairDistance, used = CachedLines;
        for (int step = 0; step < 16 && used != 0; step++)
        {
            uint line = first + (Interlocked.Increment(ref hand) % used);
            if (Array.IndexOf(scratch, line) < 0 && RemoveCached(worker, line)) return;
        }
    }
}
