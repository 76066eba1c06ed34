namespace Sluice.Sessions;

// What people see of sessions: read beside the packet path, without stopping it.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Describes the live session of a line.</summary>
    public bool TryDescribe(uint line, uint now, out SessionView view)
    {
        view = default;
        if (!Table.IsSession(line)) return false;
        uint session = Table.SessionOf(line);
        SessionRecord* record = records + session;
        ulong number = Volatile.Read(ref record->Number);
        if (number == 0) return false;

        FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
        FlowParts original = TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session)));
        Pool? pool = shared.PoolOf(record->Pool);

        // Until its next packet a session keeps the due time that it had when its timer changed, and its last packet is reckoned back from that:
        // only what is left is exact then.
        int age = Math.Max(0, (int)(now - record->Start)), since = (int)(now - Newest(own, other));
        uint limit = idle[own->Timer];
        SessionAccounts under = AccountsOf(session);
        view = new SessionView
        {
            Ref = new SessionRef(TFamily.Family, session),
            Number = number,
            State = TcpLife.StateOf(original.Protocol, own->Seen, other->Seen),
            Original = original,
            Reply = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session))),
            RealmTo = own->RealmTo,
            Pool = pool,
            SourceMapping = pool is { IsEndpointIndependent: true } ? record->Source : NewSession.NoMapping,
            DestinationMapping = record->Destination == 0 ? NewSession.NoMapping : record->Destination,
            Timers = record->Timers,
            Rule = record->Rule,
            Account = under.Destination,
            SourceAccount = under.Source,
            Generation = own->Generation,
            AgeMilliseconds = (uint)age,
            IdleMilliseconds = (uint)Math.Clamp(since, 0, age),
            IdleLimitMilliseconds = limit,
            RemainingMilliseconds = (uint)Math.Max(0, limit - since),
            OriginalPackets = own->Packets,
            OriginalBytes = own->Bytes,
            ReplyPackets = other->Packets,
            ReplyBytes = other->Bytes,
        };

        // The session may have ended, and another begun here, while it was read.
        Volatile.ReadBarrier();
        return Volatile.Read(ref record->Number) == number;
    }

    /// <summary>The tuple of one of a session's directions.</summary>
    public FlowParts PartsOf(uint line, bool reply)
    {
        uint session = Table.SessionOf(line);
        return TFamily.PartsOf(in *TFamily.KeyOf(reply ? Table.Reply(session) : Table.Original(session)));
    }

    /// <summary>The number of the live session of a line, or 0.</summary>
    public ulong NumberOf(uint line) => Table.IsSession(line) ? Volatile.Read(ref records[Table.SessionOf(line)].Number) : 0;

    /// <summary>Adds what the lines that live have counted.</summary>
    public void AddTraffic(Dictionary<(ushort Realm, ushort RealmTo), TrafficCount> totals)
    {
        for (uint session = 0; session < HighWater; session++)
        {
            if (Volatile.Read(ref records[session].Number) == 0) continue;
            Add(Table.Original(session), totals);
            Add(Table.Reply(session), totals);
        }

        for (uint place = 0; place < CachedLines; place++)
        {
            TLine* line = Table.Line((2 * Table.PairDistance) + place);
            if (Volatile.Read(ref TFamily.StateOf(line)->Generation) != 0) Add(line, totals);
        }
    }

    private static void Add(TLine* line, Dictionary<(ushort Realm, ushort RealmTo), TrafficCount> totals)
    {
        FlowState* state = TFamily.StateOf(line);
        if (state->Packets == 0) return;
        var pair = (TFamily.RealmOf(line), state->RealmTo);
        totals[pair] = totals.GetValueOrDefault(pair).Plus(new TrafficCount(state->Packets, state->Bytes));
    }

    /// <summary>Adds this family's sessions to counts by state.</summary>
    public void Count(Span<int> byState, ref int sharedPorts)
    {
        for (uint session = 0; session < HighWater; session++)
        {
            if (Volatile.Read(ref records[session].Number) == 0) continue;
            byState[(int)CountedAs(session)]++;
            if (shared.PoolOf(records[session].Pool) is { IsEndpointIndependent: false }) sharedPorts++;
        }
    }

    // Summaries know TCP's states only of TCP.
    private SessionStateName CountedAs(uint session) =>
        TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session))).Protocol == Packets.IpProtocol.Sctp ? SessionStateName.Other : StateNameOf(session);
}
