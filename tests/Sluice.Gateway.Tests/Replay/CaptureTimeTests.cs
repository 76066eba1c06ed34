using Sluice.Gateway.Replay;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public class CaptureTimeTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("5", 5_000_000_000L)]
    [InlineData("1700000000.001", 1_700_000_000_001_000_000L)]
    [InlineData("1.000000001", 1_000_000_001L)]
    public void Decimal_seconds_are_read_exactly(string text, long expected)
    {
        Assert.True(CaptureTime.TryParse(text, out long nanoseconds));
        Assert.Equal(expected, nanoseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e9")]
    [InlineData("1.0000000001")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372037")]
    public void What_is_no_time_is_refused(string? text) => Assert.False(CaptureTime.TryParse(text, out _));

    [Theory]
    [InlineData(0L, "0.0")]
    [InlineData(5_000_000_000L, "5.0")]
    [InlineData(1_700_000_000_001_000_000L, "1700000000.001")]
    [InlineData(1L, "0.000000001")]
    public void A_time_is_written_with_the_digits_that_it_has(long nanoseconds, string expected) =>
        Assert.Equal(expected, CaptureTime.ToText(nanoseconds));
}
