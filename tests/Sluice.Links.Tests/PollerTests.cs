using Sluice.Links.Memory;
using Xunit;

namespace Sluice.Links.Tests;

public sealed class PollerTests
{
    [Fact]
    public void A_wait_ends_when_its_time_is_over_or_another_thread_wakes_it()
    {
        using MemoryLink link = new("a");
        using LinkQueue queue = link.OpenQueue(0, 1);
        using Poller poller = new([queue]);
        Assert.False(poller.Wait(1));
        link.Injecting = poller.Wake;
        Thread other = new(() => link.Inject([1]));
        other.Start();
        // Without end: only the wake lets the test go on.
        Assert.False(poller.Wait(-1));
        other.Join();
        Assert.Equal(1, link.Pending);
    }

    [Fact]
    public void A_wake_before_the_wait_is_not_lost_and_many_count_once()
    {
        using Poller poller = new([]);
        poller.Wake();
        poller.Wake();
        Assert.False(poller.Wait(-1));
        Assert.False(poller.Wait(0));
    }

    [Fact]
    public void Waking_a_poller_that_is_gone_does_nothing()
    {
        Poller poller = new([]);
        poller.Dispose();
        poller.Wake();
        poller.Dispose();
        Assert.Throws<ObjectDisposedException>(() => poller.Wait(0));
    }
}
