using Sluice.Gateway.Live;
using Sluice.Links;
using Xunit;

namespace Sluice.Gateway.Tests.Live;

public class ControlThreadTests
{
    [Fact]
    public void Errands_are_done_in_order_by_one_thread()
    {
        var done = new List<(int Number, int Thread)>();
        using (var control = new ControlThread(() => 1000, _ => { }))
        {
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                control.Post(() => done.Add((number, Environment.CurrentManagedThreadId)));
            }
        }

        Assert.Equal(Enumerable.Range(0, 100), done.Select(d => d.Number));
        Assert.NotEqual(Environment.CurrentManagedThreadId, Assert.Single(done.Select(d => d.Thread).Distinct()));
    }

    [Fact]
    public void What_an_errand_throws_is_thrown_to_who_waits_for_it_and_told_where_nobody_does()
    {
        var refused = new List<string>();
        using (var control = new ControlThread(() => 1000, e => refused.Add(e.Message)))
        {
            Assert.Throws<LinkException>(() => control.Do(() => throw new LinkException("first")));
            control.Post(() => throw new LinkException("second"));
            control.Do(() => { });
        }

        Assert.Equal(["second"], refused);
    }

    [Fact]
    public void Waking_calls_the_tick_before_its_time()
    {
        using var ticked = new SemaphoreSlim(0);
        using var control = new ControlThread(
            () =>
            {
                ticked.Release();
                return Timeout.Infinite;
            },
            _ => { });
        Assert.True(ticked.Wait(TimeSpan.FromMinutes(1)));

        control.Wake();

        Assert.True(ticked.Wait(TimeSpan.FromMinutes(1)));
    }
}
