using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Events;

public sealed class SessionEventTests : IDisposable
{
    private readonly TestStore test = new();

    public void Dispose() => test.Dispose();

    [Fact]
    public void What_begins_and_ends_is_written_down_in_its_order()
    {
        test.Store.StartEvents();
        SessionView first = test.Create(test.Udp("10.0.0.2", 5000));
        SessionView second = test.Create(test.Tcp("fd00::2", 5000, "2001:db8::9"));
        test.Wait(1500);
        test.End(first);

        Assert.Collection(
            Take(),
            e => Assert.Equal((first.Number, false, first.Original, first.Reply, TestStore.Outside, 7u, (ushort)1), (e.Number, e.IsEnd, e.Original, e.Reply, e.RealmTo, e.Rule, e.Generation)),
            e => Assert.Equal((second.Number, false, second.Original, SessionStateName.HalfOpen), (e.Number, e.IsEnd, e.Original, e.State)),
            e => Assert.Equal((first.Number, true, EndReason.Deleted, test.Now, 1500u, (ushort)1), (e.Number, e.IsEnd, e.Reason, e.At, e.AgeMilliseconds, e.Generation)));
        Assert.Empty(Take());
    }

    [Fact]
    public unsafe void An_end_says_what_had_been_counted_and_why_it_ended()
    {
        test.Store.StartEvents();
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.V4.Original(session.Ref.Line)->State.Count(100);
        test.Store.V4.Original(session.Ref.Line)->State.Count(50);
        test.Store.V4.Reply(session.Ref.Line)->State.Count(70);
        test.Wait(TimerSet.Default.Udp + 1);

        SessionEvent end = Take()[^1];

        Assert.Equal((true, EndReason.Expired, 2ul, 150ul, 1ul, 70ul), (end.IsEnd, end.Reason, end.OriginalPackets, end.OriginalBytes, end.ReplyPackets, end.ReplyBytes));
        Assert.Equal(end.IdleLimitMilliseconds + 1, end.IdleMilliseconds);
    }

    [Fact]
    public void Nothing_is_written_down_before_somebody_watches_nor_after()
    {
        test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.StartEvents();
        test.Create(test.Udp("10.0.0.2", 5001));
        test.Store.StopEvents();
        SessionView unseen = test.Create(test.Udp("10.0.0.2", 5002));

        Assert.Equal(5001, Assert.Single(Take()).Original.SourcePort);
        test.Store.StartEvents();
        test.End(unseen);
        Assert.Equal((unseen.Number, true), (Assert.Single(Take()) is var e ? e.Number : 0, e.IsEnd));
    }

    [Fact]
    public void A_watcher_is_not_told_of_what_another_left_behind()
    {
        test.Store.StartEvents();
        test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.StopEvents();

        test.Store.StartEvents();

        Assert.Empty(Take());
    }

    [Fact]
    public void A_session_begins_before_it_ends_whichever_threads_wrote_it_down()
    {
        test.Store.StartEvents();
        var expected = new List<(ulong, bool)>();
        for (int i = 0; i < 5; i++)
        {
            SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
            Assert.True(test.Store.End(test.Store.Control, session.Ref.Family, session.Ref.Line, EndReason.Deleted, test.Now));
            expected.AddRange([(session.Number, false), (session.Number, true)]);
        }

        Assert.Equal(expected, Take().Select(static happened => (happened.Number, happened.IsEnd)));
    }

    [Fact]
    public void What_finds_no_room_is_lost_and_counted()
    {
        test.Store.StartEvents();
        for (int i = 0; i < SessionLog.Capacity + 10; i++) test.Create(test.Udp($"10.0.{i / 200}.{i % 200}", 5000));

        Assert.Equal((SessionLog.Capacity, 10L), (Take().Count, test.Store.EventsLost));
        test.Create(test.Udp("10.200.0.1", 5000));
        Assert.Single(Take());
    }

    private List<SessionEvent> Take()
    {
        var events = new List<SessionEvent>();
        test.Store.TakeEvents(events);
        return events;
    }
}
