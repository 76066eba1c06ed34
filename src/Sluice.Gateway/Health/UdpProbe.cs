using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Config.Documents;

namespace Sluice.Gateway.Health;

/// <summary>Sends a datagram. An answer is good, a closed port is bad; silence is what the configuration says.</summary>
internal static class UdpProbe
{
    public static async Task<ProbeResult> Ask(ProbePath way, IPEndPoint to, HealthSpec health, ProbePatience patience)
    {
        using Socket socket = way.Open(to.Address, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(to).ConfigureAwait(false);
        await socket.SendAsync(Encoding.ASCII.GetBytes(health.Send)).ConfigureAwait(false);
        try
        {
            await socket.ReceiveAsync(new byte[1], patience.Begin()).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!health.NeedsAnswer)
        {
            // Most services say nothing to what they don't understand.
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            // The answer is longer than what was read of it.
        }

        return ProbeResult.Passed;
    }
}
