using System.Diagnostics.CodeAnalysis;

namespace Sluice.Sessions;

/// <summary>What sessions are counted under, by numbers that stay the same over reloads: backends of translations, and source-NAT policies.</summary>
/// <remarks>
/// A configuration holds the accounts that it names; a session counts in <see cref="AccountEntry.Active"/>. A number is given to another name only when neither is left.
/// Names are the control side's; workers read and count in native entries.
/// </remarks>
public sealed unsafe partial class AccountTable : IDisposable
{
    /// <summary>"No account": what is under it is not counted.</summary>
    public const uint None = 0;

    /// <summary>Accounts at once at most, those of ended configurations whose sessions still live among them.</summary>
    public const int Limit = 1 << 20;

    private readonly NativeArena arena = new();
    private readonly Lock gate = new();
    private readonly Dictionary<AccountName, uint> numbers = [];
    private readonly Stack<uint> free = [];

    // Held by nobody when they were looked at last, each once.
    private readonly List<uint> leaving = [];
    private Place[] places = new Place[16];
    private uint used = 1;

    internal AccountTable() => Entries = arena.Allocate<AccountEntry>(Limit);

    /// <summary>Names that found no number so far; sessions under them are not counted.</summary>
    public long Overflows { get; private set; }

    /// <summary>Numbers ever used lie below this.</summary>
    public uint HighWater => Volatile.Read(ref used);

    /// <summary>The entries by number.</summary>
    internal AccountEntry* Entries { get; }

    /// <summary>The number of an account that a configuration names, from now until as many calls of <see cref="Release"/>; <see cref="None"/> where the table is full.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="terms">What the newest configuration says of it.</param>
    public uint Hold(in AccountName name, AccountTerms terms)
    {
        lock (gate)
        {
            if (!numbers.TryGetValue(name, out uint number) && !TryAdd(name, out number))
            {
                Overflows++;
                return None;
            }

            places[number].Holders++;
            // A session that went straight to a backend still does when the backend is reached otherwise now: by then its address is no other.
            AccountMark mark = AccountMark.Held | (Entries[number].Mark & AccountMark.Direct) | (terms.Drains ? AccountMark.Drains : AccountMark.None);
            if (terms.IsDirect && !name.Address.IsUnspecified) mark |= AccountMark.Direct;
            Entries[number].Mark = mark;
            return number;
        }
    }

    /// <summary>A configuration that is no longer in force names it no more. Call it once no worker decides by that configuration.</summary>
    public void Release(uint number)
    {
        if (number == None) return;
        lock (gate)
        {
            if (--places[number].Holders != 0) return;
            Entries[number].Mark &= ~AccountMark.Held;
            if (places[number].IsLeaving) return;
            places[number].IsLeaving = true;
            leaving.Add(number);
        }
    }

    /// <summary>Gives back the numbers that neither a configuration nor a session uses any more.</summary>
    public void Collect()
    {
        lock (gate)
        {
            int kept = 0;
            for (int i = 0; i < leaving.Count; i++)
            {
                uint number = leaving[i];
                places[number].IsLeaving = places[number].Holders == 0 && Volatile.Read(ref Entries[number].Active) != 0;
                if (places[number].IsLeaving) leaving[kept++] = number;
                else if (places[number].Holders == 0) Forget(number);
            }

            leaving.RemoveRange(kept, leaving.Count - kept);
        }
    }

    /// <summary>The number of an account, or <see cref="None"/> where there is none of that name.</summary>
    public uint Find(in AccountName name)
    {
        lock (gate) return numbers.GetValueOrDefault(name);
    }

    /// <summary>The name of a number that is in use.</summary>
    public bool TryGetName(uint number, [MaybeNullWhen(false)] out AccountName name)
    {
        lock (gate)
        {
            name = number != None && number < used ? places[number].Name : default;
            return name.Owner is not null;
        }
    }

    /// <summary>What has been counted under a number.</summary>
    public AccountEntry EntryOf(uint number) => number < HighWater ? Entries[number] : default;

    /// <summary>Every account that a configuration names, a session is under, or that waits for <see cref="Collect"/>.</summary>
    public IReadOnlyList<AccountView> Views()
    {
        lock (gate)
        {
            var views = new List<AccountView>(numbers.Count);
            for (uint number = 1; number < used; number++)
            {
                if (places[number].Name.Owner is not null)
                    views.Add(new AccountView(number, places[number].Name, places[number].Holders != 0, Entries[number]));
            }

            return views;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private bool TryAdd(in AccountName name, out uint number)
    {
        if (!free.TryPop(out number))
        {
            if (used == Limit) return false;
            number = used;
            if (number == places.Length) Array.Resize(ref places, places.Length * 2);
            Volatile.Write(ref used, number + 1);
        }

        places[number] = new Place { Name = name };
        Entries[number] = new AccountEntry { Address = name.Address.Value };
        numbers.Add(name, number);
        return true;
    }

    // What its sessions were counts for the translation from now on, so that its sums never fall.
    private void Forget(uint number)
    {
        AccountName name = places[number].Name;
        if (name.Kind == AccountKind.Backend && numbers.TryGetValue(new AccountName(AccountKind.Translation, name.Owner), out uint whole))
            Entries[whole].Add(in Entries[number]);
        numbers.Remove(places[number].Name);
        places[number] = default;
        free.Push(number);
    }

    private struct Place
    {
        public AccountName Name;
        public int Holders;
        public bool IsLeaving;
    }
}

/// <summary>One account as a reader saw it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">What it is known by.</param>
/// <param name="IsNamed">Whether a configuration in force names it; else sessions of an earlier one live, or did a moment ago.</param>
/// <param name="Counts">What has been counted.</param>
public readonly record struct AccountView(uint Number, AccountName Name, bool IsNamed, AccountEntry Counts);
