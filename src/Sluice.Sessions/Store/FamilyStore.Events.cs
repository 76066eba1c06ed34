using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

// Telling those who watch that a session began or ended.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellBeginSlow(SessionLog log, uint session, ulong number, uint at) =>
        log.Add(EventOf(session, number, TFamily.StateOf(Table.Original(session))->Generation, at));

    // The lines are dead already: their generation is what it was before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellEndSlow(SessionLog log, uint session, ulong number, ushort generation, uint at, EndReason reason) =>
        log.Add(EventOf(session, number, generation, at) with { IsEnd = true, Reason = reason });

    private SessionEvent EventOf(uint session, ulong number, ushort generation, uint at)
    {
        SessionRecord* record = records + session;
        SessionAccounts under = AccountsOf(session);
        FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
        return new SessionEvent
        {
            Number = number,
            At = at,
            Start = record->Start,
            State = StateNameOf(session),
            Original = TFamily.PartsOf(in *TFamily.KeyOf(Table.Original(session))),
            Reply = TFamily.PartsOf(in *TFamily.KeyOf(Table.Reply(session))),
            RealmTo = own->RealmTo,
            Rule = record->Rule,
            Generation = generation,
            Account = under.Destination,
            SourceAccount = under.Source,
            IdleMilliseconds = (uint)Math.Max(0, (int)(at - Newest(own, other))),
            IdleLimitMilliseconds = idle[own->Timer],
            OriginalPackets = own->Packets,
            OriginalBytes = own->Bytes,
            ReplyPackets = other->Packets,
            ReplyBytes = other->Bytes,
        };
    }
}
