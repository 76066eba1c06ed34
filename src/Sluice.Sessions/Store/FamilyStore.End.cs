namespace Sluice.Sessions;

// How a session ends, and what it gives back.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Ends the session of a line, once; a cached decision is forgotten.</summary>
    public bool End(SessionWorker worker, uint line, EndReason reason, uint at, ulong expected = 0)
    {
        if (!Table.IsSession(line)) return RemoveCached(worker, line);
        uint session = Table.SessionOf(line);
        SessionRecord* record = records + session;
        ulong number = Volatile.Read(ref record->Number);
        if (number == 0 || (expected != 0 && number != expected)) return false;
        if (Interlocked.CompareExchange(ref record->Number, 0, number) != number) return false;

        SessionLog? log = worker.Log;
        ushort generation = log is null ? (ushort)0 : TFamily.StateOf(Table.Original(session))->Generation;

        // Out of the table first: its port has one owner at any moment.
        Table.RemovePair(session);
        KeepCounts(worker, Table.Original(session));
        KeepCounts(worker, Table.Reply(session));
        if (log is not null) TellEndSlow(log, session, number, generation, at, reason);
        Release(worker, session, LeaseOf(session), at);
        EndAccounts(session, reason);
        Table.RetirePair(worker.Index, session);
        shared.Capacity.Return(worker.Index);
        Interlocked.Increment(ref shared.Ended[(int)reason]);
        return true;
    }

    /// <summary>Ends a session whose time is over, at exactly its due time.</summary>
    public bool EndExpired(SessionWorker worker, uint line, uint now)
    {
        if (!Table.IsSession(line)) return RemoveCached(worker, line);
        uint session = Table.SessionOf(line);
        ulong number = Volatile.Read(ref records[session].Number);
        uint due = DueOf(session);
        return number != 0 && (int)(now - due) >= 0 && End(worker, session, EndReason.Expired, due, number);
    }

    /// <summary>Whether a session lives, by the packets of both directions.</summary>
    public bool IsAlive(uint line, uint now) => (int)(now - DueOf(line)) < 0;

    /// <summary>The first millisecond at which the session of a line is over, if nothing comes.</summary>
    public uint DueOf(uint line)
    {
        FlowState* own = TFamily.StateOf(Table.Line(line));
        FlowState* other = TFamily.StateOf(Table.Line(own->Partner));
        return Newest(own, other) + idle[own->Timer] + 1;
    }

    private static uint Newest(FlowState* own, FlowState* other)
    {
        uint seen = Volatile.Read(ref own->LastSeen), seenByOther = Volatile.Read(ref other->LastSeen);
        return (int)(seen - seenByOther) > 0 ? seen : seenByOther;
    }

    // What a line counted outlives it, by the pair of realms.
    private static void KeepCounts(SessionWorker worker, TLine* line)
    {
        FlowState* state = TFamily.StateOf(line);
        worker.Totals.Add(TFamily.RealmOf(line), state->RealmTo, state->Packets, state->Bytes);
    }

    private SessionLease LeaseOf(uint session)
    {
        SessionRecord* record = records + session;
        var lease = new SessionLease
        {
            Pool = shared.PoolOf(record->Pool),
            Host = record->Host,
            Source = record->Source,
            Destination = record->Destination,
            PublicPort = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session))).DestinationPort,
        };
        if (lease.HasSourceMapping) lease.SourceHash = Mappings.InsideHashOf(lease.Source);
        return lease;
    }

    private void Release(SessionWorker worker, uint session, SessionLease lease, uint at)
    {
        RemoveFilters(worker, session, in lease);
        if (lease.HasSourceMapping) Mappings.Release(worker, lease.Source, at);
        else if (lease.HasSharedPort) ReleaseShare(session, in lease, at);
        if (lease.Destination != 0) Mappings.Release(worker, lease.Destination, at);
        shared.Hosts.End(lease.Host, refund: false);
    }

    private void ReleaseShare(uint session, in SessionLease lease, uint at)
    {
        FlowParts original = TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session)));
        ulong pair = Table.View.Hash(in *TFamily.KeyOf(Table.Reply(session)));
        Pairs.Add(pair, OwnerHash(in original), at + lease.Pool!.Definition.Profile.HoldMilliseconds, at);
        shared.Addresses.SpaceOf(lease.Source, PortClasses.Of(original.Protocol))->Unshare(lease.PublicPort);
        shared.Hosts.RemoveMapping(lease.Host);
        Interlocked.Increment(ref shared.PortsFreed);
    }

    // A session that was not made leaves nothing behind.
    private void GiveUp(SessionWorker worker, in SessionLease lease)
    {
        if (lease.HasSourceMapping) Mappings.Undo(worker, lease.Source, lease.SourceUse);
        if (lease.Destination != 0) Mappings.Undo(worker, lease.Destination, MappingUse.Shared);
        shared.Hosts.End(lease.Host, refund: lease.Pool is not null);
    }

    private void AddFilters(SessionWorker worker, uint session, in SessionLease lease)
    {
        if (lease.HasSourceMapping) Filters.TryAdd(worker.Index, lease.Source, lease.SourceHash, SourceRemote(session, in lease), lease.SourceUse != MappingUse.Shared);
        if (lease.Destination != 0)
            Filters.TryAdd(worker.Index, lease.Destination, Mappings.InsideHashOf(lease.Destination), DestinationRemote(session, in lease), isFirst: false);
    }

    private void RemoveFilters(SessionWorker worker, uint session, in SessionLease lease)
    {
        if (lease.HasSourceMapping) Filters.Remove(worker.Index, lease.Source, lease.SourceHash, SourceRemote(session, in lease));
        if (lease.Destination != 0)
            Filters.Remove(worker.Index, lease.Destination, Mappings.InsideHashOf(lease.Destination), DestinationRemote(session, in lease));
    }

    // The remote is whom the inside endpoint sends to, by the name that it knows: where that end is translated too, its packets have that name as source.
    private ulong SourceRemote(uint session, in SessionLease lease)
    {
        FilteringMode filtering = FilteringOf(lease.Source);
        if (filtering == FilteringMode.EndpointIndependent) return 0;
        FlowParts original = TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session)));
        return Filters.RemoteOf(filtering, original.Destination, original.DestinationPort);
    }

    private ulong DestinationRemote(uint session, in SessionLease lease)
    {
        FlowParts reply = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session)));
        return Filters.RemoteOf(FilteringOf(lease.Destination), reply.Destination, reply.DestinationPort);
    }

    private FilteringMode FilteringOf(uint mapping) => shared.PoolOf(Mappings[mapping]->Pool)!.Filtering;
}
