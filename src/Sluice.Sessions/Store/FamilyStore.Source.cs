using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// How a session's source is translated, and how both flows come into the table.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Ports tried for a session whose return tuple is taken though the port is its own.</summary>
    private const int PrivateTries = 8;

    private DropReason TakeHostAndDestination(SessionWorker worker, in NewSession request, uint now, ref SessionLease lease)
    {
        if (lease.Pool is not null && PortClasses.Of(request.Original.Protocol) == PortClass.None) return DropReason.UnsupportedProtocol;
        Pool? quotas = lease.Pool;
        ushort realm = request.Original.Realm;
        IpAddress host = request.Original.Source;
        if (request.Mapping != NewSession.NoMapping)
        {
            var inside = new MappingKey
            {
                Inside = request.Destination,
                Realm = request.RealmTo,
                Port = request.DestinationPort,
                Protocol = request.Original.Protocol,
                PublicRealm = request.Mapping < Mappings.HighWater ? Mappings[request.Mapping]->PublicRealm : default,
            };
            if (!Mappings.TryJoinInbound(request.Mapping, in inside, request.Original.Destination, request.Original.DestinationPort)) return DropReason.NoMapping;
            lease.Destination = request.Mapping;
            if (quotas is null)
            {
                quotas = shared.PoolOf(Mappings[lease.Destination]->Pool);
                realm = request.RealmTo;
                host = request.Destination;
            }
        }

        if (quotas is not { HasQuotas: true }) return DropReason.None;
        return shared.Hosts.Begin(worker.Index, realm, host, quotas.Definition.Profile, begins: lease.Pool is not null, now, out lease.Host);
    }

    private DropReason TakeSource(SessionWorker worker, in NewSession request, uint session, uint now, ref SessionLease lease, out uint line)
    {
        if (lease.Pool is null) return KeepSource(worker, in request, session, in lease, out line);
        return lease.Pool.IsEndpointIndependent
            ? TakeMapping(worker, in request, session, now, ref lease, out line)
            : SharePort(worker, in request, session, now, ref lease, out line);
    }

    private DropReason KeepSource(SessionWorker worker, in NewSession request, uint session, in SessionLease lease, out uint line)
    {
        IpAddress source = request.FixedSource;
        DropReason reason = Insert(worker, in request, session, source, request.FixedSourcePort, in lease, out line);
        if (reason != DropReason.None || line != FlowLines.None) return reason;
        PortClass ports = PortClasses.Of(request.Original.Protocol);

        // Answers that go another way find nobody who changes another port back.
        if (ports == PortClass.None || request.IsOneWay) return DropReason.PoolExhausted;

        // The return tuple is another session's: the later one's source port is changed, to none that a pool or a forward gives somebody else.
        const uint First = 1024, Count = 65536 - First;
        uint start = Pool.StartOf(lease.Plan.Entropy, First, 65535) - First;
        uint number = shared.Addresses.Find(request.RealmTo, source);
        PortSpace* space = number == PublicAddresses.None ? null : shared.Addresses.SpaceOf(number, ports);
        TFamily.StateOf(Table.Original(session))->Conduct &= ~FlowConduct.Identity;
        TFamily.StateOf(Table.Reply(session))->Conduct &= ~FlowConduct.Identity;
        for (uint tried = 0; tried < Count; tried++)
        {
            ushort port = (ushort)(First + ((start + tried) % Count));
            if (space != null && space->IsTaken(port)) continue;
            reason = Insert(worker, in request, session, source, port, in lease, out line);
            if (reason != DropReason.None || line != FlowLines.None) return reason;
        }

        return DropReason.PoolExhausted;
    }

    private DropReason TakeMapping(SessionWorker worker, in NewSession request, uint session, uint now, ref SessionLease lease, out uint line)
    {
        MappingKey key = SourceKey(in request, lease.Pool!);
        SessionPlan plan = lease.Plan;
        line = FlowLines.None;
        for (int attempt = 0; attempt <= PrivateTries; attempt++)
        {
            DropReason reason = Mappings.Acquire(worker, in key, in plan, lease.Pool!, lease.Host, attempt > 0, now, out uint mapping, out lease.SourceUse);
            if (reason != DropReason.None) return reason;
            lease.Source = mapping;
            lease.SourceHash = plan.SourceHash;
            lease.PublicPort = Mappings[mapping]->PublicPort;
            reason = Insert(worker, in request, session, shared.Addresses[Mappings[mapping]->Public]->Address, lease.PublicPort, in lease, out line);
            if (reason != DropReason.None || line != FlowLines.None) return reason;
            Mappings.Undo(worker, mapping, lease.SourceUse);
            lease.Source = 0;
            plan.Entropy = FlowHash.Of(plan.Entropy, plan.SourceHash, in shared.Secret);
        }

        return DropReason.PoolExhausted;
    }

    /// <summary>Makes both flows findable with this public source. No reason and no line: the reply flow's key is taken.</summary>
    private DropReason Insert(SessionWorker worker, in NewSession request, uint session, in IpAddress source, ushort port, in SessionLease lease, out uint line)
    {
        line = FlowLines.None;
        if (lease.Destination != 0 && !AdmitsThrough(lease.Destination, source, port)) return DropReason.FilteredInbound;
        TKey key = ReplyKey(in request, in source, port);
        *TFamily.KeyOf(Table.Reply(session)) = key;
        ulong replyHash = Table.View.Hash(in key);
        while (true)
        {
            switch (Table.InsertPair(session, lease.Plan.OriginalHash, replyHash, out uint existing))
            {
                case InsertOutcome.Inserted:
                    line = session;
                    return DropReason.None;
                case InsertOutcome.Crowded:
                    return DropReason.TableFull;
                case InsertOutcome.OriginalTaken when Table.IsSession(existing):
                    line = existing;
                    return DropReason.None;
                case InsertOutcome.ReplyTaken when Table.IsSession(existing):
                    return DropReason.None;
                default:
                    // A cached decision gives way to a session.
                    RemoveCached(worker, existing);
                    break;
            }
        }
    }

    // Port choices are drawn from the packet itself under the store's secret: nobody outside can foretell one, and none depends on how packets
    // were batched, on which worker saw them, or on what came after (RFC 6056 section 3.3.3 draws so too).
    private ulong EntropyOf(in NewSession request, ulong originalHash) => AddressHash.Fold(originalHash, request.TcpSequence, in shared.Secret);

    private ulong OriginalHash(uint session) => Table.View.Hash(in *TFamily.KeyOf(Table.Original(session)));

    private bool AdmitsThrough(uint mapping, in IpAddress remote, ushort port)
    {
        return Filters.Admits(mapping, Mappings.InsideHashOf(mapping), Filters.RemoteOf(FilteringOf(mapping), in remote, port));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static MappingKey SourceKey(in NewSession request, Pool pool) => new()
    {
        Inside = request.Original.Source,
        Realm = request.Original.Realm,
        Port = request.Original.SourcePort,
        Protocol = request.Original.Protocol,
        PublicRealm = pool.Definition.Realm,
    };

    /// <summary>The reply flow's key, with that public source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TKey ReplyKey(in NewSession request, in IpAddress source, ushort port) => request.RewritesDestination
        ? TFamily.MakeKey(new FlowParts(request.RealmTo, request.Original.Protocol, request.Destination, request.DestinationPort, source, port))
        : TFamily.MakeKey(new FlowParts(request.RealmTo, request.Original.Protocol, request.Original.Destination, request.Original.DestinationPort, source, port));
}
