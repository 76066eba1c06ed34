using Sluice.Packets;

namespace Sluice.Sessions;

// What happens to a session while it lives.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Takes in a TCP segment with SYN, FIN, RST or a direction's first ACK, or an SCTP packet that means the same.</summary>
    public TcpOutcome TouchTcp(uint line, in TcpSegment segment, uint now)
    {
        if (!Table.IsSession(line)) return TcpOutcome.Continues;
        uint session = Table.SessionOf(line);
        FlowState* own = TFamily.StateOf(Table.Line(line));

        // The segment that made the session: its flags have been taken in.
        if (line == session && own->Packets == 0 && own->Seen == segment.Flags) return TcpOutcome.Continues;
        using PairLock pair = Table.LockPair(session);
        if (own->Generation == 0) return TcpOutcome.Reopened;
        FlowState* other = TFamily.StateOf(Table.Line(own->Partner));
        SessionRecord* record = records + session;
        ushort timer = own->Timer;
        byte seenBefore = own->Seen;
        TimerClasses* classes = shared.Timers.ClassesOf(record->Timers);
        bool isSctp = TFamily.PartsOf(in *TFamily.KeyOf(Table.Line(line))).Protocol == IpProtocol.Sctp;
        TcpOutcome outcome = isSctp
            ? SctpLife.Touch(own, other, in segment, now, classes, idle, RstCheckOf(record))
            : TcpLife.Touch(own, other, in segment, now, classes, idle, RstCheckOf(record));

        if (outcome == TcpOutcome.Reset) TellReset(session, own, seenBefore);
        else TellAnswer(session, own, seenBefore);

        // A longer time needs no entry of its own: the one that is there comes early, and is put back.
        if (idle[own->Timer] < idle[timer] && shared.Due is { } due)
            due.Add(Earlier(DueOf(session), now + idle[own->Timer] + 1), DueKindOfSession, session, record->Number);
        return outcome;
    }

    /// <summary>Puts a session under another generation, if its public endpoint is still its own.</summary>
    public bool Confirm(SessionWorker worker, uint line, in Confirmation confirmation)
    {
        if (!Table.IsSession(line)) return false;
        uint session = Table.SessionOf(line);
        SessionRecord* record = records + session;
        using PairLock pair = Table.LockPair(session);
        FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
        if (own->Generation == 0 || record->Number == 0 || !MayStay(session, record, confirmation.SourcePool, confirmation.IsForwarded)) return false;

        if (confirmation.SourcePool is { } pool && pool.IsEndpointIndependent == shared.PoolOf(record->Pool)!.IsEndpointIndependent) record->Pool = pool.Id;
        bool keepsTime = HasLifetimeOfItsOwn(session);
        record->Timers = confirmation.Timers;
        record->Rule = confirmation.Rule;
        MoveAccounts(session, new SessionAccounts(confirmation.Account, confirmation.SourceAccount));
        if (!keepsTime) SetTimer(own, other, shared.Timers.ClassesOf(confirmation.Timers)->Of(StateNameOf(session)));
        if (shared.Due is { } due) due.Add(due.Clock + idle[own->Timer] + 1, DueKindOfSession, session, record->Number);
        own->NextHop = other->NextHop = FlowState.NoNextHop;
        SetConduct(session, record, own, other, in confirmation);
        Volatile.Write(ref other->Generation, confirmation.Generation);
        Volatile.Write(ref own->Generation, confirmation.Generation);
        return true;
    }

    /// <summary>Marks the reply direction as denied, if that generation's rules are still the session's.</summary>
    public void DenyReplies(uint line, ushort generation)
    {
        if (!Table.IsSession(line)) return;
        uint session = Table.SessionOf(line);
        using PairLock pair = Table.LockPair(session);
        FlowState* reply = TFamily.StateOf(Table.Reply(session));
        if (reply->Generation != generation) return;
        reply->Conduct |= FlowConduct.Denied;
        reply->NextHop = FlowState.NoNextHop;
    }

    /// <summary>The state of a session.</summary>
    public SessionStateName StateNameOf(uint session) => TcpLife.StateOf(
        TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session))).Protocol,
        TFamily.StateOf(Table.Original(session))->Seen,
        TFamily.StateOf(Table.Reply(session))->Seen);

    /// <summary>Looks at one session: its original line tells most. Of what seems due the memory is called for that ending it touches.</summary>
    public SweepFinding Look(uint session, uint now, ushort generation)
    {
        FlowState* own = TFamily.StateOf(Table.Original(session));
        ushort confirmed = Volatile.Read(ref own->Generation);
        if (confirmed == 0) return SweepFinding.Nothing;
        int age = (int)(now - Volatile.Read(ref own->LastSeen));
        if (age > (int)idle[own->Timer])
        {
            Prefetcher.Touch(TFamily.StateOf(Table.Reply(session)));
            Prefetcher.Touch(records + session);
            Prefetcher.Touch(Table.View.Home(OriginalHash(session)));
            return SweepFinding.Due;
        }

        return confirmed == generation || Volatile.Read(ref records[session].Number) == 0 ? SweepFinding.Nothing : SweepFinding.Stale;
    }

    /// <summary>Calls for what ending a session touches behind its record and its reply line.</summary>
    public void PrefetchEnd(uint session)
    {
        SessionRecord* record = records + session;
        Prefetcher.Touch(Table.View.Home(Table.View.Hash(in *TFamily.KeyOf(Table.Reply(session)))));
        if (shared.PoolOf(record->Pool) is { IsEndpointIndependent: true }) Mappings.PrefetchEntry(record->Source);
    }

    /// <summary>Ends a session that may be due, or says when it may be.</summary>
    public void ExpireOrRequeue(SessionWorker worker, uint session, ulong number, uint now, DueQueue queue)
    {
        if (Volatile.Read(ref records[session].Number) != number) return;
        uint due = DueOf(session);
        if ((int)(now - due) >= 0) End(worker, session, EndReason.Expired, due, number);

        // A packet that comes right now may make it due sooner than it is: new idle times count from the next packet.
        else queue.Add(Earlier(due, now + idle[TFamily.StateOf(Table.Original(session))->Timer] + 1), DueKindOfSession, session, number);
    }

    private static uint Earlier(uint one, uint other) => (int)(one - other) < 0 ? one : other;

    private bool MayStay(uint session, SessionRecord* record, Pool? pool, bool isForwarded)
    {
        if (record->Pool == 0) return pool is null;
        Pool current = shared.PoolOf(record->Pool)!;
        if (pool is not null && pool.Definition.Realm != current.Definition.Realm) return false;
        FlowParts reply = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session)));
        if (!(pool ?? current).Owns(reply.Destination)) return false;
        uint number = shared.Addresses.Find(current.Definition.Realm, reply.Destination);
        return isForwarded || !shared.Addresses.SpaceOf(number, PortClasses.Of(reply.Protocol))->IsClaimed(reply.DestinationPort);
    }

    private void SetConduct(uint session, SessionRecord* record, FlowState* own, FlowState* other, in Confirmation confirmation)
    {
        FlowParts original = TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session))), reply = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session)));
        bool refreshes = TcpLife.IsOf(original.Protocol);
        bool rewritesDestination = original.Destination != reply.Source || original.DestinationPort != reply.SourcePort;
        Pool? source = confirmation.SourcePool;
        Pool? inbound = record->Destination == 0 ? null : shared.PoolOf(Mappings[record->Destination]->Pool);

        // A session stays one where the rules would now pass its packets without state.
        const FlowConduct Stateless = FlowConduct.Identity | FlowConduct.Cache;
        own->Conduct = (own->Conduct & FlowConduct.Identity) | OriginalConductOf(confirmation.OriginalConduct & ~Stateless, refreshes, source, inbound);
        other->Conduct = (other->Conduct & FlowConduct.Identity) | ReplyConductOf(confirmation.ReplyConduct & ~Stateless, refreshes, source, rewritesDestination);
    }

    // New idle times count from the next packet: until then the session is due when it was.
    private void SetTimer(FlowState* own, FlowState* other, ushort timer)
    {
        uint shift = idle[own->Timer] - idle[timer];
        own->LastSeen += shift;
        other->LastSeen += shift;
        own->Timer = timer;
        other->Timer = timer;
    }

    private RstCheck RstCheckOf(SessionRecord* record)
    {
        Pool? pool = shared.PoolOf(record->Pool);
        if (pool is null && record->Destination != 0) pool = shared.PoolOf(Mappings[record->Destination]->Pool);
        return pool?.Definition.Profile.RstCheck ?? RstCheck.Window;
    }
}

/// <summary>What the sweep finds of a session.</summary>
internal enum SweepFinding : byte
{
    /// <summary>Nothing to do.</summary>
    Nothing,

    /// <summary>Its original direction's time is over; the other one's may not be.</summary>
    Due,

    /// <summary>Alive, and confirmed by another generation last.</summary>
    Stale,
}
