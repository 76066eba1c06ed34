using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed class FlowTable4Tests : FlowTableTests<Flow4, FlowKey4, FlowLine4>;

public sealed class FlowTable6Tests : FlowTableTests<Flow6, FlowKey6, FlowLine6>;

/// <summary>What a table promises to one worker; both families keep it.</summary>
public abstract unsafe class FlowTableTests<TFamily, TKey, TLine> : IDisposable
    where TFamily : struct, IFlowFamily<TKey, TLine>
    where TKey : unmanaged
    where TLine : unmanaged
{
    private const int Sessions = 5000;

    private readonly Epochs epochs = new(1);
    private readonly FlowTable<TFamily, TKey, TLine> table;

    protected FlowTableTests() => table = new(new FlowTableLimits(Sessions, 100, 0), TestFlows.Secret, epochs);

    public void Dispose()
    {
        table.Dispose();
        epochs.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Both_flows_of_a_session_are_found_and_lead_to_each_other()
    {
        uint session = Add(1, 2);
        Assert.Equal(session, table.Find(Key(1)));
        Assert.Equal(session + table.PairDistance, table.Find(ReplyKey(1, 2)));
        Assert.Equal(session + table.PairDistance, TFamily.StateOf(table.Original(session))->Partner);
        Assert.Equal(session, TFamily.StateOf(table.Reply(session))->Partner);
        Assert.Equal(session, table.SessionOf(session));
        Assert.Equal(session, table.SessionOf(session + table.PairDistance));
        Assert.Equal(FlowLines.None, table.Find(Key(2)));
    }

    [Fact]
    public void A_taken_original_key_changes_nothing_and_names_its_line()
    {
        uint first = Add(1, 2);
        uint second = Take();
        Fill(second, 1, 3);
        Assert.Equal(InsertOutcome.OriginalTaken, table.InsertPair(second, out uint existing));
        Assert.Equal(first, existing);
        Assert.Equal(FlowLines.None, table.Find(ReplyKey(1, 3)));
        Assert.Equal((2, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void A_taken_reply_key_changes_nothing_and_names_its_line()
    {
        uint first = Add(1, 2);
        uint second = Take();
        TestFlows.Fill<TFamily, TKey, TLine>(table.Original(second), TestFlows.Parts(TFamily.Family, 9));
        TestFlows.Fill<TFamily, TKey, TLine>(table.Reply(second), TestFlows.Reply(TFamily.Family, 1, 2));
        Assert.Equal(InsertOutcome.ReplyTaken, table.InsertPair(second, out uint existing));
        Assert.Equal(first + table.PairDistance, existing);
        Assert.Equal(FlowLines.None, table.Find(Key(9)));
        Assert.Equal((2, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void A_flow_that_is_its_own_reply_is_refused()
    {
        uint session = Take();
        TestFlows.Fill<TFamily, TKey, TLine>(table.Original(session), TestFlows.Parts(TFamily.Family, 1));
        TestFlows.Fill<TFamily, TKey, TLine>(table.Reply(session), TestFlows.Parts(TFamily.Family, 1));
        Assert.Equal(InsertOutcome.ReplyTaken, table.InsertPair(session, out _));
        Assert.Equal((0, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void A_removed_session_is_found_no_more_and_is_removed_only_once()
    {
        uint session = Add(1, 2);
        Assert.True(table.RemovePair(session));
        Assert.False(table.RemovePair(session));
        Assert.Equal(FlowLines.None, table.Find(Key(1)));
        Assert.Equal(FlowLines.None, table.Find(ReplyKey(1, 2)));
        Assert.Equal((0, 0), (TFamily.StateOf(table.Original(session))->Generation, TFamily.StateOf(table.Reply(session))->Generation));
    }

    [Fact]
    public void A_cached_decision_is_one_line_in_a_slab_of_its_own()
    {
        Assert.Equal(TakeOutcome.Taken, table.CacheLines.TryTake(0, out uint line));
        Assert.False(table.IsSession(line));
        TestFlows.Fill<TFamily, TKey, TLine>(table.Line(line), TestFlows.Parts(TFamily.Family, 5));
        Assert.Equal(InsertOutcome.Inserted, table.InsertOne(line, out _));
        Assert.Equal(InsertOutcome.OriginalTaken, table.InsertOne(line, out uint existing));
        Assert.Equal(line, existing);
        Assert.Equal(line, table.Find(Key(5)));
        Assert.True(table.RemoveOne(line));
        Assert.False(table.RemoveOne(line));
        table.RetireOne(0, line);
        Assert.Equal(FlowLines.None, table.Find(Key(5)));
    }

    [Fact]
    public void Sessions_and_twice_as_many_cached_decisions_have_room_together()
    {
        using var both = new FlowTable<TFamily, TKey, TLine>(new FlowTableLimits(Sessions, 2 * Sessions, 0), TestFlows.Secret, epochs);
        for (uint number = 0; number < 2 * Sessions; number++)
        {
            Assert.Equal(TakeOutcome.Taken, both.CacheLines.TryTake(0, out uint line));
            TestFlows.Fill<TFamily, TKey, TLine>(both.Line(line), TestFlows.Parts(TFamily.Family, Sessions + number));
            Assert.Equal(InsertOutcome.Inserted, both.InsertOne(line, out _));
        }

        for (uint number = 0; number < Sessions; number++)
        {
            Assert.Equal(TakeOutcome.Taken, both.Sessions.TryTake(0, out uint session));
            Assert.Equal(InsertOutcome.Inserted, TestFlows.Insert(both, session, TestFlows.Parts(TFamily.Family, number), TestFlows.Reply(TFamily.Family, number)));
        }

        FlowView<TFamily, TKey, TLine> view = both.View;
        (int entries, _) = TestFlows.Census(in view);
        Assert.Equal(4 * Sessions, entries);
        Assert.InRange((double)entries / (view.BucketCount * FlowBucket.Slots), 0.86, 0.875);
    }

    [Fact]
    public void A_full_table_finds_every_flow_by_its_candidate_and_the_load_is_what_the_buckets_are_sized_for()
    {
        for (uint number = 0; number < Sessions; number++) Add(number, number);
        FlowView<TFamily, TKey, TLine> view = table.View;
        (int entries, long overflow) = TestFlows.Census(in view);
        Assert.Equal(2 * Sessions, entries);
        Assert.InRange((double)entries / (view.BucketCount * FlowBucket.Slots), 0.65, 0.7);
        Assert.InRange(overflow, 1, entries * 0.08);

        int direct = 0;
        var works = new FlowWork<TKey>[FlowPasses<TFamily, TKey, TLine>.Chunk];
        for (uint number = 0; number < Sessions; number += (uint)works.Length)
        {
            int count = (int)Math.Min((uint)works.Length, Sessions - number);
            for (int i = 0; i < count; i++) works[i] = new FlowWork<TKey> { Key = Key(number + (uint)i), Packet = (uint)i };
            FlowPasses<TFamily, TKey, TLine>.Prepare(in view, works.AsSpan(0, count));
            FlowPasses<TFamily, TKey, TLine>.Probe(in view, works.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                Assert.NotEqual(FlowLines.None, works[i].Line);
                if (TFamily.Matches(table.Line(works[i].Line), in works[i].Key)) direct++;
                Assert.True(TFamily.Matches(table.Line(table.ResolveSlow(in works[i].Key, works[i].Hash)), in works[i].Key));
            }
        }

        // A candidate is another's only where 15 bits of tag agree by chance.
        Assert.InRange(direct, Sessions * 0.99, Sessions);
    }

    [Fact]
    public void A_table_that_was_full_and_emptied_has_no_entry_and_no_overflow_left()
    {
        var sessions = new List<uint>();
        for (int round = 0; round < 3; round++)
        {
            for (uint number = 0; number < Sessions; number++) sessions.Add(Add(number, (uint)round));
            foreach (uint session in sessions)
            {
                Assert.True(table.RemovePair(session));
                table.RetirePair(0, session);
            }

            sessions.Clear();
            epochs.Pass(0);
        }

        Assert.Equal((0, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void A_look_up_that_finds_nothing_writes_nothing()
    {
        for (uint number = 0; number < Sessions; number++) Add(number, 0);
        FlowView<TFamily, TKey, TLine> view = table.View;
        byte[] before = new ReadOnlySpan<byte>(view.Buckets, (int)view.BucketCount * sizeof(FlowBucket)).ToArray();
        for (uint number = Sessions; number < 2 * Sessions; number++) Assert.Equal(FlowLines.None, table.Find(Key(number)));
        Assert.True(new ReadOnlySpan<byte>(view.Buckets, before.Length).SequenceEqual(before));
    }

    [Fact]
    public void The_pairs_lock_keeps_a_session_from_being_removed()
    {
        uint session = Add(1, 2);
        bool removed = false;
        var other = new Thread(() => removed = table.RemovePair(session));
        using (table.LockPair(session))
        {
            other.Start();
            Assert.False(other.Join(20));
            Assert.Equal(1, TFamily.StateOf(table.Original(session))->Generation);
        }

        other.Join();
        Assert.True(removed);
    }

    private uint Take()
    {
        Assert.Equal(TakeOutcome.Taken, table.Sessions.TryTake(0, out uint session));
        return session;
    }

    private void Fill(uint session, uint number, uint incarnation)
    {
        TestFlows.Fill<TFamily, TKey, TLine>(table.Original(session), TestFlows.Parts(TFamily.Family, number));
        TestFlows.Fill<TFamily, TKey, TLine>(table.Reply(session), TestFlows.Reply(TFamily.Family, number, incarnation));
    }

    private uint Add(uint number, uint incarnation)
    {
        uint session = Take();
        Fill(session, number, incarnation);
        Assert.Equal(InsertOutcome.Inserted, table.InsertPair(session, out _));
        return session;
    }

    private static TKey Key(uint number) => TFamily.MakeKey(TestFlows.Parts(TFamily.Family, number));

    private static TKey ReplyKey(uint number, uint incarnation) => TFamily.MakeKey(TestFlows.Reply(TFamily.Family, number, incarnation));
}
