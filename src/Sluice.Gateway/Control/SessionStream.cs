using System.Net.Sockets;
using System.Text.Json;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>Sends what a watch is told, one JSON line an event, until the program hangs up. A program that reads slowly, or not at all, is waited for; what it misses meanwhile is lost.</summary>
internal static class SessionStream
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static async Task SendAsync(SessionWatch watch, NetworkStream stream, CancellationToken closing)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Task hangUp = AwaitHangUpAsync(stream, ending);
        using var lines = new MemoryStream();
        try
        {
            while (!ending.IsCancellationRequested)
            {
                lines.SetLength(0);
                foreach (SessionEventView happened in watch.Take())
                {
                    JsonSerializer.Serialize(lines, happened, GatewayJson.Default.SessionEventView);
                    lines.WriteByte((byte)'\n');
                }

                if (lines.Length > 0) await stream.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), ending.Token);
                else await Task.Delay(Interval, ending.Token);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await hangUp;
        }
    }

    // Whatever a watching program sends means nothing; that it sends no more means that it is gone.
    private static async Task AwaitHangUpAsync(NetworkStream stream, CancellationTokenSource ending)
    {
        byte[] ignored = new byte[64];
        try
        {
            while (await stream.ReadAsync(ignored, ending.Token) != 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone as well.
        }

        await ending.CancelAsync();
    }
}
