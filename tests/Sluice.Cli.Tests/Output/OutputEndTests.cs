using System.IO.Pipes;
using Sluice.Cli.Output;
using Xunit;

namespace Sluice.Cli.Tests.Output;

public sealed class OutputEndTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_pipe_whose_reader_is_gone_is_noticed_though_nothing_is_written()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var closed = new ManualResetEventSlim();
        OutputEnd.WhenClosed((int)pipe.SafePipeHandle.DangerousGetHandle(), closed.Set);
        Assert.False(closed.IsSet);
        pipe.DisposeLocalCopyOfClientHandle();
        Assert.True(closed.Wait(Patience));
    }
}
