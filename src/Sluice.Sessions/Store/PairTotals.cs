namespace Sluice.Sessions;

/// <summary>What one thread has counted between pairs of realms, of lines that are gone and of packets that had none. One writer, any number of readers, no lock.</summary>
/// <remarks>Lines carry their own counts while they live, so the packet path adds nothing here; what is here is touched when a line ends.</remarks>
internal sealed unsafe class PairTotals : IDisposable
{
    /// <summary>Pairs that are counted apart; what further ones pass is counted nowhere.</summary>
    public const int Limit = Places * 3 / 4;

    private const int Places = 65_536;

    private readonly NativeArena arena = new();
    private readonly Entry* entries;
    private int used;

    public PairTotals() => entries = arena.Allocate<Entry>(Places);

    /// <summary>Counts packets from one realm to another.</summary>
    public void Add(ushort realm, ushort realmTo, ulong packets, ulong bytes)
    {
        if (packets == 0) return;
        Entry* entry = FindOrAdd(realm, realmTo);
        if (entry == null) return;
        Volatile.Write(ref entry->Packets, entry->Packets + packets);
        Volatile.Write(ref entry->Bytes, entry->Bytes + bytes);
    }

    /// <summary>Counts a packet that was dropped on its way from one realm to another.</summary>
    public void AddDrop(ushort realm, ushort realmTo)
    {
        Entry* entry = FindOrAdd(realm, realmTo);
        if (entry != null) Volatile.Write(ref entry->Drops, entry->Drops + 1);
    }

    /// <summary>Adds everything to a reader's totals.</summary>
    public void AddTo(Dictionary<(ushort Realm, ushort RealmTo), TrafficCount> totals)
    {
        for (int place = 0; place < Places; place++)
        {
            ulong key = Volatile.Read(ref entries[place].Key);
            if (key == 0) continue;
            var pair = ((ushort)(key >> 16), (ushort)key);
            TrafficCount read = new(Volatile.Read(ref entries[place].Packets), Volatile.Read(ref entries[place].Bytes), Volatile.Read(ref entries[place].Drops));
            totals[pair] = totals.GetValueOrDefault(pair).Plus(read);
        }
    }

    public void Dispose() => arena.Dispose();

    private Entry* FindOrAdd(ushort realm, ushort realmTo)
    {
        ulong key = KeyOf(realm, realmTo);
        uint place = PlaceOf(key);
        while (entries[place].Key != key)
        {
            if (entries[place].Key == 0)
            {
                if (used == Limit) return null;
                used++;
                Volatile.Write(ref entries[place].Key, key);
                break;
            }

            place = (place + 1) % Places;
        }

        return entries + place;
    }

    // Never 0, which marks an empty place.
    private static ulong KeyOf(ushort realm, ushort realmTo) => 1UL << 32 | (uint)realm << 16 | realmTo;

    private static uint PlaceOf(ulong key) => (uint)key * 0x9E37_79B1u >> 16;

    private struct Entry
    {
        public ulong Key;
        public ulong Packets;
        public ulong Bytes;
        public ulong Drops;
    }
}

/// <summary>Packets that passed and their bytes, IP headers included, and packets that were dropped.</summary>
/// <param name="Packets">Packets that passed.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Drops">Packets dropped once it was known where they go.</param>
public readonly record struct TrafficCount(ulong Packets, ulong Bytes, ulong Drops = 0)
{
    internal TrafficCount Plus(in TrafficCount more) => new(Packets + more.Packets, Bytes + more.Bytes, Drops + more.Drops);
}
