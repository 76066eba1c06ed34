using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

/// <summary>Sessions of one family: the flow table, the records beside it, and the mappings of that family's inside endpoints.</summary>
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine> : IDisposable
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    private readonly NativeArena arena = new();
    private readonly SharedTables shared;
    private readonly SessionRecord* records;
    private readonly SessionAccounts* accounts;
    private readonly uint* idle;
    private readonly uint[] scratch;

    public FamilyStore(SessionStoreOptions options, SharedTables shared)
    {
        this.shared = shared;
        var limits = new FlowTableLimits(options.Capacity, options.CacheLines, options.SpareLines);
        Table = new FlowTable<TFamily, TKey, TLine>(limits, shared.Secret, shared.Epochs);
        records = arena.Allocate<SessionRecord>(Table.PairDistance);
        accounts = arena.Allocate<SessionAccounts>(Table.PairDistance);
        Mappings = new MappingTable(TFamily.Family, options.Capacity, shared);
        Filters = new FilterTable(options.Capacity, shared);
        Pairs = new RestingPairs(options.Capacity);
        idle = shared.Durations.Milliseconds;
        scratch = TakeScratchLines(options);
    }

    public FlowTable<TFamily, TKey, TLine> Table { get; }

    public MappingTable Mappings { get; }

    public FilterTable Filters { get; }

    public RestingPairs Pairs { get; }

    /// <summary>Session indexes ever used: a sweep looks no further.</summary>
    public uint HighWater => Table.Sessions.HighWater;

    /// <summary>The record of a session.</summary>
    public SessionRecord* RecordOf(uint session) => records + session;

    /// <summary>Bytes of records touched.</summary>
    public long RecordBytes => HighWater * (long)sizeof(SessionRecord);

    /// <summary>Bytes of lines touched, and of the free lists' numbers.</summary>
    public long LineBytes =>
        (HighWater * ((2L * sizeof(TLine)) + sizeof(uint))) + ((Table.CacheLines.HighWater - (2L * Table.PairDistance)) * (sizeof(TLine) + sizeof(uint)));

    /// <summary>Bytes of buckets, if any session was ever made.</summary>
    public long BucketBytes => HighWater == 0 ? 0 : Table.View.BucketCount * (long)sizeof(FlowBucket);

    /// <summary>Makes a session with all that it needs, or nothing and the reason.</summary>
    public DropReason Create(SessionWorker worker, in NewSession request, uint now, out uint line)
    {
        if (worker.Ahead != 0) worker.Ahead--;
        if (worker.TryUnstage(out ulong chain)) Mappings.PrefetchChain(chain);
        DropReason reason = TryCreate(worker, in request, now, out line);
        worker.SettleCredits();
        return reason;
    }

    private DropReason TryCreate(SessionWorker worker, in NewSession request, uint now, out uint line)
    {
        line = FlowLines.None;
        if (!worker.TryTakeCredit()) return DropReason.TableFull;
        if (Table.Sessions.TryTake(worker.Index, out uint session) != TakeOutcome.Taken)
        {
            worker.ReturnCredit();
            return DropReason.TableFull;
        }

        TKey key = TFamily.MakeKey(in request.Original);
        var lease = new SessionLease { Pool = request.SourcePool, Plan = request.Plan.IsMade ? request.Plan : PlanOf(in request) };
        FillOriginal(session, in key, in request, now);
        DropReason reason = TakeHostAndDestination(worker, in request, now, ref lease);
        if (reason == DropReason.None) reason = TakeSource(worker, in request, session, now, ref lease, out line);
        if (reason == DropReason.None && line == session)
        {
            Record(worker, in request, session, now, in lease);
            return DropReason.None;
        }

        GiveUp(worker, in lease);
        TFamily.StateOf(Table.Original(session))->Generation = 0;
        TFamily.StateOf(Table.Reply(session))->Generation = 0;
        Table.Sessions.GiveBack(worker.Index, session);
        worker.ReturnCredit();
        return reason;
    }

    public void Dispose()
    {
        Pairs.Dispose();
        Filters.Dispose();
        Mappings.Dispose();
        Table.Dispose();
        arena.Dispose();
    }

    private void FillOriginal(uint session, in TKey key, in NewSession request, uint now)
    {
        TLine* original = Table.Original(session), reply = Table.Reply(session);
        *TFamily.KeyOf(original) = key;
        FlowState* own = TFamily.StateOf(original), other = TFamily.StateOf(reply);
        bool refreshes = TcpLife.IsOf(request.Original.Protocol), isTcp = request.Original.Protocol == IpProtocol.Tcp;
        FlowConduct conduct = request.IsPlain ? FlowConduct.Identity : FlowConduct.None;
        Pool? inbound = request.Mapping == NewSession.NoMapping ? null : shared.PoolOf(Mappings[request.Mapping]->Pool);
        byte seen = TcpLife.SeenOf(request.TcpFlags), seenByOther = 0;
        if (isTcp && (seen & FlowState.SeenSyn) == 0)
        {
            // Adopted in midstream: both sides are taken to have opened it.
            seen |= FlowState.SeenSyn | FlowState.SeenAck;
            seenByOther = FlowState.SeenSyn | FlowState.SeenAck;
        }

        uint answer = isTcp && (seen & FlowState.SeenSyn) != 0 && seenByOther == 0 ? request.TcpSequence + 1 : request.TcpSequence;
        if (refreshes && request.IsOneWay) seenByOther |= FlowState.SeenSyn | FlowState.SeenAck | FlowState.OneWay;

        ushort timer = shared.Timers.ClassesOf(request.Timers)->Of(TcpLife.StateOf(request.Original.Protocol, seen, seenByOther));
        *own = new FlowState
        {
            RealmTo = request.RealmTo,
            Seen = seen,
            Conduct = conduct | OriginalConductOf(request.OriginalConduct, refreshes, request.SourcePool, inbound),
            LastSeen = now,
            Generation = request.Generation,
            Timer = timer,
            NextHop = FlowState.NoNextHop,
            Acknowledged = isTcp ? request.TcpSequence : 0,
        };
        *other = new FlowState
        {
            RealmTo = request.Original.Realm,
            Seen = (byte)(seenByOther | FlowState.Reply),
            Conduct = conduct | ReplyConductOf(request.ReplyConduct, refreshes, request.SourcePool, request.RewritesDestination),
            LastSeen = now,
            Generation = request.Generation,
            Timer = timer,
            NextHop = FlowState.NoNextHop,
            Acknowledged = answer,
        };
    }

    // Through a mapping the original direction comes from outside; a sender with a public endpoint of its own sends outward too (RFC 4787 REQ-6).
    private static FlowConduct OriginalConductOf(FlowConduct decided, bool refreshes, Pool? source, Pool? inbound) =>
        decided | (refreshes || source is not null || inbound is null or { RefreshesInbound: true } ? FlowConduct.None : FlowConduct.NoRefresh);

    // So does the end that answers, if it hides its hosts.
    private static FlowConduct ReplyConductOf(FlowConduct decided, bool refreshes, Pool? source, bool rewritesDestination)
    {
        bool answersOutward = rewritesDestination && (decided & FlowConduct.KeepErrorSource) == 0;
        return decided | (refreshes || answersOutward || source is null or { RefreshesInbound: true } ? FlowConduct.None : FlowConduct.NoRefresh);
    }

    private void Record(SessionWorker worker, in NewSession request, uint session, uint now, in SessionLease lease)
    {
        AddFilters(worker, session, in lease);
        SessionRecord* record = records + session;
        record->Start = now;
        record->Source = lease.Source;
        record->Destination = lease.Destination;
        record->Host = lease.Host;
        record->Rule = request.Rule;
        record->Timers = request.Timers;
        record->Pool = lease.Pool?.Id ?? 0;
        BeginAccounts(session, new SessionAccounts(request.Account, request.SourceAccount));

        // Last: from here on the session can be ended.
        ulong number = worker.NextNumber(shared);
        if (worker.Log is { } log) TellBeginSlow(log, session, number, now);
        Volatile.Write(ref record->Number, number);
        shared.Due?.Add(DueOf(session), DueKindOfSession, session, number);
    }

    private static DueKind DueKindOfSession => TFamily.Family == IpFamily.V4 ? DueKind.Session4 : DueKind.Session6;

    // Each worker has a line that is never in the table, for packets whose decision finds no room in the cache.
    private uint[] TakeScratchLines(SessionStoreOptions options)
    {
        if (options.CacheLines == 0) return [];
        var lines = new uint[options.Workers + 1];
        for (int worker = 0; worker < lines.Length; worker++) _ = Table.CacheLines.TryTake(worker, out lines[worker]);
        return lines;
    }
}
