namespace Sluice.Gateway.Health;

/// <summary>How long a check waits for its answer, in ten steps.</summary>
/// <remarks>
/// Each step begins when the one before is over, so that a standstill of the gateway itself, however long, is but one of them:
/// a backend isn't blamed for a machine that was too busy to hear it.
/// </remarks>
/// <param name="limit">How long a backend may take to answer.</param>
/// <param name="time">The clock.</param>
internal sealed class ProbePatience(TimeSpan limit, TimeProvider time) : IDisposable
{
    private const int Steps = 10;

    // Never disposed, as the last step may just be over when the check is: without a timer of its own it holds nothing.
    private readonly CancellationTokenSource giveUp = new();
    private ITimer? timer;
    private int passed;

    /// <summary>Begins to wait, once: when the backend has been asked, or could have been.</summary>
    /// <returns>Cancelled when the backend has had its time.</returns>
    public CancellationToken Begin()
    {
        timer = time.CreateTimer(static patience => ((ProbePatience)patience!).Step(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BeginStep();
        return giveUp.Token;
    }

    /// <summary>Waits no more.</summary>
    public void Dispose() => timer?.Dispose();

    private void Step()
    {
        if (++passed == Steps) giveUp.Cancel();
        else BeginStep();
    }

    private void BeginStep() => timer!.Change(limit / Steps, Timeout.InfiniteTimeSpan);
}
