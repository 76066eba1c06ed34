using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// Endpoint-dependent mappings: a port serves several inside endpoints, and the reply flow's key is what has one owner.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    // A return tuple may also be given back by a session that took no port, of which nobody is told: so long nobody looks again.
    private const uint ExhaustedMilliseconds = 1000;

    private DropReason SharePort(SessionWorker worker, in NewSession request, uint session, uint now, ref SessionLease lease, out uint line)
    {
        line = FlowLines.None;
        Pool pool = lease.Pool!;
        if (!shared.Hosts.TryAddMapping(lease.Host, pool.PortsPerHost)) return DropReason.QuotaExceeded;
        ulong owner = OwnerHash(in request.Original);
        ulong question = FlowHash.Of(RemoteHash(in request), pool.Id, in shared.Secret);
        long freed = Volatile.Read(ref shared.PortsFreed);
        DropReason reason = worker.KnowsExhausted(question, freed, now) || worker.KnowsExhausted(question ^ owner, freed, now)
            ? DropReason.PoolExhausted
            : SearchPorts(worker, in request, session, owner, question, now, ref lease, out line);
        if (lease.Source == 0) shared.Hosts.RemoveMapping(lease.Host);
        return reason;
    }

    private DropReason SearchPorts(
        SessionWorker worker, in NewSession request, uint session, ulong owner, ulong question, uint now, ref SessionLease lease, out uint line)
    {
        Pool pool = lease.Pool!;
        PortClass ports = lease.Plan.Ports;
        (uint first, uint last) = pool.RangeOf(ports);
        long freed = Volatile.Read(ref shared.PortsFreed);
        uint forever = now + int.MaxValue, until = forever;
        int firstChoice = lease.Plan.Place;
        ulong entropy = lease.Plan.Entropy;
        line = FlowLines.None;
        for (int tried = 0, place; (place = pool.Choice(firstChoice, tried)) >= 0; tried++)
        {
            uint number = pool.NumberAt(place);
            if (number == PublicAddresses.None) continue;
            PortSpace* space = shared.Addresses.SpaceOf(number, ports);
            shared.Addresses.Prepare(space, shares: true);
            uint count = last - first + 1, start = Pool.StartOf(entropy, first, last) - first;
            bool keeps = pool.KeepsPort(request.Original.SourcePort, first, last);
            for (uint step = keeps ? 0u : 1u; step <= count; step++)
            {
                uint port = step == 0 ? request.Original.SourcePort : first + ((start + step - 1) % count);
                DropReason reason = TryPort(worker, in request, session, owner, number, space, (ushort)port, now, ref until, ref lease, out line);
                if (reason == DropReason.None && line == FlowLines.None) continue;
                if (tried > 0 && lease.Source != 0) shared.Events.Add(PoolEventKind.AddressFull, pool, request.Original.Realm, request.Original.Source, now);
                return reason;
            }
        }

        // A rest is in the way of others, not of the pair's last owner: then the answer holds for this inside endpoint only.
        uint again = now + ExhaustedMilliseconds;
        worker.RememberExhausted(until == forever ? question : question ^ owner, freed, (int)(until - again) < 0 ? until : again);
        shared.Events.Add(PoolEventKind.Exhausted, pool, request.Original.Realm, request.Original.Source, now);
        return DropReason.PoolExhausted;
    }

    private DropReason TryPort(
        SessionWorker worker, in NewSession request, uint session, ulong owner, uint number, PortSpace* space, ushort port, uint now,
        ref uint until, ref SessionLease lease, out uint line)
    {
        line = FlowLines.None;
        if (space->IsClaimed(port) || !space->TryShare(port)) return DropReason.None;
        IpAddress address = shared.Addresses[number]->Address;
        TKey key = ReplyKey(in request, in address, port);
        var reason = DropReason.None;
        if (Pairs.IsKeptFrom(Table.View.Hash(in key), owner, now, out uint due))
        {
            if ((int)(due - until) < 0) until = due;
        }
        else reason = Insert(worker, in request, session, address, port, in lease, out line);

        if (line == session)
        {
            lease.Source = number;
            lease.PublicPort = port;
        }
        else space->Unshare(port);

        return reason;
    }

    private ulong OwnerHash(in FlowParts original) =>
        AddressHash.Of(original.Realm, original.Source, original.SourcePort, original.Protocol, 0, in shared.Secret);

    private ulong RemoteHash(in NewSession request) => request.RewritesDestination
        ? AddressHash.Of(request.RealmTo, request.Destination, request.DestinationPort, request.Original.Protocol, 0, in shared.Secret)
        : AddressHash.Of(request.RealmTo, request.Original.Destination, request.Original.DestinationPort, request.Original.Protocol, 0, in shared.Secret);
}
