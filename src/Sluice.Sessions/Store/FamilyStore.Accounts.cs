namespace Sluice.Sessions;

// What sessions are counted under. Most have no account: they cost one bit of the record, and no memory.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
    /// <summary>The account of where a session goes; of a cached decision there is none.</summary>
    public uint AccountOf(uint line) => Table.IsSession(line) ? AccountsOf(Table.SessionOf(line)).Destination : AccountTable.None;

    private SessionAccounts AccountsOf(uint session) => records[session].HasAccounts ? accounts[session] : default;

    private void BeginAccounts(uint session, in SessionAccounts under)
    {
        records[session].HasAccounts = !under.IsNone;
        if (under.IsNone) return;
        accounts[session] = under;
        shared.Accounts.Begin(under.Destination);
        shared.Accounts.Begin(under.Source);
    }

    // The caller holds the pair's lock: whoever ends the session takes its flows out under it first, and reads its accounts after that.
    private void MoveAccounts(uint session, in SessionAccounts under)
    {
        SessionAccounts before = AccountsOf(session);
        if (before == under) return;
        if (!under.IsNone) accounts[session] = under;
        records[session].HasAccounts = !under.IsNone;
        shared.Accounts.Move(before.Destination, under.Destination);
        shared.Accounts.Move(before.Source, under.Source);
    }

    private void EndAccounts(uint session, EndReason reason)
    {
        SessionAccounts under = AccountsOf(session);
        if (under.IsNone) return;
        FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
        bool isExpired = reason == EndReason.Expired;
        bool isUnanswered = isExpired && StateNameOf(session) == SessionStateName.HalfOpen && (other->Seen & FlowState.SeenSyn) == 0;
        var ended = new EndedSession((long)own->Packets, (long)own->Bytes, (long)other->Packets, (long)other->Bytes, isExpired, isUnanswered);
        shared.Accounts.End(under.Destination, in ended);
        shared.Accounts.End(under.Source, in ended);
    }

    // Nobody listens where a session goes: its reply direction has sent nothing but this.
    private void TellReset(uint session, FlowState* own, byte seenBefore)
    {
        bool isFirst = (seenBefore & (FlowState.SeenSyn | FlowState.SeenFin | FlowState.SeenRst)) == 0;
        if (isFirst && (own->Seen & FlowState.SeenRst) != 0 && own == TFamily.StateOf(Table.Reply(session))) shared.Accounts.Reject(AccountsOf(session).Destination);
    }

    // Somebody listens where a session goes: its reply direction has sent its first SYN.
    private void TellAnswer(uint session, FlowState* own, byte seenBefore)
    {
        bool isFirst = (own->Seen & ~seenBefore & FlowState.SeenSyn) != 0;
        if (isFirst && own == TFamily.StateOf(Table.Reply(session))) shared.Accounts.Accept(AccountsOf(session).Destination);
    }

    /// <summary>Adds what the lines of live sessions have counted, by account.</summary>
    public void AddAccounts(Dictionary<uint, AccountTraffic> totals)
    {
        for (uint session = 0; session < HighWater; session++)
        {
            if (Volatile.Read(ref records[session].Number) == 0 || AccountsOf(session) is not { IsNone: false } under) continue;
            FlowState* own = TFamily.StateOf(Table.Original(session)), other = TFamily.StateOf(Table.Reply(session));
            var passed = new AccountTraffic(new TrafficCount(own->Packets, own->Bytes), new TrafficCount(other->Packets, other->Bytes));
            if (under.Destination != AccountTable.None) totals[under.Destination] = totals.GetValueOrDefault(under.Destination).Plus(in passed);
            if (under.Source != AccountTable.None) totals[under.Source] = totals.GetValueOrDefault(under.Source).Plus(in passed);
        }
    }
}
