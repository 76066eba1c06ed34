using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Flows;

/// <summary>Several workers that change the table at once.</summary>
public sealed class FlowWritersTests
{
    private const int Workers = 2;
    private const int Contested = 3000;
    private const int Rounds = 30;

    [Fact]
    public void Of_two_workers_that_insert_one_flow_exactly_one_wins() => Contest<FlowProtocol>();

    [Fact]
    public void Exactly_one_wins_when_every_window_is_widened_too() => Contest<WidenedProtocol>();

    // Every session is offered by both workers at about the same time: in even rounds with one original and two replies, in odd rounds the other
    // way round. Whoever loses changes nothing; later both try to remove every winner.
    private static void Contest<TProtocol>()
        where TProtocol : struct, IFlowProtocol
    {
        using var epochs = new Epochs(Workers);
        using var table = new FlowTable<Flow4, FlowKey4, FlowLine4, TProtocol>(new FlowTableLimits(Contested, 0, 2 * Contested), TestFlows.Secret, epochs);
        for (int round = 0; round < Rounds; round++)
        {
            bool sameOriginal = (round & 1) == 0;
            uint[] winners = new uint[Contested];
            int[] wins = new int[Contested];
            int unexpected = 0;
            Together(epochs, worker =>
            {
                for (uint number = 0; number < Contested; number++)
                {
                    if ((number & 63) == 0) epochs.Pass(worker);
                    if (table.Sessions.TryTake(worker, out uint session) != TakeOutcome.Taken)
                    {
                        Interlocked.Increment(ref unexpected);
                        continue;
                    }

                    InsertOutcome outcome = TestFlows.Insert(table, session, Original(number, worker, sameOriginal), Reply(number, worker, sameOriginal));
                    if (outcome == InsertOutcome.Inserted)
                    {
                        Interlocked.Increment(ref wins[number]);
                        winners[number] = session;
                        continue;
                    }

                    if (outcome != (sameOriginal ? InsertOutcome.OriginalTaken : InsertOutcome.ReplyTaken)) Interlocked.Increment(ref unexpected);
                    table.Sessions.GiveBack(worker, session);
                }
            });
            Assert.Equal(0, unexpected);
            Assert.All(wins, count => Assert.Equal(1, count));
            Assert.Equal(2 * Contested, TestFlows.Census(in table.View).Entries);
            for (uint number = 0; number < Contested; number++) AssertOneFound(table, number, winners[number], sameOriginal);

            int removals = 0;
            Together(epochs, worker =>
            {
                foreach (uint session in winners)
                {
                    if (!table.RemovePair(session)) continue;
                    table.RetirePair(worker, session);
                    Interlocked.Increment(ref removals);
                }
            });
            Assert.Equal(Contested, removals);
            Assert.Equal((0, 0L), TestFlows.Census(in table.View));
        }
    }

    private static void AssertOneFound<TProtocol>(
        FlowTable<Flow4, FlowKey4, FlowLine4, TProtocol> table, uint number, uint winner, bool sameOriginal)
        where TProtocol : struct, IFlowProtocol
    {
        int originals = 0, replies = 0;
        for (int worker = 0; worker < Workers; worker++)
        {
            if (table.Find(Flow4.MakeKey(Original(number, worker, sameOriginal))) == winner) originals++;
            if (table.Find(Flow4.MakeKey(Reply(number, worker, sameOriginal))) == winner + table.PairDistance) replies++;
        }

        Assert.Equal(sameOriginal ? (Workers, 1) : (1, Workers), (originals, replies));
    }

    private static FlowParts Original(uint number, int worker, bool same) =>
        TestFlows.Parts(IpFamily.V4, same ? number : number + ((uint)worker * 2 * Contested));

    private static FlowParts Reply(uint number, int worker, bool same) => TestFlows.Reply(IpFamily.V4, number, same ? (uint)worker : 0);

    private static void Together(Epochs epochs, Action<int> work)
    {
        var threads = new Thread[Workers];
        for (int i = 0; i < Workers; i++)
        {
            int worker = i;
            threads[i] = new Thread(() =>
            {
                epochs.Unpark(worker);
                work(worker);
                epochs.Park(worker);
            });
        }

        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
    }
}
