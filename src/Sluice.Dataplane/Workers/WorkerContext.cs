using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Dataplane.Records;
using Sluice.Dataplane.Routing;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Workers;

/// <summary>What the stages of one worker share: the clock of this burst, the rules in force, the tables, and the lists of packets that leave.</summary>
internal sealed unsafe class WorkerContext : IDisposable
{
    private const int Realms = ushort.MaxValue + 1;

    private readonly SharedState shared;
    private readonly ulong* dropsByRealm;

    public WorkerContext(SharedState shared, int worker)
    {
        this.shared = shared;
        Worker = worker;
        Rules = shared.Rules;
        Generation = Rules.Generation;
        Store = shared.Store;
        Sessions = shared.Store.Worker(worker);
        IdleMilliseconds = shared.Store.IdleMilliseconds;
        NextHops = shared.Router.NextHops;
        Outputs = new OutputLists(WorkerCounters.Links);
        Made = new MadePackets();
        Answers = new Answers(this);
        Delivery = new Delivery(this);
        Counters = (WorkerCounters*)NativeMemory.AlignedAlloc((nuint)sizeof(WorkerCounters), 128);
        *Counters = default;
        dropsByRealm = (ulong*)NativeMemory.AllocZeroed(Realms, sizeof(ulong));
    }

    /// <summary>This worker's number.</summary>
    public int Worker { get; }

    /// <summary>The coarse clock, read once per burst, in milliseconds.</summary>
    public uint Now;

    /// <summary>The rules in force for this worker.</summary>
    public Ruleset Rules;

    /// <summary>Their generation: what a live line carries.</summary>
    public uint Generation;

    /// <summary>The clock when this worker took them up.</summary>
    public uint RulesSince;

    /// <summary>The idle times by timer class.</summary>
    public readonly uint* IdleMilliseconds;

    /// <summary>The next hops by handle.</summary>
    public readonly NextHopTable NextHops;

    /// <summary>This worker's counters.</summary>
    public readonly WorkerCounters* Counters;

    public SessionStore Store { get; }

    public SessionWorker Sessions { get; }

    public OutputLists Outputs { get; }

    public MadePackets Made { get; }

    public Answers Answers { get; }

    public Delivery Delivery { get; }

    /// <summary>What rules with <c>log: true</c> ask to be told.</summary>
    public RuleLog Records { get; } = new();

    /// <summary>Whether a packet whose next hop is not resolved waits for it, rather than being dropped at once.</summary>
    public bool WaitsForNeighbors => shared.Options.WaitsForNeighbors;

    /// <summary>Takes up the newest rules; true where they changed.</summary>
    /// <remarks>Called at each burst, and by slow twins that meet a line of another generation: another worker may have seen the new rules first.</remarks>
    public bool TakeRules()
    {
        Ruleset newest = shared.Rules;
        if (ReferenceEquals(newest, Rules)) return false;
        Rules = newest;
        Generation = newest.Generation;
        RulesSince = Now;
        return true;
    }

    /// <summary>The next hop towards a destination, or why there is none; see <see cref="RouteTable.Resolve"/>.</summary>
    public uint Resolve(ushort realm, in IpAddress destination) =>
        Rules.Routes.Resolve(realm, destination, NextHops, shared.Router.Neighbors);

    /// <summary>Drops a packet, counted under its reason.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Drop(Packet* packet, DropReason reason)
    {
        packet->Verdict = Verdict.Drop;
        packet->Reason = reason;
        Counters->Dropped[(int)reason]++;
        if ((packet->Flags & PacketFlags.Made) == 0) dropsByRealm[packet->Realm]++;
    }

    /// <summary>Disposes of a packet of which it is known already which realm it was to go to.</summary>
    public void Drop(Packet* packet, DropReason reason, ushort realmTo)
    {
        Drop(packet, reason);
        if (realmTo != packet->Realm) Sessions.CountDropped(packet->Realm, realmTo);
    }

    /// <summary>Adds the dropped packets by the realm that they came from.</summary>
    public void AddDrops(Dictionary<ushort, ulong> totals)
    {
        for (int realm = 0; realm < Realms; realm++)
            if (Volatile.Read(ref dropsByRealm[realm]) is var drops and not 0) totals[(ushort)realm] = totals.GetValueOrDefault((ushort)realm) + drops;
    }

    /// <summary>Tells of a packet whose decision asks for a record; called when it has been dropped, or when what it begins has been made.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void RecordSlow(in FirstPacket packet, in Decision decision) =>
        Records.AddSlow(packet, decision.RealmTo, decision.Rule, decision.Kind == DecisionKind.Drop, Rules.Generation, Now);

    /// <summary>Leaves a packet to the host, or ends it because the gateway has answered it.</summary>
    public void Consume(Packet* packet)
    {
        packet->Verdict = Verdict.Consume;
        Counters->Consumed++;
    }

    public void Dispose()
    {
        Delivery.Dispose();
        Outputs.Dispose();
        Made.Dispose();
        Records.Dispose();
        NativeMemory.AlignedFree(Counters);
        NativeMemory.Free(dropsByRealm);
    }
}
