using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// The workers' side: by number, in native memory, without a lock.
public sealed unsafe partial class AccountTable
{
    /// <summary>Where the packets of a session go whose destination is not what they are sent by; false where they go by their destination.</summary>
    public bool TryGetNextHop(uint number, IpFamily family, out IpAddress address)
    {
        AccountEntry* entry = Entries + number;
        address = entry->AddressOf(family);
        return (entry->Mark & AccountMark.Direct) != 0;
    }

    /// <summary>Whether the configuration in force has forgotten an account whose TCP sessions were to be left to finish then.</summary>
    public bool Drains(uint number) => (Entries[number].Mark & (AccountMark.Held | AccountMark.Drains)) == AccountMark.Drains;

    /// <summary>A session is made under an account.</summary>
    internal void Begin(uint number)
    {
        if (number == None) return;
        AccountEntry* entry = Entries + number;
        Interlocked.Increment(ref entry->Active);
        Interlocked.Increment(ref entry->Begun);
    }

    /// <summary>A live session goes over to another account.</summary>
    internal void Move(uint from, uint to)
    {
        if (from == to) return;
        if (to != None) Interlocked.Increment(ref Entries[to].Active);
        if (from != None) Interlocked.Decrement(ref Entries[from].Active);
    }

    /// <summary>A session under an account ends.</summary>
    internal void End(uint number)
    {
        if (number != None) Interlocked.Decrement(ref Entries[number].Active);
    }
}
