using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Which backend a client had last, for as long as its translation says: the client's next sessions get the same one.</summary>
/// <remarks>
/// <para>It knows numbers alone, which mean the same over reloads; whoever asks says whether a backend still may be had.</para>
/// <para>Readers take no lock: an entry's chain has a version. A full table remembers nobody more, and counts that; what is remembered is never put away to make room.</para>
/// </remarks>
public sealed unsafe class AffinityTable : IDisposable
{
    /// <summary>"No entry".</summary>
    public const uint None = 0;

    // A reader at the deadline renews what it found: what is swept has been over for longer than the clocks of two workers differ.
    private const uint GraceMilliseconds = 1000;

    private readonly NativeArena arena = new();
    private readonly AffinityEntry* entries;
    private readonly ChainHeads heads;
    private readonly LineIndexes free;
    private readonly HashSecret secret;
    private int count;
    private long refused;

    internal AffinityTable(int capacity, Epochs epochs, HashSecret secret)
    {
        this.secret = secret;
        Capacity = capacity;
        uint room = (uint)(capacity + (epochs.Workers * LineIndexes.KeptPerWorker));
        entries = arena.Allocate<AffinityEntry>((nuint)room + 1);
        free = new LineIndexes(arena, epochs, 1, room);
        heads = new ChainHeads(arena, (uint)capacity);
    }

    /// <summary>Clients that are remembered at most, each counted once a translation.</summary>
    public int Capacity { get; }

    /// <summary>Clients that are remembered, those included whose time is over and who haven't been swept yet.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Sessions whose client found no room to be remembered.</summary>
    public long Refused => Volatile.Read(ref refused);

    /// <summary>Bytes touched.</summary>
    public long Bytes => HighWater <= 1 ? 0 : (HighWater * (long)(sizeof(AffinityEntry) + sizeof(uint))) + heads.Bytes;

    /// <summary>Entries ever used: a sweep looks no further.</summary>
    internal uint HighWater => free.HighWater;

    /// <summary>The backend that a client had last, if its time isn't over. Takes no lock.</summary>
    /// <param name="key">The client.</param>
    /// <param name="now">The clock.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="millisecondsLeft">How long the client keeps it, if it begins nothing more.</param>
    /// <returns>The entry, for <see cref="Renew"/>; good until the worker's next burst boundary. <see cref="None"/>: nothing is remembered.</returns>
    public uint Find(in AffinityKey key, uint now, out ulong backend, out uint millisecondsLeft)
    {
        ChainHead* head = heads.Of(HashOf(in key));
        var spin = new SpinWait();
        while (true)
        {
            uint version = head->BeginRead();
            uint found = Walk(Volatile.Read(ref head->First), in key);
            AffinityEntry read = found == None ? default : entries[found];
            if (head->EndRead(version))
            {
                backend = read.Backend;
                int age = (int)(now - read.Seen);
                millisecondsLeft = read.Lasts - (uint)Math.Clamp(age, 0, (int)read.Lasts);
                return found != None && age <= (int)read.Lasts ? found : None;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Calls for where a client's chain begins.</summary>
    public void PrefetchHead(in AffinityKey key) => heads.Prefetch(HashOf(in key));

    /// <summary>Calls for the first entry of a chain whose head has been called for.</summary>
    public void PrefetchEntry(in AffinityKey key) => Prefetcher.TouchEntry(entries + heads.Of(HashOf(in key))->First);

    /// <summary>Remembers a backend for a client that has none, or none that it may have; of two workers that ask at once the first has its way.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="key">The client.</param>
    /// <param name="backend">The backend that it is to have.</param>
    /// <param name="instead">What <see cref="Find"/> said that it had, which it may not have any more; 0: nothing.</param>
    /// <param name="lasts">Milliseconds that the client keeps it after its last new session.</param>
    /// <param name="now">The clock.</param>
    /// <param name="entry">For <see cref="Renew"/> and <see cref="Forget"/>; <see cref="None"/> where the table is full.</param>
    /// <returns>The backend that the client is to have.</returns>
    public ulong Pin(SessionWorker worker, in AffinityKey key, ulong backend, ulong instead, uint lasts, uint now, out uint entry)
    {
        ChainHead* head = heads.Of(HashOf(in key));
        head->Enter();
        entry = Walk(head->First, in key);
        if (entry == None)
        {
            entry = Add(worker.Index, head, now);
            if (entry != None) Fill(entry, in key);
        }
        else if (entries[entry].Backend != instead && !IsOver(entries + entry, now, grace: 0))
        {
            backend = entries[entry].Backend;
            head->Leave();
            return backend;
        }

        if (entry != None)
        {
            entries[entry].Backend = backend;
            entries[entry].Seen = now;
            entries[entry].Lasts = lasts;
            entries[entry].IsConfirmed = false;
        }

        head->Leave();
        if (entry == None) Interlocked.Increment(ref refused);
        return backend;
    }

    /// <summary>The client has a new session: its time begins again.</summary>
    public void Renew(uint entry, uint lasts, uint now)
    {
        if (entry == None) return;
        entries[entry].IsConfirmed = true;
        entries[entry].Lasts = lasts;
        Volatile.Write(ref entries[entry].Seen, now);
    }

    /// <summary>The session was not made: what <see cref="Pin"/> remembered for it alone is forgotten.</summary>
    public void Forget(SessionWorker worker, in AffinityKey key, uint entry)
    {
        if (entry == None || Volatile.Read(ref entries[entry].IsConfirmed)) return;
        ChainHead* head = heads.Of(HashOf(in key));
        head->Enter();
        if (Walk(head->First, in key) == entry && !entries[entry].IsConfirmed) Remove(worker.Index, head, entry);
        head->Leave();
    }

    /// <summary>How many clients each backend of each translation is remembered for: a walk over the table.</summary>
    public Dictionary<(ulong Translation, ulong Backend), int> Clients(uint now)
    {
        Dictionary<(ulong, ulong), int> clients = [];
        for (uint entry = 1; entry < HighWater; entry++)
        {
            AffinityEntry read = entries[entry];
            if (read.Family == 0 || IsOver(&read, now, grace: 0)) continue;
            var key = (read.Translation, read.Backend);
            clients[key] = clients.GetValueOrDefault(key) + 1;
        }

        return clients;
    }

    /// <summary>Forgets a client whose time is over.</summary>
    internal void Sweep(int worker, uint entry, uint now)
    {
        if (entries[entry].Family == 0 || !IsOver(entries + entry, now, GraceMilliseconds)) return;
        ChainHead* head = HeadOf(entry);
        head->Enter();
        if (entries[entry].Family != 0 && HeadOf(entry) == head && IsOver(entries + entry, now, GraceMilliseconds)) Remove(worker, head, entry);
        head->Leave();
    }

    /// <summary>Forgets everybody whose time is over.</summary>
    internal void SweepAll(int worker, uint now)
    {
        for (uint entry = 1; entry < HighWater; entry++) Sweep(worker, entry, now);
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private static bool IsOver(AffinityEntry* entry, uint now, uint grace) => (int)(now - Volatile.Read(ref entry->Seen)) > (long)entry->Lasts + grace;

    private ulong HashOf(in AffinityKey key) => AddressHash.Fold(AddressHash.Of(key.Realm, key.Client, in secret), key.Translation, in secret);

    private ChainHead* HeadOf(uint entry)
    {
        AffinityEntry* known = entries + entry;
        return heads.Of(HashOf(new AffinityKey(known->Translation, known->Realm, new IpAddress((IpFamily)known->Family, new UInt128(known->High, known->Low)))));
    }

    private uint Walk(uint entry, in AffinityKey key)
    {
        ulong low = (ulong)key.Client.Value, high = (ulong)(key.Client.Value >> 64);
        for (int steps = 0; entry != None && steps < ChainHeads.StepLimit; steps++)
        {
            AffinityEntry* known = entries + entry;
            if (known->Low == low && known->High == high && known->Translation == key.Translation && known->Realm == key.Realm && known->Family == (byte)key.Client.Family)
                return entry;
            entry = Volatile.Read(ref known->Next);
        }

        return None;
    }

    // Without a free entry one of the same chain will do whose time is over.
    private uint Add(int worker, ChainHead* head, uint now)
    {
        if (Interlocked.Increment(ref count) <= Capacity && free.TryTake(worker, out uint entry) == TakeOutcome.Taken)
        {
            entries[entry].Next = head->First;
            Volatile.Write(ref head->First, entry);
            return entry;
        }

        Interlocked.Decrement(ref count);
        for (entry = head->First; entry != None; entry = entries[entry].Next)
            if (IsOver(entries + entry, now, GraceMilliseconds)) return entry;
        return None;
    }

    private void Fill(uint entry, in AffinityKey key)
    {
        AffinityEntry* filled = entries + entry;
        filled->High = (ulong)(key.Client.Value >> 64);
        filled->Low = (ulong)key.Client.Value;
        filled->Translation = key.Translation;
        filled->Realm = key.Realm;
        filled->Family = (byte)key.Client.Family;
    }

    // Whoever has found it may still renew it: it is another client's only when every worker has passed.
    private void Remove(int worker, ChainHead* head, uint entry)
    {
        uint* link = &head->First;
        while (*link != entry) link = &entries[*link].Next;
        *link = entries[entry].Next;
        entries[entry].Family = 0;
        free.Retire(worker, entry);
        Interlocked.Decrement(ref count);
    }
}
