using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Life;

public sealed class TcpLifeTests : IDisposable
{
    private const byte Fin = TestStore.Fin, Syn = TestStore.Syn, Rst = TestStore.Rst, Ack = TestStore.Ack;

    private readonly TestStore test = new();

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_session_is_half_open_until_both_directions_have_sent_SYN_and_ACK()
    {
        SessionView session = test.Create(test.Tcp("10.0.0.1", 5000));
        Assert.Equal(SessionStateName.HalfOpen, session.State);
        test.Segment(session, reply: true, Syn | Ack, 5000, 1001);
        Assert.Equal(SessionStateName.HalfOpen, test.View(session.Ref).State);
        test.Segment(session, reply: false, Ack, 1001, 5001);
        Assert.Equal(SessionStateName.Established, test.View(session.Ref).State);
        Assert.Equal(7_440_000u, test.View(session.Ref).IdleLimitMilliseconds);
    }

    [Fact]
    public void A_simultaneous_open_establishes_a_session()
    {
        SessionView session = test.Create(test.Tcp("10.0.0.1", 5000));
        Assert.Equal(TcpOutcome.Continues, test.Segment(session, reply: true, Syn, 5000, 0));
        test.Segment(session, reply: false, Syn | Ack, 1000, 5001);
        test.Segment(session, reply: true, Syn | Ack, 5000, 1001);
        Assert.Equal(SessionStateName.Established, test.View(session.Ref).State);
    }

    [Fact]
    public unsafe void Both_lines_change_their_timer_together()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        Assert.Equal(test.State(session, reply: false)->Timer, test.State(session, reply: true)->Timer);
        test.Segment(session, reply: true, Fin | Ack, 5001, 1001);
        Assert.Equal(test.State(session, reply: false)->Timer, test.State(session, reply: true)->Timer);
        Assert.Equal(240_000u, test.Store.IdleMilliseconds[test.State(session, reply: false)->Timer]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_FIN_of_either_side_leaves_the_session_in_its_transitory_time(bool reply)
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Segment(session, reply, Fin | Ack, reply ? 5001u : 1001u, reply ? 1001u : 5001u);
        Assert.Equal(SessionStateName.Closing, test.View(session.Ref).State);
        test.Wait(240_000);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
    }

    [Fact]
    public void A_credible_reset_leaves_the_session_in_its_transitory_time()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Wait(600_000);
        Assert.Equal(TcpOutcome.Reset, test.Segment(session, reply: true, Rst, 5001, 0));
        Assert.Equal(SessionStateName.Closing, test.View(session.Ref).State);
        test.Wait(240_000);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
    }

    [Theory]
    [InlineData(5000u, true)] // one below what the other side acknowledged
    [InlineData(5001u, true)]
    [InlineData(5001u + (1u << 20) - 1, true)]
    [InlineData(5001u + (1u << 20), false)]
    [InlineData(4999u, false)]
    [InlineData(3_000_000_000u, false)]
    public void A_reset_counts_only_near_what_the_other_side_has_acknowledged(uint sequence, bool counts)
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        Assert.Equal(TcpOutcome.Reset, test.Segment(session, reply: true, Rst, sequence, 0));
        Assert.Equal(counts ? SessionStateName.Closing : SessionStateName.Established, test.View(session.Ref).State);
    }

    [Fact]
    public unsafe void A_reset_that_does_not_count_changes_nothing_and_is_not_remembered()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        FlowState before = *test.State(session, reply: true), otherBefore = *test.State(session, reply: false);
        test.Wait(1000);
        test.Segment(session, reply: true, Rst | Ack, 77, 99);
        Assert.Equal(before, *test.State(session, reply: true));
        Assert.Equal(otherBefore, *test.State(session, reply: false));
    }

    [Fact]
    public void Before_the_other_side_acknowledged_anything_a_reset_counts_when_it_acknowledges_the_SYN()
    {
        SessionView session = test.Create(test.Tcp("10.0.0.1", 5000));
        test.Segment(session, reply: true, Rst | Ack, 0, 1002);
        Assert.Equal(SessionStateName.HalfOpen, test.View(session.Ref).State);
        test.Segment(session, reply: true, Rst, 1001, 1001);
        Assert.Equal(SessionStateName.HalfOpen, test.View(session.Ref).State);
        test.Segment(session, reply: true, Rst | Ack, 0, 1001);
        Assert.Equal(SessionStateName.Closing, test.View(session.Ref).State);
    }

    [Fact]
    public void With_rstCheck_none_every_reset_counts()
    {
        test.Pool = test.PoolOf(new SessionProfile { RstCheck = RstCheck.None }, "203.0.113.1");
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Segment(session, reply: true, Rst, 3_000_000_000, 0);
        Assert.Equal(SessionStateName.Closing, test.View(session.Ref).State);
    }

    [Fact]
    public void Repeated_resets_prolong_nothing()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Segment(session, reply: true, Rst, 5001, 0);
        for (int i = 0; i < 4; i++)
        {
            test.Wait(60_000);
            test.Segment(session, reply: true, Rst, 5001, 0);
            test.Segment(session, reply: false, Rst, 1001, 0);
        }

        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
    }

    [Fact]
    public void A_reset_shortly_before_the_deadline_does_not_move_it()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Wait(7_400_000);
        test.Segment(session, reply: true, Rst, 5001, 0);
        test.Wait(40_000);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
    }

    [Fact]
    public void A_SYN_on_a_closing_session_begins_a_new_one()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        test.Segment(session, reply: false, Fin | Ack, 1001, 5001);
        Assert.Equal(TcpOutcome.Reopened, test.Segment(session, reply: false, Syn, 90_000, 0));
        Assert.True(test.Store.End(test.Worker, session.Ref.Family, session.Ref.Line, EndReason.Reopened, test.Now));
        SessionView next = test.Create(test.Tcp("10.0.0.1", 5000));
        Assert.Equal(session.Number + 1, next.Number);
        Assert.Equal(session.Reply.DestinationPort, next.Reply.DestinationPort);
        Assert.Equal(1, test.Store.Ended(EndReason.Reopened));
    }

    [Fact]
    public void A_SYN_on_an_open_session_is_only_passed_on()
    {
        SessionView session = test.Established("10.0.0.1", 5000);
        Assert.Equal(TcpOutcome.Continues, test.Segment(session, reply: false, Syn, 90_000, 0));
        Assert.Equal(SessionStateName.Established, test.View(session.Ref).State);
    }

    [Fact]
    public void A_session_adopted_in_midstream_is_established()
    {
        SessionView session = test.Create(test.Request(6, "10.0.0.1", 5000, "198.51.100.9", 80, tcpFlags: 0x10));
        Assert.Equal(SessionStateName.Established, session.State);
    }

    [Fact]
    public void Half_open_and_closing_have_times_of_their_own()
    {
        test.Timers = test.Store.TimerSetFor(new TimerSet(100_000, 20_000, 30_000, 1, 1));
        SessionView half = test.Create(test.Tcp("10.0.0.1", 5000));
        SessionView closing = test.Established("10.0.0.2", 5000);
        test.Segment(closing, reply: false, Fin | Ack, 1001, 5001);
        test.Wait(20_001);
        Assert.False(test.IsLive(half));
        Assert.True(test.IsLive(closing));
        test.Wait(10_000);
        Assert.False(test.IsLive(closing));
    }
}
