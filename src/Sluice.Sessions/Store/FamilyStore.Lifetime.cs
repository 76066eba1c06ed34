namespace Sluice.Sessions;

// An operator's own time for one session.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>Gives a session another time to live: so long from <paramref name="now"/>, and so long again after each packet that counts.</summary>
    public bool SetLifetime(uint line, ulong number, uint milliseconds, uint now)
    {
        if (!Table.IsSession(line)) return false;
        uint session = Table.SessionOf(line);
        ushort timer = shared.Durations.ClassOf(Lifetimes.Rounded(milliseconds));
        using PairLock pair = Table.LockPair(session);
        FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
        if (own->Generation == 0 || records[session].Number != number) return false;
        Volatile.Write(ref own->LastSeen, now);
        Volatile.Write(ref other->LastSeen, now);
        own->Timer = timer;
        other->Timer = timer;
        if (shared.Due is { } due) due.Add(DueOf(session), DueKindOfSession, session, number);
        return true;
    }

    // A time that is not the one of the session's state was set by an operator.
    private bool HasLifetimeOfItsOwn(uint session) =>
        TFamily.StateOf(Table.Original(session))->Timer != shared.Timers.ClassesOf(records[session].Timers)->Of(StateNameOf(session));
}
