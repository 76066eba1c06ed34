using Xunit;

namespace Sluice.Packets.Tests;

/// <summary>Waits for what must come, however busy the machine is.</summary>
internal static class Patience
{
    // Only a test that fails waits for as long.
    private const int MostMilliseconds = 60_000;

    public static void Until(Func<bool> hasCome, string what) => Assert.True(SpinWait.SpinUntil(hasCome, MostMilliseconds), $"waited in vain until {what}");
}
