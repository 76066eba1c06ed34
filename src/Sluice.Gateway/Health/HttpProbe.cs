using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Config.Documents;

namespace Sluice.Gateway.Health;

/// <summary>Asks for a page and reads the status of the answer, no more.</summary>
internal static class HttpProbe
{
    private const int UsualPort = 80;

    // "HTTP/1.1 200".
    private const int StatusOffset = 9;
    private const int StatusLength = 12;

    public static async Task<ProbeResult> Ask(ProbePath way, IPEndPoint to, HealthSpec health, CancellationToken giveUp)
    {
        using Socket socket = await TcpProbe.Connect(way, to, giveUp).ConfigureAwait(false);
        await SendAll(socket, Encoding.ASCII.GetBytes(Request(to, health)), giveUp).ConfigureAwait(false);
        var line = new byte[StatusLength];
        int length = 0;
        while (length < line.Length)
        {
            int read = await socket.ReceiveAsync(line.AsMemory(length), giveUp).ConfigureAwait(false);
            if (read == 0) return ProbeResult.Failed("the connection was closed before an answer came");
            length += read;
        }

        return Judge(line, health);
    }

    /// <summary>The request: RFC 9112 section 3, with the Host field that RFC 9110 section 7.2 asks for.</summary>
    internal static string Request(IPEndPoint to, HealthSpec health)
    {
        string host = health.Host ?? (to.Port == UsualPort ? HostOf(to.Address) : to.ToString());
        return $"GET {health.Path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sluice\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    /// <summary>What the beginning of an answer says.</summary>
    internal static ProbeResult Judge(ReadOnlySpan<byte> line, HealthSpec health)
    {
        if (!line.StartsWith("HTTP/1."u8) || line[StatusOffset - 1] != ' '
            || !int.TryParse(line[StatusOffset..StatusLength], NumberStyles.None, CultureInfo.InvariantCulture, out int status))
            return ProbeResult.Failed("the answer isn't HTTP");
        return status >= health.Status.First && status <= health.Status.Last ? ProbeResult.Passed : ProbeResult.Failed($"HTTP status {status}");
    }

    private static string HostOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static async Task SendAll(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken giveUp)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, giveUp).ConfigureAwait(false)..];
    }
}
