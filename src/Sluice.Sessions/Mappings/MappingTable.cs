using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Mappings of one family: inside endpoint and public endpoint, each found by the other. Touched when sessions are made or end, and by packets from outside without session.</summary>
/// <remarks>
/// The chain of the inside endpoint is the mapping's lock; the public chain is changed while that is held, and read without any lock.
/// Entries go through free, live, resting and back; a resting one is live again at once for its own inside endpoint.
/// </remarks>
internal sealed unsafe partial class MappingTable : IDisposable
{
    /// <summary>"No mapping" inside the table; outside it is <see cref="NewSession.NoMapping"/>.</summary>
    public const uint None = 0;

    private readonly NativeArena arena = new();
    private readonly MappingEntry* entries;
    private readonly UInt128* wide;
    private readonly ChainHeads byInside;
    private readonly ChainHeads byPublic;
    private readonly LineIndexes free;
    private readonly SharedTables shared;
    private readonly IpFamily family;
    private uint hand;
    private long restsCutShort;

    public MappingTable(IpFamily family, int sessions, SharedTables shared)
    {
        this.family = family;
        this.shared = shared;

        // Live mappings are at most as many as sessions; as many again may rest before rests are cut short.
        uint count = (uint)((2L * sessions) + (shared.Epochs.Workers * LineIndexes.KeptPerWorker));
        entries = arena.Allocate<MappingEntry>((nuint)count + 1);
        if (family == IpFamily.V6) wide = arena.Allocate<UInt128>((nuint)count + 1);
        free = new LineIndexes(arena, shared.Epochs, 1, count);

        // Making a session walks the inside chain, which costs a cache miss an entry; the public one is walked only by packets from outside.
        byInside = new ChainHeads(arena, (uint)(sessions * 5L / 4));
        byPublic = new ChainHeads(arena, (uint)(sessions * 3L / 4));
    }

    /// <summary>Numbers ever used: a sweep looks no further.</summary>
    public uint HighWater => free.HighWater;

    /// <summary>Rests that ended early because the table was full.</summary>
    public long RestsCutShort => Volatile.Read(ref restsCutShort);

    /// <summary>Bytes touched.</summary>
    public long Bytes => HighWater <= 1
        ? 0
        : (HighWater * (long)(sizeof(MappingEntry) + (wide != null ? sizeof(UInt128) : 0) + sizeof(uint))) + byInside.Bytes + byPublic.Bytes;

    /// <summary>A mapping's entry.</summary>
    public MappingEntry* this[uint mapping] => entries + mapping;

    /// <summary>The hash of what asks for a mapping.</summary>
    public ulong HashOf(in MappingKey key) => AddressHash.Of(key.Realm, key.Inside, key.Port, key.Protocol, key.PublicRealm, in shared.Secret);

    /// <summary>The hash that an existing mapping is found by.</summary>
    public ulong InsideHashOf(uint mapping)
    {
        MappingEntry* entry = entries + mapping;
        return AddressHash.Of(entry->InsideRealm, InsideOf(mapping), entry->InsidePort, entry->Protocol, entry->PublicRealm, in shared.Secret);
    }

    /// <summary>The inside address of a mapping.</summary>
    public IpAddress InsideOf(uint mapping) => wide == null ? IpAddress.V4(entries[mapping].Inside) : IpAddress.V6(wide[mapping]);

    /// <summary>Calls for what <see cref="Acquire"/> will touch.</summary>
    public void Prefetch(ulong hash, int worker, uint ahead)
    {
        byInside.Prefetch(hash);
        uint next = free.Peek(worker, ahead);
        if (next != FlowLines.None) Prefetcher.TouchEntry(entries + next);
    }

    /// <summary>Calls for an entry.</summary>
    public void PrefetchEntry(uint mapping) => Prefetcher.TouchEntry(entries + mapping);

    /// <summary>Calls for the first entry of a chain whose head has been called for.</summary>
    public void PrefetchChain(ulong hash) => Prefetcher.Touch(entries + byInside.Of(hash)->First);

    /// <summary>Calls for the public endpoint's chain.</summary>
    public void PrefetchPublic(uint number, ushort port, byte protocol) => byPublic.Prefetch(PublicHash(number, port, protocol));

    /// <summary>One more session for an inside endpoint's mapping; the mapping is made, or woken from its rest, if need be.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="key">The inside endpoint.</param>
    /// <param name="plan">The key's hash, and what a port is chosen by.</param>
    /// <param name="pool">Where the public endpoint comes from. A mapping whose address is not the pool's is left alone, and another made.</param>
    /// <param name="host">The host's entry, if it has quotas.</param>
    /// <param name="asPrivate">Always a new mapping, that later sessions don't share.</param>
    /// <param name="now">The clock.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="use">How it was come by, for <see cref="Undo"/>.</param>
    public DropReason Acquire(
        SessionWorker worker, in MappingKey key, in SessionPlan plan, Pool pool, uint host, bool asPrivate, uint now, out uint mapping, out MappingUse use)
    {
        ChainHead* head = byInside.Of(plan.SourceHash);
        while (true)
        {
            head->Enter();
            mapping = asPrivate ? None : Find(head, in key, pool, plan.SourceHash);
            DropReason reason = mapping != None
                ? Join(mapping, pool, host, out use)
                : Make(worker, head, in key, in plan, pool, host, asPrivate, now, out mapping, out use);
            head->Leave();

            // Another mapping's lock can't be taken while this one is held.
            if (reason != DropReason.TableFull || !CutRestShort(worker)) return reason;
        }
    }

    /// <summary>One more session for the mapping that an inbound packet came through, if it still is what the packet's decision took it for.</summary>
    public bool TryJoinInbound(uint mapping, in MappingKey inside, IpAddress publicAddress, ushort publicPort)
    {
        if (mapping == None || mapping >= HighWater) return false;
        ChainHead* head = byInside.Of(HashOf(in inside));
        head->Enter();
        MappingEntry* entry = entries + mapping;
        bool same = (entry->State & MappingState.Live) != 0
            && Matches(mapping, in inside, HashOf(in inside))
            && entry->PublicPort == publicPort
            && shared.Addresses[entry->Public]->Address == publicAddress;
        if (same) entry->Sessions++;
        head->Leave();
        return same;
    }

    /// <summary>A session of the mapping ended at <paramref name="at"/>; after the last one the mapping rests for its pool's hold time, counted from the latest end.</summary>
    public void Release(SessionWorker worker, uint mapping, uint at)
    {
        MappingEntry* entry = entries + mapping;
        uint hold = shared.PoolOf(entry->Pool)!.Definition.Profile.HoldMilliseconds;
        ChainHead* head = byInside.Of(InsideHashOf(mapping));
        head->Enter();
        uint due = at + hold;
        if ((int)(due - entry->Due) > 0) entry->Due = due;
        if (--entry->Sessions == 0) Settle(worker, head, mapping, hold == 0);
        head->Leave();
    }

    /// <summary>Takes back an <see cref="Acquire"/> whose session was not made: as if it had not been.</summary>
    public void Undo(SessionWorker worker, uint mapping, MappingUse use)
    {
        MappingEntry* entry = entries + mapping;
        ChainHead* head = byInside.Of(InsideHashOf(mapping));
        head->Enter();
        if (--entry->Sessions == 0) Settle(worker, head, mapping, use == MappingUse.Made);
        head->Leave();
    }

    /// <summary>Frees a mapping whose rest is over by <paramref name="now"/>. True if it was freed.</summary>
    public bool Sweep(SessionWorker worker, uint mapping, uint now)
    {
        MappingEntry* entry = entries + mapping;
        if ((entry->State & MappingState.Resting) == 0 || (int)(now - entry->Due) < 0) return false;
        ChainHead* head = byInside.Of(InsideHashOf(mapping));
        head->Enter();

        // The entry may have become another mapping's before the lock was taken.
        bool over = (entry->State & MappingState.Resting) != 0 && byInside.Of(InsideHashOf(mapping)) == head && (int)(now - entry->Due) >= 0;
        if (over) Free(worker, head, mapping);
        head->Leave();
        return over;
    }

    public void Dispose() => arena.Dispose();

    private void Settle(SessionWorker worker, ChainHead* head, uint mapping, bool free)
    {
        MappingEntry* entry = entries + mapping;
        shared.Hosts.RemoveMapping(entry->Host);
        entry->Host = HostTable.None;
        if (free || IsClaimed(entry))
        {
            Free(worker, head, mapping);
            return;
        }

        entry->State = (entry->State & MappingState.Private) | MappingState.Resting;
        shared.Due?.Add(entry->Due, family == IpFamily.V4 ? DueKind.Mapping4 : DueKind.Mapping6, mapping, mapping);
    }

    private DropReason Join(uint mapping, Pool pool, uint host, out MappingUse use)
    {
        MappingEntry* entry = entries + mapping;
        use = MappingUse.Shared;
        if ((entry->State & MappingState.Resting) != 0)
        {
            if (!shared.Hosts.TryAddMapping(host, pool.PortsPerHost)) return DropReason.QuotaExceeded;
            entry->State = MappingState.Live;
            entry->Host = host;
            use = MappingUse.Woken;
        }

        // A mapping that lives keeps the filtering that its sessions were counted by.
        if (entry->Sessions++ == 0 || shared.PoolOf(entry->Pool)!.Filtering == pool.Filtering) entry->Pool = pool.Id;
        return DropReason.None;
    }

    private DropReason Make(
        SessionWorker worker, ChainHead* head, in MappingKey key, in SessionPlan plan, Pool pool, uint host, bool asPrivate, uint now,
        out uint mapping, out MappingUse use)
    {
        (mapping, use) = (None, MappingUse.Made);
        if (!shared.Hosts.TryAddMapping(host, pool.PortsPerHost)) return DropReason.QuotaExceeded;
        PortClass ports = plan.Ports;
        if (!pool.TryTakePort(in plan, key.Port, key.Realm, key.Inside, now, out uint number, out ushort port))
        {
            shared.Hosts.RemoveMapping(host);
            return DropReason.PoolExhausted;
        }

        if (free.TryTake(worker.Index, out mapping) != TakeOutcome.Taken)
        {
            shared.Addresses.SpaceOf(number, ports)->Release(port);
            shared.Hosts.RemoveMapping(host);
            mapping = None;
            return DropReason.TableFull;
        }

        MappingEntry* entry = entries + mapping;
        if (wide != null) wide[mapping] = key.Inside.Value;
        entry->InsideWord = WordOf(in key, plan.SourceHash);
        entry->Protocol = key.Protocol;
        entry->Pool = pool.Id;
        entry->Public = number;
        entry->PublicPort = port;
        entry->PublicRealm = key.PublicRealm;
        entry->Sessions = 1;
        entry->Due = now;
        entry->Host = host;
        entry->State = asPrivate ? MappingState.Live | MappingState.Private : MappingState.Live;
        entry->NextInside = head->First;
        head->First = mapping;

        ChainHead* publicHead = byPublic.Of(PublicHash(number, port, key.Protocol));
        publicHead->Enter();
        entry->NextPublic = publicHead->First;
        publicHead->First = mapping;
        publicHead->Leave();
        return DropReason.None;
    }

    private void Free(SessionWorker worker, ChainHead* head, uint mapping)
    {
        MappingEntry* entry = entries + mapping;
        uint* link = &head->First;
        while (*link != mapping) link = &entries[*link].NextInside;
        *link = entry->NextInside;

        ChainHead* publicHead = byPublic.Of(PublicHash(entry->Public, entry->PublicPort, entry->Protocol));
        publicHead->Enter();
        link = &publicHead->First;
        while (*link != mapping) link = &entries[*link].NextPublic;
        *link = entry->NextPublic;
        entry->State = MappingState.Free;
        publicHead->Leave();

        shared.Addresses.SpaceOf(entry->Public, PortClasses.Of(entry->Protocol))->Release(entry->PublicPort);
        Interlocked.Increment(ref shared.PortsFreed);
        free.GiveBack(worker.Index, mapping);
    }

    // The table is full of rests: one ends early, wherever the hand points, rather than that somebody is refused.
    private bool CutRestShort(SessionWorker worker)
    {
        for (uint step = 0; step < HighWater; step++)
        {
            uint mapping = Interlocked.Increment(ref hand) % HighWater;
            if (mapping == None || !Sweep(worker, mapping, entries[mapping].Due)) continue;
            Interlocked.Increment(ref restsCutShort);
            return true;
        }

        return false;
    }

    private uint Find(ChainHead* head, in MappingKey key, Pool pool, ulong hash)
    {
        uint mapping = head->First;
        for (; mapping != None; mapping = entries[mapping].NextInside)
        {
            if (!Matches(mapping, in key, hash) || (entries[mapping].State & MappingState.Private) != 0) continue;
            MappingEntry* entry = entries + mapping;
            bool isOwned = entry->Pool == pool.Id || pool.Owns(shared.Addresses[entry->Public]->Address);
            if (isOwned && !IsClaimed(entry)) break;
        }

        return mapping;
    }

    // A forward has taken the port over: what lives there now ends, and nothing new begins there.
    private bool IsClaimed(MappingEntry* entry) =>
        shared.Addresses.SpaceOf(entry->Public, PortClasses.Of(entry->Protocol))->IsClaimed(entry->PublicPort);

    private bool Matches(uint mapping, in MappingKey key, ulong hash)
    {
        MappingEntry* entry = entries + mapping;
        return entry->InsideWord == WordOf(in key, hash)
            && entry->Protocol == key.Protocol
            && entry->PublicRealm == key.PublicRealm
            && (wide == null || wide[mapping] == key.Inside.Value);
    }

    private ulong WordOf(in MappingKey key, ulong hash) =>
        (wide == null ? (uint)key.Inside.Value : (uint)hash) | ((ulong)key.Realm << 32) | ((ulong)key.Port << 48);

    private ulong PublicHash(uint number, ushort port, byte protocol) =>
        AddressHash.Fold(number, port | ((ulong)protocol << 16), in shared.Secret);
}

/// <summary>How a session came by its mapping.</summary>
internal enum MappingUse : byte
{
    /// <summary>Other sessions had it.</summary>
    Shared,

    /// <summary>It rested.</summary>
    Woken,

    /// <summary>It was made.</summary>
    Made,
}
