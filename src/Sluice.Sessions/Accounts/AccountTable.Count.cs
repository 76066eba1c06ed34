using Sluice.Packets;
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

    /// <summary>Whether connections are left to finish once the configuration leads nothing to them any more: by the newest one that named the account.</summary>
    public bool Drains(uint number) => (Entries[number].Mark & AccountMark.Drains) != 0;

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

    /// <summary>A session under an account ends: what its lines have counted is the account's from now on.</summary>
    internal void End(uint number, in EndedSession ended)
    {
        if (number == None) return;
        AccountEntry* entry = Entries + number;
        Interlocked.Add(ref entry->OriginalPackets, ended.OriginalPackets);
        Interlocked.Add(ref entry->OriginalBytes, ended.OriginalBytes);
        Interlocked.Add(ref entry->ReplyPackets, ended.ReplyPackets);
        Interlocked.Add(ref entry->ReplyBytes, ended.ReplyBytes);
        if (ended.IsExpired) Interlocked.Increment(ref entry->Expired);
        if (ended.IsUnanswered) Interlocked.Increment(ref entry->Unanswered);
        Interlocked.Decrement(ref entry->Active);
    }

    /// <summary>The first segment of a TCP session was answered by a reset.</summary>
    internal void Reject(uint number)
    {
        if (number != None) Interlocked.Increment(ref Entries[number].Rejected);
    }

    /// <summary>The first segment of a TCP session was answered by a SYN.</summary>
    internal void Accept(uint number)
    {
        if (number != None) Interlocked.Increment(ref Entries[number].Accepted);
    }

    /// <summary>A first packet gets no session. Other reasons than those that have a counter are not counted here.</summary>
    public void Refuse(uint number, DropReason reason)
    {
        if (number == None) return;
        AccountEntry* entry = Entries + number;
        switch (reason)
        {
            case DropReason.NoBackend:
                Interlocked.Increment(ref entry->NoBackend);
                break;
            case DropReason.PoolExhausted:
                Interlocked.Increment(ref entry->PoolExhausted);
                break;
            case DropReason.TableFull:
                Interlocked.Increment(ref entry->TableFull);
                break;
            case DropReason.QuotaExceeded:
                Interlocked.Increment(ref entry->QuotaExceeded);
                break;
        }
    }
}

/// <summary>What a session that ends has been.</summary>
/// <param name="OriginalPackets">Packets of the original direction.</param>
/// <param name="OriginalBytes">Their bytes.</param>
/// <param name="ReplyPackets">Packets of the reply direction.</param>
/// <param name="ReplyBytes">Their bytes.</param>
/// <param name="IsExpired">Whether its time was over.</param>
/// <param name="IsUnanswered">Whether it was TCP, its time was over, and the reply direction never sent a SYN.</param>
internal readonly record struct EndedSession(
    long OriginalPackets, long OriginalBytes, long ReplyPackets, long ReplyBytes, bool IsExpired, bool IsUnanswered);
