using Sluice.Links.Kernel;
using Xunit;

namespace Sluice.Links.Tests.Kernel;

public class BoundedQueueTests
{
    [Fact]
    public void It_gives_back_in_order_and_refuses_when_full()
    {
        var queue = new BoundedQueue<int>(4);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 4; i++) Assert.True(queue.TryAdd(i));
            Assert.False(queue.TryAdd(4));
            for (int i = 0; i < 4; i++)
            {
                Assert.True(queue.TryTake(out int item));
                Assert.Equal(i, item);
            }

            Assert.False(queue.TryTake(out _));
        }
    }

    [Fact]
    public void Nothing_is_lost_or_doubled_between_several_threads()
    {
        const int Writers = 3, Each = 50_000;
        var queue = new BoundedQueue<int>(64);
        int[] seen = new int[Writers * Each];
        int taken = 0;
        var threads = new List<Thread>();
        for (int w = 0; w < Writers; w++)
        {
            int first = w * Each;
            threads.Add(new Thread(() =>
            {
                for (int i = 0; i < Each; i++)
                    while (!queue.TryAdd(first + i)) Thread.Yield();
            }));
        }

        for (int r = 0; r < 2; r++)
        {
            threads.Add(new Thread(() =>
            {
                while (Volatile.Read(ref taken) < seen.Length)
                {
                    if (!queue.TryTake(out int item))
                    {
                        Thread.Yield();
                        continue;
                    }

                    Interlocked.Increment(ref seen[item]);
                    Interlocked.Increment(ref taken);
                }
            }));
        }

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(seen, count => Assert.Equal(1, count));
    }
}
