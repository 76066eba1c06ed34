using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Inside hosts under a quota, exact over all workers (RFC 6888 REQ-4). Hosts without one have no entry.</summary>
/// <remarks>An entry stays while it counts anything, and until its bucket of tokens would be full again: then it says no more than none would.</remarks>
internal sealed unsafe class HostTable : IDisposable
{
    /// <summary>"No host": nothing is counted.</summary>
    public const uint None = 0;

    /// <summary>Entries above the sessions' number, for hosts whose sessions ended within the last second.</summary>
    private const int Lingering = 4096;

    private const uint MillisecondsPerSecond = 1000;

    private readonly NativeArena arena = new();
    private readonly HostEntry* entries;
    private readonly ChainHeads heads;
    private readonly LineIndexes free;
    private readonly HashSecret secret;

    public HostTable(int sessions, Epochs epochs, HashSecret secret)
    {
        this.secret = secret;
        uint count = (uint)(sessions + Lingering + (epochs.Workers * LineIndexes.KeptPerWorker));
        entries = arena.Allocate<HostEntry>((nuint)count + 1);
        free = new LineIndexes(arena, epochs, 1, count);
        heads = new ChainHeads(arena, (uint)sessions / 2);
    }

    /// <summary>Numbers ever used: a sweep looks no further.</summary>
    public uint HighWater => free.HighWater;

    /// <summary>Bytes touched.</summary>
    public long Bytes => HighWater <= 1 ? 0 : (HighWater * (long)sizeof(HostEntry)) + heads.Bytes;

    /// <summary>Sessions and mappings of all hosts together: a walk over the table.</summary>
    public (int Sessions, int Mappings) Counted
    {
        get
        {
            (int sessions, int mappings) = (0, 0);
            for (uint host = 1; host < HighWater; host++)
            {
                if (entries[host].Family == 0) continue;
                sessions += entries[host].Sessions;
                mappings += entries[host].Mappings;
            }

            return (sessions, mappings);
        }
    }

    /// <summary>A host's entry.</summary>
    public HostEntry* this[uint host] => entries + host;

    /// <summary>Counts a session of a host, within its quotas. <paramref name="begins"/>: the host itself began it, which its rate limits.</summary>
    public DropReason Begin(int worker, ushort realm, IpAddress address, SessionProfile profile, bool begins, uint now, out uint host)
    {
        ChainHead* head = heads.Of(AddressHash.Of(realm, address, in secret));
        head->Enter();
        host = Find(head, realm, address);
        if (host == None && !TryAdd(worker, head, realm, address, profile, now, out host))
        {
            head->Leave();
            return DropReason.TableFull;
        }

        HostEntry* entry = entries + host;
        var reason = DropReason.None;
        if (profile.SessionsPerHost != 0 && Volatile.Read(ref entry->Sessions) >= profile.SessionsPerHost) reason = DropReason.QuotaExceeded;
        else if (begins && profile.NewSessionsPerSecondPerHost != 0 && !TakeToken(entry, (uint)profile.NewSessionsPerSecondPerHost, now)) reason = DropReason.QuotaExceeded;
        else Interlocked.Increment(ref entry->Sessions);
        head->Leave();
        if (reason != DropReason.None) host = None;
        return reason;
    }

    /// <summary>Counts a mapping of a host that has a session. False: one more than <paramref name="limit"/> (0: none).</summary>
    public bool TryAddMapping(uint host, int limit)
    {
        if (host == None) return true;
        ref int count = ref entries[host].Mappings;
        while (true)
        {
            int seen = Volatile.Read(ref count);
            if (limit != 0 && seen >= limit) return false;
            if (Interlocked.CompareExchange(ref count, seen + 1, seen) == seen) return true;
        }
    }

    /// <summary>A mapping of a host is gone, or rests.</summary>
    public void RemoveMapping(uint host)
    {
        if (host != None) Interlocked.Decrement(ref entries[host].Mappings);
    }

    /// <summary>A session of a host is gone. <paramref name="refund"/>: it was never made, so its token comes back.</summary>
    public void End(uint host, bool refund)
    {
        if (host == None) return;
        HostEntry* entry = entries + host;
        if (refund)
        {
            ChainHead* head = HeadOf(entry);
            head->Enter();
            entry->Tokens += MillisecondsPerSecond;
            head->Leave();
        }

        Interlocked.Decrement(ref entry->Sessions);
    }

    /// <summary>Forgets a host that counts nothing and whose bucket is full again.</summary>
    public void Sweep(int worker, uint host, uint now)
    {
        HostEntry* entry = entries + host;
        if (entry->Family == 0 || !IsIdle(entry, now)) return;
        ChainHead* head = HeadOf(entry);
        head->Enter();
        if (entry->Family != 0 && HeadOf(entry) == head && IsIdle(entry, now))
        {
            uint* link = &head->First;
            while (*link != host) link = &entries[*link].Next;
            *link = entry->Next;
            entry->Family = 0;
            free.GiveBack(worker, host);
        }

        head->Leave();
    }

    public void Dispose() => arena.Dispose();

    private static bool IsIdle(HostEntry* entry, uint now) =>
        Volatile.Read(ref entry->Sessions) == 0 && Volatile.Read(ref entry->Mappings) == 0 && (int)(now - entry->Refilled) >= (int)MillisecondsPerSecond;

    // Starts full, holds one second's worth, and fills evenly.
    private static bool TakeToken(HostEntry* entry, uint perSecond, uint now)
    {
        uint most = perSecond * MillisecondsPerSecond;
        int elapsed = (int)(now - entry->Refilled);
        if (elapsed > 0)
        {
            entry->Tokens = (uint)Math.Min(most, entry->Tokens + ((ulong)elapsed * perSecond));
            entry->Refilled = now;
        }

        if (entry->Tokens < MillisecondsPerSecond) return false;
        entry->Tokens -= MillisecondsPerSecond;
        return true;
    }

    private ChainHead* HeadOf(HostEntry* entry) =>
        heads.Of(AddressHash.Of(entry->Realm, new IpAddress((IpFamily)entry->Family, new UInt128(entry->High, entry->Low)), in secret));

    private uint Find(ChainHead* head, ushort realm, IpAddress address)
    {
        uint host = head->First;
        for (; host != None; host = entries[host].Next)
        {
            HostEntry* entry = entries + host;
            if (entry->Low == (ulong)address.Value && entry->High == (ulong)(address.Value >> 64)
                && entry->Realm == realm && entry->Family == (byte)address.Family) break;
        }

        return host;
    }

    private bool TryAdd(int worker, ChainHead* head, ushort realm, IpAddress address, SessionProfile profile, uint now, out uint host)
    {
        if (free.TryTake(worker, out host) != TakeOutcome.Taken) return false;
        entries[host] = new HostEntry
        {
            High = (ulong)(address.Value >> 64),
            Low = (ulong)address.Value,
            Realm = realm,
            Family = (byte)address.Family,
            Tokens = (uint)profile.NewSessionsPerSecondPerHost * MillisecondsPerSecond,
            Refilled = now,
            Next = head->First,
        };
        head->First = host;
        return true;
    }
}
