using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// What people see. Readers take no lock that a packet thread waits for; what they see may be a packet apart.
public sealed unsafe partial class SessionStore
{
    /// <summary>Says what a session is; false if it is gone, or the line is a cached decision's.</summary>
    public bool TryDescribe(IpFamily family, uint line, uint now, out SessionView view) =>
        family == IpFamily.V4 ? v4.TryDescribe(line, now, out view) : v6.TryDescribe(line, now, out view);

    /// <summary>The number of the session that a line belongs to; 0 for a cached decision or a session that is gone.</summary>
    public ulong NumberOf(IpFamily family, uint line) => family == IpFamily.V4 ? v4.NumberOf(line) : v6.NumberOf(line);

    /// <summary>All live sessions.</summary>
    public IEnumerable<SessionView> Sessions(uint now)
    {
        for (uint session = 0; session < v4.HighWater; session++)
            if (v4.TryDescribe(session, now, out SessionView view)) yield return view;
        for (uint session = 0; session < v6.HighWater; session++)
            if (v6.TryDescribe(session, now, out SessionView view)) yield return view;
    }

    /// <summary>All mappings, resting ones too. With endpoint-dependent mapping each session is one, without an index.</summary>
    public IEnumerable<MappingView> Mappings(uint now)
    {
        foreach (MappingTable table in (MappingTable[])[v4.Mappings, v6.Mappings])
        {
            for (uint mapping = 1; mapping < table.HighWater; mapping++)
                if (table.TryView(mapping, out MappingView view)) yield return view;
        }

        foreach (SessionView session in Sessions(now))
        {
            if (session.Pool is not { IsEndpointIndependent: false } pool) continue;
            yield return new MappingView
            {
                Index = NewSession.NoMapping,
                InsideRealm = session.Original.Realm,
                PublicRealm = pool.Definition.Realm,
                Protocol = session.Original.Protocol,
                Inside = session.Original.Source,
                InsidePort = session.Original.SourcePort,
                Public = session.Reply.Destination,
                PublicPort = session.Reply.DestinationPort,
                Sessions = 1,
                Pool = pool,
            };
        }
    }

    /// <summary>Live sessions by state.</summary>
    public SessionCounts Count()
    {
        Span<int> byState = stackalloc int[Enum.GetValues<SessionStateName>().Length];
        int sharedPorts = 0;
        v4.Count(byState, ref sharedPorts);
        v6.Count(byState, ref sharedPorts);
        int total = 0;
        foreach (int count in byState) total += count;
        return new SessionCounts(
            total,
            byState[(int)SessionStateName.Established],
            byState[(int)SessionStateName.HalfOpen] + byState[(int)SessionStateName.Closing],
            byState[(int)SessionStateName.Udp],
            byState[(int)SessionStateName.Icmp],
            byState[(int)SessionStateName.Other]);
    }

    /// <summary>What passed between realms so far: of lines that live, of those that are gone, and what was counted without any.</summary>
    public Dictionary<(ushort Realm, ushort RealmTo), TrafficCount> Traffic()
    {
        var totals = new Dictionary<(ushort, ushort), TrafficCount>();
        v4.AddTraffic(totals);
        v6.AddTraffic(totals);
        foreach (SessionWorker worker in workers) worker.Totals.AddTo(totals);
        return totals;
    }

    /// <summary>What the live sessions under each account have passed: what is counted of it, beside its <see cref="AccountEntry"/>. Visits every session.</summary>
    public Dictionary<uint, AccountTraffic> LiveAccountTraffic()
    {
        var totals = new Dictionary<uint, AccountTraffic>();
        v4.AddAccounts(totals);
        v6.AddAccounts(totals);
        return totals;
    }

    /// <summary>Live mappings; a session with endpoint-dependent mapping counts as one.</summary>
    public int LiveMappings
    {
        get
        {
            Span<int> byState = stackalloc int[Enum.GetValues<SessionStateName>().Length];
            int sharedPorts = 0;
            v4.Count(byState, ref sharedPorts);
            v6.Count(byState, ref sharedPorts);
            return v4.Mappings.Count().Live + v6.Mappings.Count().Live + sharedPorts;
        }
    }

    /// <summary>Sessions that exist or are being made.</summary>
    public int InUse => shared.Capacity.InUse;

    /// <summary>Sessions ended so far for a reason.</summary>
    public long Ended(EndReason reason) => Volatile.Read(ref shared.Ended[(int)reason]);

    /// <summary>Rests of ports that ended before their hold time, because a table was full of them.</summary>
    public long RestsCutShort => v4.Mappings.RestsCutShort + v6.Mappings.RestsCutShort + v4.Pairs.CutShort + v6.Pairs.CutShort;

    /// <summary>Native memory touched.</summary>
    public StoreMemory Memory => new(
        v4.LineBytes + v6.LineBytes,
        v4.BucketBytes + v6.BucketBytes,
        v4.RecordBytes + v6.RecordBytes,
        v4.Mappings.Bytes + v6.Mappings.Bytes + v4.Filters.Bytes + v6.Filters.Bytes,
        shared.Hosts.Bytes,
        shared.Addresses.Bytes);

    /// <summary>Use of all pools' addresses; see <see cref="Pools(IEnumerable{Pool})"/>.</summary>
    public IReadOnlyList<PoolView> Pools() => Pools(shared.Pools);

    /// <summary>Use of these pools' addresses: every address of a small pool, else those that were used; each address and protocol once.</summary>
    public IReadOnlyList<PoolView> Pools(IEnumerable<Pool> pools)
    {
        const int SmallPool = 16;
        Dictionary<(uint Number, PortClass Ports), int> held = [];
        v4.Mappings.CountResting(held);
        v6.Mappings.CountResting(held);
        var views = new List<PoolView>();
        var seen = new HashSet<(ushort, IpAddress)>();
        foreach (Pool pool in pools)
        {
            ushort realm = pool.Definition.Realm;
            for (int place = 0; place < pool.UsableAddresses; place++)
            {
                uint number = pool.KnownNumberAt(place);
                if (number == PublicAddresses.None && pool.UsableAddresses > SmallPool) continue;
                IpAddress address = pool.AddressAt(place);
                if (number == PublicAddresses.None) number = shared.Addresses.Find(realm, address);
                if (!seen.Add((realm, address))) continue;
                for (var ports = PortClass.Tcp; ports < PortClass.None; ports++)
                {
                    PoolView view = ViewOf(pool, address, number, ports, held.GetValueOrDefault((number, ports)));

                    // Hardly anybody has SCTP, so it is shown where it is used.
                    if (ports != PortClass.Sctp || view.InUse + view.Held != 0) views.Add(view);
                }
            }
        }

        return views;
    }

    private PoolView ViewOf(Pool pool, IpAddress address, uint number, PortClass ports, int held)
    {
        (uint first, uint last) = pool.RangeOf(ports);
        int total = (int)(last - first + 1);
        if (number == PublicAddresses.None) return new PoolView(pool.Definition.Realm, address, ports, 0, 0, total);
        int taken = shared.Addresses.SpaceOf(number, ports)->CountTaken(first, last, out int claimed);
        return new PoolView(pool.Definition.Realm, address, ports, Math.Max(0, taken - claimed - held), held, total - claimed);
    }
}
