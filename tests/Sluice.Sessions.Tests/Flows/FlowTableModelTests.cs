using Xunit;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>Random histories against a dictionary, with a hash so poor that walks, moves and false candidates are the rule.</summary>
public sealed unsafe class FlowTableModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_table_agrees_with_a_dictionary_over_any_history(int seed)
    {
        output.WriteLine($"seed {seed}");
        const int Numbers = 300;
        var random = new Random(seed);
        using var epochs = new Epochs(1);
        epochs.Unpark(0);
        using var table = new FlowTable<CrowdedFlow4, FlowKey4, FlowLine4>(new FlowTableLimits(Numbers, Numbers, 0), TestFlows.Secret, epochs);
        var pairs = new Dictionary<uint, (uint Session, uint Incarnation)>();
        var singles = new Dictionary<uint, uint>();
        for (int step = 0; step < 30_000; step++)
        {
            uint number = (uint)random.Next(Numbers);
            switch (random.Next(8))
            {
                case < 3:
                    InsertPair(table, pairs, singles, number, (uint)step & 0xFFFF);
                    break;
                case 3:
                    InsertSingle(table, pairs, singles, number);
                    break;
                case 4 when singles.Remove(number, out uint line):
                    Assert.True(table.RemoveOne(line));
                    table.RetireOne(0, line);
                    break;
                case 5 when pairs.TryGetValue(number, out var moved):
                    table.Relocate(moved.Session, random.Next(4));
                    break;
                case > 5 when pairs.Remove(number, out var gone):
                    Assert.True(table.RemovePair(gone.Session));
                    Assert.Equal(FlowLines.None, table.Find(Reply(number, gone.Incarnation)));
                    table.RetirePair(0, gone.Session);
                    break;
            }

            if ((step & 7) == 0) epochs.Pass(0);
            Check(table, pairs, singles, number);
        }

        for (uint number = 0; number < Numbers; number++) Check(table, pairs, singles, number);
        Assert.Equal((2 * pairs.Count) + singles.Count, TestFlows.Census(in table.View).Entries);
        foreach ((uint session, _) in pairs.Values) Assert.True(table.RemovePair(session));
        foreach (uint line in singles.Values) Assert.True(table.RemoveOne(line));
        Assert.Equal((0, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void Displaced_entries_come_home_when_there_is_room()
    {
        using var epochs = new Epochs(1);
        using var table = new FlowTable<CrowdedFlow4, FlowKey4, FlowLine4>(new FlowTableLimits(1000, 0, 0), TestFlows.Secret, epochs);
        var sessions = new List<uint>();
        for (uint number = 0; number < 500; number++)
        {
            table.Sessions.TryTake(0, out uint session);
            Assert.Equal(InsertOutcome.Inserted, TestFlows.Insert(table, session, Parts(number), ReplyParts(number, 0)));
            sessions.Add(session);
        }

        long full = TestFlows.Census(in table.View).Overflow;
        foreach (uint session in sessions.Take(480)) table.RemovePair(session);
        Assert.True(full > 400);

        // 40 entries over 16 homes: two or three each, none of which needs another bucket.
        Assert.Equal((40, 0L), TestFlows.Census(in table.View));
    }

    [Fact]
    public void A_home_with_no_slot_within_the_probe_limit_is_crowded_and_nothing_changes()
    {
        const int Room = FlowView<CrowdedFlow4, FlowKey4, FlowLine4>.ProbeLimit * FlowBucket.Slots;
        using var epochs = new Epochs(1);
        using var table = new FlowTable<CrowdedFlow4, FlowKey4, FlowLine4>(new FlowTableLimits(1, 1000, 0), TestFlows.Secret, epochs);
        for (uint number = 0; number <= Room; number++)
        {
            Assert.Equal(TakeOutcome.Taken, table.CacheLines.TryTake(0, out uint line));
            TestFlows.Fill<CrowdedFlow4, FlowKey4, FlowLine4>(table.Line(line), Parts(number) with { Realm = CrowdedFlow4.OneHome });
            Assert.Equal(number < Room ? InsertOutcome.Inserted : InsertOutcome.Crowded, table.InsertOne(line, out _));
        }

        (int entries, long overflow) = TestFlows.Census(in table.View);
        Assert.Equal(Room, entries);
        table.Sessions.TryTake(0, out uint session);
        Assert.Equal(InsertOutcome.Crowded, TestFlows.Insert(table, session, Parts(1), ReplyParts(1, 1) with { Realm = CrowdedFlow4.OneHome }));
        Assert.Equal((entries, overflow), TestFlows.Census(in table.View));
        Assert.Equal(FlowLines.None, table.Find(Flow4.MakeKey(Parts(1))));
    }

    private static void InsertPair(
        FlowTable<CrowdedFlow4, FlowKey4, FlowLine4> table,
        Dictionary<uint, (uint Session, uint Incarnation)> pairs,
        Dictionary<uint, uint> singles,
        uint number,
        uint incarnation)
    {
        TakeOutcome taken = table.Sessions.TryTake(0, out uint session);
        if (taken != TakeOutcome.Taken) return;
        InsertOutcome outcome = TestFlows.Insert(table, session, Parts(number), ReplyParts(number, incarnation));
        bool free = !pairs.ContainsKey(number) && !singles.ContainsKey(number);
        Assert.Equal(free ? InsertOutcome.Inserted : InsertOutcome.OriginalTaken, outcome);
        if (free) pairs[number] = (session, incarnation);
        else table.Sessions.GiveBack(0, session);
    }

    private static void InsertSingle(
        FlowTable<CrowdedFlow4, FlowKey4, FlowLine4> table,
        Dictionary<uint, (uint Session, uint Incarnation)> pairs,
        Dictionary<uint, uint> singles,
        uint number)
    {
        if (table.CacheLines.TryTake(0, out uint line) != TakeOutcome.Taken) return;
        TestFlows.Fill<CrowdedFlow4, FlowKey4, FlowLine4>(table.Line(line), Parts(number));
        bool free = !pairs.ContainsKey(number) && !singles.ContainsKey(number);
        Assert.Equal(free ? InsertOutcome.Inserted : InsertOutcome.OriginalTaken, table.InsertOne(line, out _));
        if (free) singles[number] = line;
        else table.CacheLines.GiveBack(0, line);
    }

    private static void Check(
        FlowTable<CrowdedFlow4, FlowKey4, FlowLine4> table,
        Dictionary<uint, (uint Session, uint Incarnation)> pairs,
        Dictionary<uint, uint> singles,
        uint number)
    {
        uint expected = singles.TryGetValue(number, out uint line) ? line
            : pairs.TryGetValue(number, out var pair) ? pair.Session : FlowLines.None;
        Assert.Equal(expected, table.Find(Flow4.MakeKey(Parts(number))));
        if (pairs.TryGetValue(number, out pair))
            Assert.Equal(pair.Session + table.PairDistance, table.Find(Reply(number, pair.Incarnation)));
    }

    private static FlowParts Parts(uint number) => TestFlows.Parts(Packets.Addresses.IpFamily.V4, number);

    private static FlowParts ReplyParts(uint number, uint incarnation) => TestFlows.Reply(Packets.Addresses.IpFamily.V4, number, incarnation);

    private static FlowKey4 Reply(uint number, uint incarnation) => Flow4.MakeKey(ReplyParts(number, incarnation));
}
