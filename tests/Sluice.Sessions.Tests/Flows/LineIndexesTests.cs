using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed class LineIndexesTests : IDisposable
{
    private readonly NativeArena arena = new();
    private readonly Epochs epochs = new(2);

    public void Dispose()
    {
        epochs.Dispose();
        arena.Dispose();
    }

    [Fact]
    public void Every_index_is_handed_out_once_and_then_the_slab_is_exhausted()
    {
        var indexes = new LineIndexes(arena, epochs, 1000, 257);
        var seen = new HashSet<uint>();
        uint index;
        while (indexes.TryTake(seen.Count & 1, out index) == TakeOutcome.Taken) Assert.True(seen.Add(index));
        while (indexes.TryTake(0, out index) == TakeOutcome.Taken) Assert.True(seen.Add(index));
        while (indexes.TryTake(1, out index) == TakeOutcome.Taken) Assert.True(seen.Add(index));
        Assert.Equal(Enumerable.Range(1000, 257).Select(i => (uint)i), seen.Order());
        Assert.Equal(TakeOutcome.Exhausted, indexes.TryTake(0, out index));
        Assert.Equal(FlowLines.None, index);
        Assert.Equal(1257u, indexes.HighWater);
    }

    [Fact]
    public void The_first_indices_are_used_first_and_the_high_water_mark_follows_in_blocks()
    {
        var indexes = new LineIndexes(arena, epochs, 0, 100_000);
        indexes.TryTake(0, out uint first);
        indexes.TryTake(0, out uint second);
        Assert.Equal((0u, 1u), (first, second));
        Assert.Equal((uint)LineIndexes.BlockIndices, indexes.HighWater);
        Assert.Equal(2u, indexes.Peek(0, 0));
        Assert.Equal(3u, indexes.Peek(0, 1));
    }

    [Fact]
    public void A_retired_index_comes_back_only_after_every_worker_passed()
    {
        const int Count = 4 * LineIndexes.BlockIndices;
        var indexes = new LineIndexes(arena, epochs, 0, Count);
        epochs.Unpark(0);
        epochs.Unpark(1);
        uint index;
        for (int i = 0; i < Count; i++)
        {
            indexes.TryTake(0, out index);
            indexes.Retire(0, index);
        }

        Assert.Equal(TakeOutcome.WaitingForReaders, indexes.TryTake(0, out _));
        epochs.Pass(0);
        Assert.Equal(TakeOutcome.WaitingForReaders, indexes.TryTake(0, out _));
        epochs.Pass(1);
        Assert.Equal(TakeOutcome.Taken, indexes.TryTake(0, out index));
        Assert.True(index < Count);
    }

    [Fact]
    public void An_index_that_was_given_back_is_free_at_once()
    {
        var indexes = new LineIndexes(arena, epochs, 0, 2);
        indexes.TryTake(0, out uint index);
        indexes.TryTake(0, out _);
        indexes.GiveBack(0, index);
        Assert.Equal(TakeOutcome.Taken, indexes.TryTake(0, out uint again));
        Assert.Equal(index, again);
    }

    [Fact]
    public void What_one_worker_gives_back_beyond_a_block_the_others_can_take()
    {
        const int Count = 3 * LineIndexes.BlockIndices;
        var indexes = new LineIndexes(arena, epochs, 0, Count);
        for (uint i = 0; i < Count; i++) indexes.TryTake(0, out _);
        for (uint i = 0; i < Count; i++) indexes.GiveBack(0, i);
        int taken = 0;
        while (indexes.TryTake(1, out _) == TakeOutcome.Taken) taken++;
        Assert.Equal(2 * LineIndexes.BlockIndices, taken);
    }

    [Fact]
    public void Two_workers_never_hold_one_index()
    {
        const int Count = 2000, Rounds = 200_000;
        var indexes = new LineIndexes(arena, epochs, 0, Count);
        int[] holders = new int[Count];
        int clashes = 0;
        void Work(int worker)
        {
            var random = new Random(worker);
            var held = new List<uint>();
            epochs.Unpark(worker);
            for (int round = 0; round < Rounds; round++)
            {
                if ((round & 15) == 0) epochs.Pass(worker);
                if (held.Count < 700 && (random.Next() & 1) == 0 && indexes.TryTake(worker, out uint index) == TakeOutcome.Taken)
                {
                    if (Interlocked.Increment(ref holders[index]) != 1) Interlocked.Increment(ref clashes);
                    held.Add(index);
                }
                else if (held.Count > 0)
                {
                    index = held[^1];
                    held.RemoveAt(held.Count - 1);
                    Interlocked.Decrement(ref holders[index]);
                    if (random.Next(4) == 0) indexes.GiveBack(worker, index);
                    else indexes.Retire(worker, index);
                }
            }

            epochs.Park(worker);
        }

        var other = new Thread(() => Work(1));
        other.Start();
        Work(0);
        other.Join();
        Assert.Equal(0, clashes);
    }
}
