using Sluice.Gateway.Composition;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

public class RateMeterTests
{
    private readonly RateMeter<string> meter = new();

    [Fact]
    public void A_steady_counter_has_its_rate_whatever_the_distance_of_the_samples()
    {
        foreach (double at in new[] { 0, 1, 2.5, 3, 4.2 }) Sample(at, ("a", (ulong)(at * 10), (ulong)(at * 1000)));

        Assert.Equal((1000, 10), Rounded("a"));
    }

    [Fact]
    public void One_sample_is_no_rate() => Assert.Equal((0, 0), After((0, 7)));

    [Fact]
    public void A_counter_that_begins_later_counted_nothing_before()
    {
        Sample(0);
        Sample(1, ("a", 10, 1000));

        Assert.Equal((1000, 10), Rounded("a"));
    }

    [Fact]
    public void A_burst_is_smoothed_and_forgotten_when_its_samples_are()
    {
        Sample(0, ("a", 0, 0));
        Sample(1, ("a", 0, 0));
        Sample(2, ("a", 100, 100));
        Assert.InRange(meter.RateOf("a").Packets, 30, 70);
        for (int i = 3; i < 3 + RateMeter<string>.SamplesMax; i++) Sample(i, ("a", 100, 100));

        Assert.Equal((0, 0), meter.RateOf("a"));
    }

    [Fact]
    public void A_counter_that_goes_back_has_no_negative_rate() => Assert.Equal((0, 0), After((0, 100), (1, 50)));

    [Fact]
    public void A_counter_that_is_gone_is_forgotten()
    {
        Sample(0, ("a", 0, 0));
        Sample(1, ("a", 5, 5));
        Sample(2);

        Assert.Equal((0, 0), meter.RateOf("a"));
    }

    private (double, double) After(params (double At, ulong Count)[] samples)
    {
        foreach ((double at, ulong count) in samples) Sample(at, ("a", count, count));
        return meter.RateOf("a");
    }

    private (double, double) Rounded(string key)
    {
        (double bytes, double packets) = meter.RateOf(key);
        return (Math.Round(bytes), Math.Round(packets));
    }

    private void Sample(double seconds, params (string, ulong, ulong)[] counters) => meter.Sample(seconds, counters);
}
