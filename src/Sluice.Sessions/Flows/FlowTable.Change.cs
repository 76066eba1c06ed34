using System.Diagnostics;

namespace Sluice.Sessions;

// Insertion and removal: under the locks of the home buckets, taken in address order.
public unsafe partial class FlowTable<TFamily, TKey, TLine, TProtocol>
{
    /// <summary>Makes both flows of a session findable as one step. The caller has filled keys and states of both lines; partner and what to write are set here.</summary>
    /// <param name="session">The session's number.</param>
    /// <param name="existing">The line that has a key already, if one is taken.</param>
    public InsertOutcome InsertPair(uint session, out uint existing) =>
        InsertPair(session, view.Hash(in *TFamily.KeyOf(Original(session))), view.Hash(in *TFamily.KeyOf(Reply(session))), out existing);

    /// <summary>As <see cref="InsertPair(uint, out uint)"/>, for a caller that has the hashes of both keys.</summary>
    public InsertOutcome InsertPair(uint session, ulong originalHash, ulong replyHash, out uint existing)
    {
        uint replyLine = session + PairDistance;
        TLine* original = view.Lines + session, reply = view.Lines + replyLine;
        Debug.Assert(TFamily.StateOf(original)->Generation != 0 && TFamily.StateOf(reply)->Generation != 0, "A line that is inserted is alive.");
        existing = session;

        // A flow that is its own reply would be two entries with one key.
        if (TFamily.Matches(original, in *TFamily.KeyOf(reply))) return InsertOutcome.ReplyTaken;
        TFamily.StateOf(original)->Partner = replyLine;
        TFamily.StateOf(reply)->Partner = session;
        if (TProtocol.CompletesLinesFirst) SetWrites(original, reply);

        FlowBucket* originalHome = view.Home(originalHash), replyHome = view.Home(replyHash);
        Lock(originalHome, replyHome);
        InsertOutcome outcome = Claim(original, reply, originalHash, replyHash, out FlowSlot first, out FlowSlot second, out existing);
        if (outcome == InsertOutcome.Inserted)
        {
            Publish(first, session, originalHash);
            Publish(second, replyLine, replyHash);
        }

        Unlock(originalHome, replyHome);
        if (TProtocol.CompletesLinesFirst) return outcome;
        TProtocol.Linger();
        SetWrites(original, reply);
        return outcome;
    }

    /// <summary>Makes a cache line findable. The caller has filled all of it.</summary>
    /// <returns><see cref="InsertOutcome.OriginalTaken"/> if its key has a line already.</returns>
    public InsertOutcome InsertOne(uint line, out uint existing)
    {
        TKey* key = TFamily.KeyOf(view.Lines + line);
        ulong hash = view.Hash(in *key);
        FlowBucket* home = view.Home(hash);
        FlowBucket.Lock(home);
        var outcome = InsertOutcome.OriginalTaken;
        existing = Walk(in *key, hash);
        if (existing == FlowLines.None)
        {
            outcome = TryClaim(home, out FlowSlot slot) ? InsertOutcome.Inserted : InsertOutcome.Crowded;
            if (outcome == InsertOutcome.Inserted) Publish(slot, line, hash);
        }

        FlowBucket.Unlock(home);
        return outcome;
    }

    /// <summary>Takes both flows of a session out of the table and marks their lines dead; false if another worker has done so already.</summary>
    public bool RemovePair(uint session)
    {
        uint replyLine = session + PairDistance;
        TLine* original = view.Lines + session, reply = view.Lines + replyLine;
        ulong originalHash = view.Hash(in *TFamily.KeyOf(original)), replyHash = view.Hash(in *TFamily.KeyOf(reply));
        FlowBucket* originalHome = view.Home(originalHash), replyHome = view.Home(replyHash);
        Lock(originalHome, replyHome);
        bool alive = TFamily.StateOf(original)->Generation != 0;
        if (alive)
        {
            Unlink(originalHome, originalHash, session);
            Unlink(replyHome, replyHash, replyLine);
            Volatile.Write(ref TFamily.StateOf(original)->Generation, (ushort)0);
            Volatile.Write(ref TFamily.StateOf(reply)->Generation, (ushort)0);
        }

        Unlock(originalHome, replyHome);
        return alive;
    }

    /// <summary>Takes a cache line out of the table and marks it dead; false if another worker has done so already.</summary>
    public bool RemoveOne(uint line)
    {
        TLine* entry = view.Lines + line;
        ulong hash = view.Hash(in *TFamily.KeyOf(entry));
        FlowBucket* home = view.Home(hash);
        FlowBucket.Lock(home);
        bool alive = TFamily.StateOf(entry)->Generation != 0;
        if (alive)
        {
            Unlink(home, hash, line);
            Volatile.Write(ref TFamily.StateOf(entry)->Generation, (ushort)0);
        }

        FlowBucket.Unlock(home);
        return alive;
    }

    /// <summary>Takes the lock of a session, which is its original flow's home bucket's: for changes that concern both lines.</summary>
    /// <remarks>While it is held the session can't be removed; check that its generation is not 0. Insert and remove nothing meanwhile.</remarks>
    public PairLock LockPair(uint session) => new(view.Home(view.Hash(in *TFamily.KeyOf(Original(session)))));

    private InsertOutcome Claim(
        TLine* original, TLine* reply, ulong originalHash, ulong replyHash, out FlowSlot first, out FlowSlot second, out uint existing)
    {
        first = second = default;
        existing = Walk(in *TFamily.KeyOf(original), originalHash);
        if (existing != FlowLines.None) return InsertOutcome.OriginalTaken;
        existing = Walk(in *TFamily.KeyOf(reply), replyHash);
        if (existing != FlowLines.None) return InsertOutcome.ReplyTaken;
        if (!TryClaim(view.Home(originalHash), out first)) return InsertOutcome.Crowded;
        if (TryClaim(view.Home(replyHash), out second)) return InsertOutcome.Inserted;
        Release(view.Home(originalHash), first);
        return InsertOutcome.Crowded;
    }

    private static void SetWrites(TLine* original, TLine* reply)
    {
        TFamily.SetWrite(original, in *TFamily.KeyOf(reply));
        TFamily.SetWrite(reply, in *TFamily.KeyOf(original));
    }

    private static void Lock(FlowBucket* one, FlowBucket* other)
    {
        FlowBucket.Lock(one < other ? one : other);
        if (one != other) FlowBucket.Lock(one < other ? other : one);
    }

    private static void Unlock(FlowBucket* one, FlowBucket* other)
    {
        FlowBucket.Unlock(one);
        if (one != other) FlowBucket.Unlock(other);
    }
}

/// <summary>Holds the lock of a session's pair of lines until disposed.</summary>
public readonly unsafe ref struct PairLock
{
    private readonly FlowBucket* bucket;

    internal PairLock(FlowBucket* bucket)
    {
        this.bucket = bucket;
        FlowBucket.Lock(bucket);
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => FlowBucket.Unlock(bucket);
}
