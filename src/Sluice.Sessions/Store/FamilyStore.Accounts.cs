namespace Sluice.Sessions;

// What sessions are counted under. Most have no account: they cost one bit of the record, and no memory.
internal sealed unsafe partial class FamilyStore<TFamily, TKey, TLine>
{
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

    private void EndAccounts(uint session)
    {
        SessionAccounts under = AccountsOf(session);
        if (under.IsNone) return;
        shared.Accounts.End(under.Destination);
        shared.Accounts.End(under.Source);
    }
}
