namespace Sluice.Sessions;

// Cached decisions of stateless rules, and prefetching.
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
            line = scratch[worker.Index];
        }

        FillCached(line, in request, now);
        if (!taken) return line;
        InsertOutcome outcome = Table.InsertOne(line, out uint existing);
        if (outcome == InsertOutcome.Inserted) return line;
        Table.CacheLines.GiveBack(worker.Index, line);
        if (outcome == InsertOutcome.OriginalTaken) return existing;
        line = scratch[worker.Index];
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

    /// <summary>Calls for the bits by which <see cref="Prefetch"/> foresees the port.</summary>
    public void PrefetchPort(in NewSession request)
    {
        if (request.SourcePool is not { } pool) return;
        uint number = pool.KnownNumberAt(pool.FirstChoice(request.Original.Realm, request.Original.Source));
        PortClass ports = PortClasses.Of(request.Original.Protocol);
        if (number == PublicAddresses.None || ports == PortClass.None) return;
        PortSpace* space = shared.Addresses.SpaceOf(number, ports);
        if (space->Bits != null) Prefetcher.Touch(space->Bits + (request.Original.SourcePort >> 6));
    }

    /// <summary>Calls for the memory that <see cref="Create"/> will touch.</summary>
    public void Prefetch(SessionWorker worker, in NewSession request)
    {
        uint ahead = worker.Ahead++;
        uint session = Table.Sessions.Peek(worker.Index, ahead);
        if (session != FlowLines.None)
        {
            Table.View.Prefetch(session);
            Table.View.Prefetch(session + Table.PairDistance);
            Prefetcher.Touch(records + session);
        }

        ushort port = request.Original.SourcePort;
        if (request.SourcePool is not { } pool)
        {
            PrefetchReply(ReplyParts(in request, request.FixedSource, request.FixedSourcePort));
            return;
        }

        uint number = pool.KnownNumberAt(pool.FirstChoice(request.Original.Realm, request.Original.Source));
        PortClass ports = PortClasses.Of(request.Original.Protocol);
        if (number == PublicAddresses.None || ports == PortClass.None) return;
        PortSpace* space = shared.Addresses.SpaceOf(number, ports);
        TKey original = TFamily.MakeKey(in request.Original);
        port = (ushort)LikelyPort(pool, space, ports, port, EntropyOf(in request, Table.View.Hash(in original)));
        if (pool.IsEndpointIndependent)
        {
            MappingKey key = SourceKey(in request, pool);
            ulong hash = Mappings.HashOf(in key);
            Mappings.Prefetch(hash, worker.Index, ahead);
            if (worker.Stage(hash, out ulong ready)) Mappings.PrefetchChain(ready);
            Mappings.PrefetchPublic(number, port, request.Original.Protocol);
            ulong remote = Filters.RemoteOf(pool.Definition.Profile.Filtering, request.Original.Destination, request.Original.DestinationPort);
            Filters.Prefetch(hash, remote, worker.Index, ahead);
        }
        else if (space->Shares != null) Prefetcher.Touch(space->Shares + port);

        ulong pair = PrefetchReply(ReplyParts(in request, shared.Addresses[number]->Address, port));
        if (!pool.IsEndpointIndependent) Pairs.Prefetch(pair);
    }

    // Which port the session will have if nothing comes between. Bits of addresses in use are few enough to be near.
    private static uint LikelyPort(Pool pool, PortSpace* space, PortClass ports, ushort preferred, ulong entropy)
    {
        (uint first, uint last) = pool.RangeOf(ports);
        bool shares = !pool.IsEndpointIndependent;
        if (pool.KeepsPort(preferred, first, last) && (shares || !space->IsTaken(preferred))) return preferred;
        uint start = Pool.StartOf(entropy, first, last);
        return shares ? start : space->NextFree(start);
    }

    private ulong PrefetchReply(in FlowParts reply)
    {
        TKey key = TFamily.MakeKey(in reply);
        ulong hash = Table.View.Hash(in key);
        Prefetcher.Touch(Table.View.Home(hash));
        return hash;
    }

    private void FillCached(uint line, in NewSession request, uint now)
    {
        TLine* entry = Table.Line(line);
        *TFamily.KeyOf(entry) = TFamily.MakeKey(in request.Original);
        FlowParts reply = ReplyParts(in request, request.FixedSource, request.FixedSourcePort);
        TKey partner = TFamily.MakeKey(in reply);
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
