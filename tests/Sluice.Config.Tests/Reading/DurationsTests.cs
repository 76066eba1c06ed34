using Sluice.Config.Reading;
using Xunit;

namespace Sluice.Config.Tests.Reading;

public class DurationsTests
{
    [Theory]
    [InlineData("2h4m", 7_440_000)]
    [InlineData("5m0s", 300_000)]
    [InlineData("60s", 60_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("1500us", 1)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("480h", 1_728_000_000)]
    public void A_duration_is_read_as_go_writes_it(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration, out _));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData("5s ")]
    [InlineData("5d")]
    [InlineData("5m0")]
    [InlineData("5S")]
    [InlineData("1..5s")]
    [InlineData("480h1s")]
    [InlineData("99999999999999999999h")]
    [InlineData("five minutes")]
    public void Anything_else_is_no_duration_and_the_reason_is_said(string text)
    {
        Assert.False(Durations.TryParse(text, out _, out string why));
        Assert.NotEmpty(why);
    }
}
