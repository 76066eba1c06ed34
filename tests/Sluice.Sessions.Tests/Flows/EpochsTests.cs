using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed class EpochsTests
{
    [Fact]
    public void An_epoch_is_over_when_every_worker_has_passed_since()
    {
        using var epochs = new Epochs(2);
        epochs.Unpark(0);
        epochs.Unpark(1);
        ulong retired = epochs.Advance();
        Assert.True(epochs.Oldest() < retired);
        epochs.Pass(0);
        Assert.True(epochs.Oldest() < retired);
        epochs.Pass(1);
        Assert.True(epochs.Oldest() >= retired);
    }

    [Fact]
    public void A_parked_worker_holds_nobody_up()
    {
        using var epochs = new Epochs(2);
        epochs.Unpark(0);
        epochs.Unpark(1);
        ulong retired = epochs.Advance();
        epochs.Pass(0);
        epochs.Park(1);
        Assert.True(epochs.Oldest() >= retired);
    }

    [Fact]
    public void A_worker_that_comes_back_holds_up_what_is_retired_later()
    {
        using var epochs = new Epochs(1);
        epochs.Advance();
        epochs.Unpark(0);
        Assert.True(epochs.Oldest() < epochs.Advance());
    }

    [Fact]
    public void All_workers_start_parked()
    {
        using var epochs = new Epochs(3);
        Assert.Equal(ulong.MaxValue, epochs.Oldest());
    }
}
