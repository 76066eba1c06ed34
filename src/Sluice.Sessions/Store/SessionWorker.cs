using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>What one thread brings when it makes and ends sessions: its slot in the epochs, its free lists and credits, and what it prefetched for.</summary>
public sealed class SessionWorker
{
    private readonly Epochs epochs;
    private readonly Credits capacity;
    private int creditsInHand;

    internal SessionWorker(int index, Epochs epochs, Credits capacity)
    {
        Index = index;
        this.epochs = epochs;
        this.capacity = capacity;
    }

    /// <summary>Its number.</summary>
    public int Index { get; }

    /// <summary>What this thread has counted between realms.</summary>
    internal PairTotals Totals { get; } = new();

    /// <summary>Where this thread writes down what it makes and ends; null: nobody watches.</summary>
    internal SessionLog? Log
    {
        get => Volatile.Read(ref log);
        set => Volatile.Write(ref log, value);
    }

    private SessionLog? log;

    /// <summary>Counts a packet that passed from one realm to another without a line of its own.</summary>
    public void CountPassed(ushort realm, ushort realmTo, int bytes) => Totals.Add(realm, realmTo, 1, (uint)bytes);

    /// <summary>Counts a packet that was dropped on its way from one realm to another.</summary>
    public void CountDropped(ushort realm, ushort realmTo) => Totals.AddDrop(realm, realmTo);

    /// <summary>Sessions that were prefetched for and not made yet.</summary>
    internal uint Ahead;

    private const int Stages = 8;

    private readonly ulong[] chains = new ulong[Stages];
    private uint chainsAdded;
    private uint chainsTaken;
    private ulong exhaustedQuestion;
    private long exhaustedFreed = -1;
    private uint exhaustedUntil;
    private ulong nextNumber;
    private uint numbersLeft;

    /// <summary>Takes the right to make one session; the worker takes it at once for all sessions that it was told of, since a locked instruction for each is dear.</summary>
    internal bool TryTakeCredit()
    {
        if (creditsInHand == 0) creditsInHand = capacity.TakeUpTo(Index, (int)Ahead + 1);
        if (creditsInHand == 0) return false;
        creditsInHand--;
        return true;
    }

    /// <summary>Gives the right back: the session was not made.</summary>
    internal void ReturnCredit() => creditsInHand++;

    /// <summary>Gives back what is left of the rights once the last session that the worker was told of has had its turn: others may wait for them.</summary>
    internal void SettleCredits()
    {
        if (Ahead != 0 || creditsInHand == 0) return;
        capacity.Return(Index, creditsInHand);
        creditsInHand = 0;
    }

    /// <summary>A number that no session has had.</summary>
    internal ulong NextNumber(SharedTables shared)
    {
        if (numbersLeft == 0) nextNumber = shared.TakeNumbers(out numbersLeft);
        numbersLeft--;
        return nextNumber++;
    }

    /// <summary>Notes a chain whose head was called for; gives back the one that was noted so long ago that its head has come.</summary>
    internal bool Stage(ulong hash, out ulong ready)
    {
        bool full = chainsAdded - chainsTaken == Stages;
        ready = full ? chains[chainsTaken++ % Stages] : 0;
        chains[chainsAdded++ % Stages] = hash;
        return full;
    }

    /// <summary>Gives back the chain that was noted first, if there is one.</summary>
    internal bool TryUnstage(out ulong ready)
    {
        bool any = chainsAdded != chainsTaken;
        ready = any ? chains[chainsTaken++ % Stages] : 0;
        return any;
    }

    /// <summary>Whether a search found no port for the same question, and nothing that it met has changed since: no port came free, no rest is over.</summary>
    internal bool KnowsExhausted(ulong question, long freed, uint now) =>
        exhaustedQuestion == question && exhaustedFreed == freed && (int)(exhaustedUntil - now) > 0;

    /// <summary>Remembers that a search found no port: a flood of refused packets must not search again for each.</summary>
    internal void RememberExhausted(ulong question, long freed, uint until) =>
        (exhaustedQuestion, exhaustedFreed, exhaustedUntil) = (question, freed, until);

    /// <summary>All sessions of a chunk have had their turn: those that it was told of and that nobody made will not come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Forget()
    {
        Ahead = 0;
        SettleCredits();
    }

    /// <summary>A burst boundary: the worker forgets every line and index that it found before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pass()
    {
        Forget();
        epochs.Pass(Index);
    }

    /// <summary>The worker is about to block; it holds nobody up meanwhile.</summary>
    public void Park()
    {
        Forget();
        epochs.Park(Index);
    }

    /// <summary>The worker is back.</summary>
    public void Unpark() => epochs.Unpark(Index);
}
