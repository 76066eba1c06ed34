using System.Runtime.InteropServices;

namespace Sluice.Sessions;

/// <summary>Answer to a request for a free line.</summary>
public enum TakeOutcome : byte
{
    /// <summary>Here is one.</summary>
    Taken = 0,

    /// <summary>Free lines exist, but a worker may still look at each of them: creation outran the spare lines during a stall.</summary>
    WaitingForReaders,

    /// <summary>Every line is in use.</summary>
    Exhausted,
}

/// <summary>Which lines of a slab are free: taken and retired per worker in blocks, so that workers rarely meet.</summary>
/// <remarks>
/// Indices travel in blocks of <see cref="BlockIndices"/>. A worker takes from one block and retires into another; a full retire block is stamped
/// with an epoch and queued, and its indices come back when every worker has passed that epoch. Indices never used before are handed out
/// last, so memory stays as compact as the load allows. A worker keeps up to two blocks for itself: that many lines are to be spare.
/// </remarks>
public sealed unsafe class LineIndexes
{
    /// <summary>Indices in a block.</summary>
    public const int BlockIndices = 252;

    /// <summary>Lines that each worker may keep from the others.</summary>
    public const int KeptPerWorker = 2 * BlockIndices;

    private readonly Epochs epochs;
    private readonly Block* blocks;
    private readonly Own* own;
    private readonly uint end;
    private readonly uint first;
    private uint fresh;
    private uint freshBlock;
    private uint emptyHead = NoBlock;
    private uint fullHead = NoBlock;
    private uint waitingHead = NoBlock;
    private uint waitingTail = NoBlock;
    private int gate;

    internal LineIndexes(NativeArena arena, Epochs epochs, uint first, uint count)
    {
        this.epochs = epochs;
        this.first = first;
        fresh = first;
        end = first + count;
        uint workers = (uint)epochs.Workers;
        uint blockCount = (count / BlockIndices) + (2 * workers) + 2;
        blocks = arena.Allocate<Block>(blockCount);
        own = arena.Allocate<Own>(workers);
        freshBlock = 2 * workers;
        for (uint worker = 0; worker < workers; worker++) own[worker] = new Own { Taking = 2 * worker, Retiring = (2 * worker) + 1 };
    }

    /// <summary>One more than the greatest index ever handed out: a sweep need not look further.</summary>
    public uint HighWater => Volatile.Read(ref fresh);

    /// <summary>Lines in the slab.</summary>
    public uint Count => end - first;

    /// <summary>Takes a free index.</summary>
    public TakeOutcome TryTake(int worker, out uint index)
    {
        Block* block = blocks + own[worker].Taking;
        if (block->Count == 0)
        {
            TakeOutcome outcome = RefillSlow(worker);
            if (outcome != TakeOutcome.Taken)
            {
                index = FlowLines.None;
                return outcome;
            }

            block = blocks + own[worker].Taking;
        }

        index = block->Indices[--block->Count];
        return TakeOutcome.Taken;
    }

    /// <summary>The index that the next but <paramref name="ahead"/> <see cref="TryTake"/> will give, if known: to prefetch its line.</summary>
    public uint Peek(int worker, uint ahead)
    {
        Block* block = blocks + own[worker].Taking;
        return ahead < block->Count ? block->Indices[block->Count - 1 - ahead] : FlowLines.None;
    }

    /// <summary>Gives back an index that no reader can have seen.</summary>
    public void GiveBack(int worker, uint index)
    {
        Block* block = blocks + own[worker].Taking;
        if (block->Count == BlockIndices)
        {
            Enter();
            uint full = own[worker].Taking;
            own[worker].Taking = PopEmpty();
            blocks[full].Next = fullHead;
            fullHead = full;
            Leave();
            block = blocks + own[worker].Taking;
        }

        block->Indices[block->Count++] = index;
    }

    /// <summary>Retires an index whose line was taken out of the table: free again when every worker has passed a burst boundary.</summary>
    public void Retire(int worker, uint index)
    {
        Block* block = blocks + own[worker].Retiring;
        block->Indices[block->Count++] = index;
        if (block->Count == BlockIndices) QueueSlow(worker);
    }

    private void QueueSlow(int worker)
    {
        uint full = own[worker].Retiring;
        Enter();

        // Stamped inside the gate: the queue's stamps grow, so its head is the first to come free.
        blocks[full].Epoch = epochs.Advance();
        blocks[full].Next = NoBlock;
        if (waitingHead == NoBlock) waitingHead = full;
        else blocks[waitingTail].Next = full;
        waitingTail = full;
        own[worker].Retiring = PopEmpty();
        Leave();
    }

    private TakeOutcome RefillSlow(int worker)
    {
        ulong oldest = epochs.Oldest();
        Enter();
        TakeOutcome outcome = TakeOutcome.Taken;
        if (waitingHead != NoBlock && blocks[waitingHead].Epoch <= oldest)
        {
            uint block = waitingHead;
            waitingHead = blocks[block].Next;
            Exchange(worker, block);
        }
        else if (fullHead != NoBlock)
        {
            uint block = fullHead;
            fullHead = blocks[block].Next;
            Exchange(worker, block);
        }
        else if (fresh < end) TakeFresh(blocks + own[worker].Taking);
        else outcome = waitingHead != NoBlock ? TakeOutcome.WaitingForReaders : TakeOutcome.Exhausted;
        Leave();
        return outcome;
    }

    private void TakeFresh(Block* block)
    {
        uint count = Math.Min(BlockIndices, end - fresh);

        // Downwards, because blocks are stacks: lines are first used in the order of their addresses.
        for (uint i = 0; i < count; i++) block->Indices[i] = fresh + count - 1 - i;
        block->Count = count;
        Volatile.Write(ref fresh, fresh + count);
    }

    private void Exchange(int worker, uint block)
    {
        uint empty = own[worker].Taking;
        own[worker].Taking = block;
        blocks[empty].Next = emptyHead;
        emptyHead = empty;
    }

    // A block that was never used is memory that was never touched.
    private uint PopEmpty()
    {
        uint block = emptyHead;
        if (block == NoBlock) return freshBlock++;
        emptyHead = blocks[block].Next;
        blocks[block].Count = 0;
        return block;
    }

    private void Enter()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref gate, 1, 0) != 0) spin.SpinOnce(sleep1Threshold: -1);
    }

    private void Leave() => Volatile.Write(ref gate, 0);

    private const uint NoBlock = uint.MaxValue;

    [StructLayout(LayoutKind.Sequential, Size = 1024)]
    private struct Block
    {
        public uint Next;
        public uint Count;
        public ulong Epoch;
        public fixed uint Indices[BlockIndices];
    }

    // A worker's own blocks: two cache lines, so that no neighbour shares them.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Own
    {
        [FieldOffset(0)] public uint Taking;
        [FieldOffset(4)] public uint Retiring;
    }
}
