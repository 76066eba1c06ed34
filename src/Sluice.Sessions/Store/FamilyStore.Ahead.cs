using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// What can be done for a session before its turn: work it out, and call for the memory that it will touch.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Works a request out, and calls for the bits by which <see cref="Prefetch"/> foresees the port.</summary>
    public void Plan(ref NewSession request)
    {
        request.Plan = PlanOf(in request);
        ref readonly SessionPlan plan = ref request.Plan;
        if (request.SourcePool is not { } pool || !TryFindSpace(pool, in plan, out _, out PortSpace* space) || space->Bits == null) return;
        (uint first, uint last) = pool.RangeOf(plan.Ports);
        Prefetcher.Touch(space->Bits + (request.Original.SourcePort >> 6));
        Prefetcher.Touch(space->Bits + (Pool.StartOf(plan.Entropy, first, last) >> 6));
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

        if (request.SourcePool is not { } pool)
        {
            PrefetchReply(in request, request.FixedSource, request.FixedSourcePort);
            return;
        }

        SessionPlan plan = request.Plan.IsMade ? request.Plan : PlanOf(in request);
        if (!TryFindSpace(pool, in plan, out uint number, out PortSpace* space)) return;
        ushort port = (ushort)LikelyPort(pool, space, plan.Ports, request.Original.SourcePort, plan.Entropy);
        ulong pair = PrefetchReply(in request, shared.Addresses[number]->Address, port);
        if (!pool.IsEndpointIndependent)
        {
            if (space->Shares != null) Prefetcher.Touch(space->Shares + port);
            Pairs.Prefetch(pair);
            return;
        }

        Mappings.Prefetch(plan.SourceHash, worker.Index, ahead);
        if (worker.Stage(plan.SourceHash, out ulong ready)) Mappings.PrefetchChain(ready);
        Mappings.PrefetchPublic(number, port, request.Original.Protocol);
        ulong remote = Filters.RemoteOf(pool.Filtering, request.Original.Destination, request.Original.DestinationPort);
        Filters.Prefetch(plan.SourceHash, remote, worker.Index, ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SessionPlan PlanOf(in NewSession request)
    {
        ulong originalHash = request.OriginalHash;
        if (originalHash == 0)
        {
            TKey key = TFamily.MakeKey(in request.Original);
            originalHash = Table.View.Hash(in key);
        }

        var plan = new SessionPlan
        {
            OriginalHash = originalHash,
            Entropy = EntropyOf(in request, originalHash),
            Ports = PortClasses.Of(request.Original.Protocol),
            IsMade = true,
        };
        if (request.SourcePool is not { } pool) return plan;
        plan.Place = pool.FirstChoice(request.Original.Realm, request.Original.Source);
        if (pool.IsEndpointIndependent) plan.SourceHash = Mappings.HashOf(SourceKey(in request, pool));
        return plan;
    }

    // The space of ports that the session will most likely take one from; false where nobody has taken any yet.
    private bool TryFindSpace(Pool pool, in SessionPlan plan, out uint number, out PortSpace* space)
    {
        number = pool.KnownNumberAt(plan.Place);
        space = null;
        if (number == PublicAddresses.None || plan.Ports == PortClass.None) return false;
        space = shared.Addresses.SpaceOf(number, plan.Ports);
        return true;
    }

    // Which port the session will have if nothing comes between.
    private static uint LikelyPort(Pool pool, PortSpace* space, PortClass ports, ushort preferred, ulong entropy)
    {
        (uint first, uint last) = pool.RangeOf(ports);
        bool shares = !pool.IsEndpointIndependent;
        if (pool.KeepsPort(preferred, first, last) && (shares || !space->IsTaken(preferred))) return preferred;
        uint start = Pool.StartOf(entropy, first, last);
        return shares ? start : space->NextFree(start);
    }

    private ulong PrefetchReply(in NewSession request, in IpAddress source, ushort port)
    {
        TKey key = ReplyKey(in request, in source, port);
        ulong hash = Table.View.Hash(in key);
        Prefetcher.Touch(Table.View.Home(hash));
        return hash;
    }
}
