using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Life;

public sealed class LifetimeTests : IDisposable
{
    private const uint Minute = 60_000;

    private readonly TestStore test = new();

    public void Dispose() => test.Dispose();

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1001, 2000)]
    [InlineData(3_600_000, 3_600_000)]
    [InlineData(3_600_001, 3_660_000)]
    [InlineData(uint.MaxValue, 1_036_800_000)]
    public void A_lifetime_is_rounded_upward_to_what_the_table_of_times_can_bear(uint asked, uint given)
    {
        Assert.Equal(given, Lifetimes.Rounded(asked));
        Assert.Equal(given, Lifetimes.Rounded(given));
    }

    [Theory]
    [InlineData(Minute)]
    [InlineData(60 * Minute)]
    public void A_session_lives_so_long_from_now_shorter_or_longer_than_before(uint lifetime)
    {
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        test.Wait(2 * Minute);

        Assert.True(test.Store.SetLifetime(session.Ref, session.Number, lifetime, test.Now));

        test.Wait(lifetime);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
        Assert.Equal(1, test.Store.Ended(EndReason.Expired));
    }

    [Fact]
    public void Another_configuration_leaves_a_set_lifetime_as_it_is()
    {
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.SetLifetime(session.Ref, session.Number, 7 * Minute, test.Now);
        var confirmation = new Confirmation
        {
            Generation = 2,
            Rule = 3,
            Timers = test.Store.TimerSetFor(TimerSet.Default with { Udp = 9 * Minute }),
            SourcePool = test.Pool,
        };

        Assert.True(test.Store.Confirm(test.Worker, session.Ref.Family, session.Ref.Line, in confirmation));

        Assert.Equal((7 * Minute, (ushort)2), (test.View(session.Ref).IdleLimitMilliseconds, test.View(session.Ref).Generation));
    }

    [Fact]
    public void A_tcp_session_keeps_a_set_lifetime_until_its_state_changes()
    {
        SessionView session = test.Create(test.Tcp("10.0.0.2", 5000));
        test.Store.SetLifetime(session.Ref, session.Number, 7 * Minute, test.Now);
        uint reply = session.Ref.Line + test.Store.V4.PairDistance;

        Touch(session.Ref.Line, TestStore.Syn, 1000, 0);
        Assert.Equal(7 * Minute, test.View(session.Ref).IdleLimitMilliseconds);

        Touch(reply, TestStore.Syn | TestStore.Ack, 5000, 1001);
        Touch(session.Ref.Line, TestStore.Ack, 1001, 5001);
        Assert.Equal((SessionStateName.Established, TimerSet.Default.TcpEstablished), (test.View(session.Ref).State, test.View(session.Ref).IdleLimitMilliseconds));
    }

    [Fact]
    public void A_session_that_took_the_place_of_another_is_left_alone()
    {
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));

        Assert.False(test.Store.SetLifetime(session.Ref, session.Number + 1, Minute, test.Now));
        test.End(session);
        Assert.False(test.Store.SetLifetime(session.Ref, session.Number, Minute, test.Now));
    }

    private void Touch(uint line, uint flags, uint sequence, uint acknowledgement) =>
        test.Store.TouchTcpSlow(Packets.Addresses.IpFamily.V4, line, flags, sequence, acknowledgement, test.Now);
}
