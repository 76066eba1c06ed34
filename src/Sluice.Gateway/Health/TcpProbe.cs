using System.Net;
using System.Net.Sockets;

namespace Sluice.Gateway.Health;

/// <summary>Opens a TCP connection, and takes it back.</summary>
internal static class TcpProbe
{
    public static async Task<ProbeResult> Ask(ProbePath way, IPEndPoint to, CancellationToken giveUp)
    {
        using Socket _ = await Connect(way, to, giveUp).ConfigureAwait(false);
        return ProbeResult.Passed;
    }

    /// <summary>Opens a connection. It ends with a reset: nothing of it is left to wait for, here or there.</summary>
    public static async Task<Socket> Connect(ProbePath way, IPEndPoint to, CancellationToken giveUp)
    {
        Socket socket = way.Open(to.Address, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            await socket.ConnectAsync(to, giveUp).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
