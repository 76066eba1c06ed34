using Xunit;

namespace Sluice.Packets.Tests;

/// <summary>Shows that a piece of work leaves the garbage-collected heap alone.</summary>
internal static class Allocations
{
    /// <summary>How often the work is done, the first time to warm up.</summary>
    public const int Rounds = 11;

    /// <summary>
    /// Does the same work in each of <see cref="Rounds"/> rounds, each on inputs as fresh as the last one's, and asserts that a round after the
    /// first allocates nothing on this thread.
    /// </summary>
    /// <param name="work">What must not allocate; gets the round's number.</param>
    /// <param name="prepare">What makes a round's inputs; it may allocate.</param>
    /// <remarks>
    /// A single round proves nothing when it fails: the runtime itself allocates on whatever thread it works for, at moments that depend on the
    /// machine's load. What the work allocates it allocates in every round; so one round without a byte shows that it allocates nothing.
    /// </remarks>
    public static void AssertNone(Action<int> work, Action<int>? prepare = null)
    {
        var bytes = new long[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            prepare?.Invoke(round);
            long before = GC.GetAllocatedBytesForCurrentThread();
            work(round);
            bytes[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(bytes.AsSpan(1).Contains(0), $"Every round allocates; bytes of each, after a warm-up of {bytes[0]}: {string.Join(", ", bytes[1..])}");
    }
}
