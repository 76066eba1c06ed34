using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Which remotes a mapping may hear: an entry for each mapping and remote (address or endpoint, by the pool's filtering), counted by sessions.</summary>
/// <remarks>
/// A session has at most one entry, so the entries of a host are bounded by its sessions and the table by the store's capacity.
/// An IPv6 remote is held as 64 bits of a keyed hash, which nobody can aim at without the key.
/// </remarks>
internal sealed unsafe class FilterTable : IDisposable
{
    private readonly NativeArena arena = new();
    private readonly FilterEntry* entries;
    private readonly ChainHeads heads;
    private readonly LineIndexes free;
    private readonly SharedTables shared;

    public FilterTable(int sessions, SharedTables shared)
    {
        this.shared = shared;

        // Twice: a session that goes in and out of a mapping (hairpin) has one entry in each.
        uint count = (uint)((2L * sessions) + (shared.Epochs.Workers * LineIndexes.KeptPerWorker));
        entries = arena.Allocate<FilterEntry>((nuint)count + 1);
        free = new LineIndexes(arena, shared.Epochs, 1, count);
        heads = new ChainHeads(arena, (uint)(sessions * 3L / 4));
    }

    /// <summary>Bytes touched.</summary>
    public long Bytes => free.HighWater <= 1 ? 0 : (free.HighWater * (long)(sizeof(FilterEntry) + sizeof(uint))) + heads.Bytes;

    /// <summary>Entries in use: a walk over the table.</summary>
    public int Count
    {
        get
        {
            int used = 0;
            for (uint entry = 1; entry < free.HighWater; entry++) used += entries[entry].Count != 0 ? 1 : 0;
            return used;
        }
    }

    /// <summary>What a filter keeps of a remote; 0: nothing, because all are admitted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong RemoteOf(FilteringMode filtering, in IpAddress remote, ushort port)
    {
        if (filtering == FilteringMode.EndpointIndependent) return 0;
        ulong ports = filtering == FilteringMode.AddressAndPortDependent ? 1UL << 48 | (ulong)port << 32 : 1UL << 49;
        return remote.IsV4
            ? (uint)remote.Value | ports
            : FlowHash.Of(FlowHash.Of((ulong)(remote.Value >> 64), (ulong)remote.Value, in shared.Secret), ports, in shared.Secret) | 1;
    }

    /// <summary>Calls for the chain of an entry and for the entry that a new one takes.</summary>
    public void Prefetch(ulong mappingHash, ulong remote, int worker, uint ahead)
    {
        heads.Prefetch(HashOf(mappingHash, remote));
        uint next = free.Peek(worker, ahead);
        if (next != FlowLines.None) Prefetcher.TouchEntry(entries + next);
    }

    /// <summary>One more session with this remote. False: the table is full, which its size excludes.</summary>
    /// <param name="worker">The caller.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="mappingHash">Its hash.</param>
    /// <param name="remote">The remote.</param>
    /// <param name="isFirst">The mapping is new or was resting: it has no entries to look for.</param>
    public bool TryAdd(int worker, uint mapping, ulong mappingHash, ulong remote, bool isFirst)
    {
        if (remote == 0) return true;
        ChainHead* head = heads.Of(HashOf(mappingHash, remote));
        head->Enter();
        uint entry = isFirst ? 0 : Find(head, mapping, remote);
        bool found = entry != 0 || free.TryTake(worker, out entry) == TakeOutcome.Taken;
        if (found && entries[entry].Count == 0)
        {
            entries[entry] = new FilterEntry { Remote = remote, Mapping = mapping, Next = head->First };
            head->First = entry;
        }

        if (found) entries[entry].Count++;
        head->Leave();
        return found;
    }

    /// <summary>One session less with this remote.</summary>
    public void Remove(int worker, uint mapping, ulong mappingHash, ulong remote)
    {
        if (remote == 0) return;
        ChainHead* head = heads.Of(HashOf(mappingHash, remote));
        head->Enter();
        uint* link = &head->First;
        while (*link != 0 && (entries[*link].Mapping != mapping || entries[*link].Remote != remote)) link = &entries[*link].Next;
        uint entry = *link;
        if (entry != 0 && --entries[entry].Count == 0)
        {
            *link = entries[entry].Next;
            free.GiveBack(worker, entry);
        }

        head->Leave();
    }

    /// <summary>Whether a session with this remote lives. Takes no lock.</summary>
    public bool Admits(uint mapping, ulong mappingHash, ulong remote)
    {
        if (remote == 0) return true;
        ChainHead* head = heads.Of(HashOf(mappingHash, remote));
        var spin = new SpinWait();
        while (true)
        {
            uint version = head->BeginRead();
            bool found = Find(head, mapping, remote) != 0;
            if (head->EndRead(version)) return found;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    public void Dispose() => arena.Dispose();

    private uint Find(ChainHead* head, uint mapping, ulong remote)
    {
        uint entry = Volatile.Read(ref head->First);
        for (int steps = 0; entry != 0 && steps < ChainHeads.StepLimit; steps++)
        {
            if (entries[entry].Mapping == mapping && entries[entry].Remote == remote) return entry;
            entry = Volatile.Read(ref entries[entry].Next);
        }

        return 0;
    }

    private ulong HashOf(ulong mappingHash, ulong remote) => AddressHash.Fold(mappingHash, remote, in shared.Secret);

    [StructLayout(LayoutKind.Sequential, Pack = 4, Size = 20)]
    private struct FilterEntry
    {
        public ulong Remote;
        public uint Mapping;
        public uint Next;
        public uint Count;
    }
}
