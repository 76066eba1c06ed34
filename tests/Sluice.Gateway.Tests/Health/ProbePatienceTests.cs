using Sluice.Gateway.Health;
using Xunit;

namespace Sluice.Gateway.Tests.Health;

/// <summary>How long a check waits, by a clock whose timers run out one by one.</summary>
public class ProbePatienceTests
{
    private readonly OneTimer time = new();

    [Fact]
    public void A_backend_has_its_time_in_ten_steps_that_begin_one_after_the_other()
    {
        using var patience = new ProbePatience(TimeSpan.FromSeconds(1), time);
        CancellationToken giveUp = patience.Begin();
        for (int step = 0; step < 10; step++)
        {
            Assert.False(giveUp.IsCancellationRequested);
            Assert.Equal((TimeSpan.FromSeconds(0.1), Timeout.InfiniteTimeSpan), time.Awaited);
            time.RunOut();
        }

        Assert.True(giveUp.IsCancellationRequested);
        Assert.Null(time.Awaited);
    }

    [Fact]
    public void Nobody_waits_before_the_backend_has_been_asked_nor_after_it_has_answered()
    {
        var patience = new ProbePatience(TimeSpan.FromSeconds(1), time);
        Assert.Null(time.Awaited);
        patience.Begin();
        time.RunOut();
        patience.Dispose();
        Assert.True(time.IsDisposed);
    }

    // The one timer that is made runs out when the test says so.
    private sealed class OneTimer : TimeProvider
    {
        private Action? callback;

        public (TimeSpan, TimeSpan)? Awaited { get; private set; }

        public bool IsDisposed { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Null(this.callback);
            this.callback = () => callback(state);
            return new Made(this);
        }

        public void RunOut()
        {
            Awaited = null;
            callback!();
        }

        private sealed class Made(OneTimer owner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                owner.Awaited = (dueTime, period);
                return true;
            }

            public void Dispose() => owner.IsDisposed = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
