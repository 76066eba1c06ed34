using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>What one thread brings when it makes and ends sessions: its slot in the epochs, its free lists and credits, and what it prefetched for.</summary>
public sealed class SessionWorker
{
    private readonly Epochs epochs;

    internal SessionWorker(int index, Epochs epochs)
    {
        Index = index;
        this.epochs = epochs;
    }

    /// <summary>Its number.</summary>
    public int Index { get; }

    /// <summary>What this thread has counted between realms.</summary>
    internal PairTotals Totals { get; } = new();

    /// <summary>Counts a packet that passed from one realm to another without a line of its own.</summary>
    public void CountPassed(ushort realm, ushort realmTo, int bytes) => Totals.Add(realm, realmTo, 1, (uint)bytes);

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

    /// <summary>A burst boundary: the worker forgets every line and index that it found before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pass()
    {
        Ahead = 0;
        epochs.Pass(Index);
    }

    /// <summary>The worker is about to block; it holds nobody up meanwhile.</summary>
    public void Park() => epochs.Park(Index);

    /// <summary>The worker is back.</summary>
    public void Unpark() => epochs.Unpark(Index);
}
