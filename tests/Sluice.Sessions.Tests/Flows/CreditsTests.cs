using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed class CreditsTests
{
    [Fact]
    public void Exactly_the_limit_is_granted_whoever_asks()
    {
        using var credits = new Credits(1000, 3);
        int granted = 0;
        while (credits.TryTake(granted % 3)) granted++;
        Assert.Equal(1000, granted);
        Assert.Equal(1000, credits.InUse);
        Assert.False(credits.TryTake(0) || credits.TryTake(1) || credits.TryTake(2));
    }

    [Fact]
    public void A_credit_that_another_worker_keeps_is_found_before_anyone_is_refused()
    {
        using var credits = new Credits(64, 2);
        Assert.True(credits.TryTake(0));
        for (int i = 1; i < 64; i++) Assert.True(credits.TryTake(1));
        Assert.False(credits.TryTake(1));
        credits.Return(0);
        Assert.True(credits.TryTake(1));
    }

    [Fact]
    public void Returned_credits_flow_back_to_all()
    {
        using var credits = new Credits(500, 2);
        for (int i = 0; i < 500; i++) Assert.True(credits.TryTake(0));
        for (int i = 0; i < 500; i++) credits.Return(1);
        Assert.Equal(0, credits.InUse);
        for (int i = 0; i < 500; i++) Assert.True(credits.TryTake(0));
    }

    [Fact]
    public void Workers_together_never_exceed_the_limit_and_lose_no_credit()
    {
        const int Limit = 150, Rounds = 200_000;
        using var credits = new Credits(Limit, 2);
        int inUse = 0, most = 0;
        void Work(int worker)
        {
            var random = new Random(worker);
            int held = 0;
            for (int round = 0; round < Rounds; round++)
            {
                if (random.Next(5) < 3 && credits.TryTake(worker))
                {
                    held++;
                    int now = Interlocked.Increment(ref inUse);
                    if (now > most) most = now;
                }
                else if (held > 0)
                {
                    held--;
                    Interlocked.Decrement(ref inUse);
                    credits.Return(worker);
                }
            }

            for (; held > 0; held--)
            {
                Interlocked.Decrement(ref inUse);
                credits.Return(worker);
            }
        }

        var other = new Thread(() => Work(1));
        other.Start();
        Work(0);
        other.Join();
        Assert.InRange(most, 1, Limit);
        Assert.Equal(0, credits.InUse);
    }
}
