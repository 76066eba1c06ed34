using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Cli.Demo;

/// <summary>The programs of the server network: a small HTTP server and one that answers queries over UDP. Both note where their clients seem to be.</summary>
internal sealed class DemoServer(DemoCounts counts, DemoPrograms programs)
{
    public const int HttpPort = 80;
    public const int QueryPort = 53;

    private const int PatienceMicroseconds = 100_000;

    private readonly TaskCompletionSource httpListens = new(), queriesListen = new();

    /// <summary>Waits until both programs listen: an earlier request would be refused by their host, not by the gateway.</summary>
    public void AwaitListening() => Task.WaitAll(httpListens.Task, queriesListen.Task);

    /// <summary>Serves HTTP until it is stopped.</summary>
    public void ServeHttp()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, HttpPort));
        listener.Listen(64);
        httpListens.TrySetResult();
        while (!programs.IsStopping)
        {
            if (!listener.Poll(PatienceMicroseconds, SelectMode.SelectRead)) continue;
            using Socket client = listener.Accept();
            client.ReceiveTimeout = client.SendTimeout = DemoClients.PatienceMilliseconds;
            try
            {
                Answer(client);
            }
            catch (SocketException)
            {
                // A client that went away in the middle is its own affair; it counts its request as unanswered.
            }
        }
    }

    /// <summary>Answers queries until it is stopped: the same bytes, turned round.</summary>
    public void ServeQueries()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, QueryPort));
        queriesListen.TrySetResult();
        byte[] query = new byte[512];
        while (!programs.IsStopping)
        {
            if (!socket.Poll(PatienceMicroseconds, SelectMode.SelectRead)) continue;
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int length = socket.ReceiveFrom(query, ref from);
            counts.SeeSource(((IPEndPoint)from).Address.ToString());
            socket.SendTo(query.AsSpan(0, length), SocketFlags.None, from);
        }
    }

    private void Answer(Socket client)
    {
        string peer = ((IPEndPoint)client.RemoteEndPoint!).Address.ToString();
        byte[] request = new byte[2048];
        int length = 0;
        while (length < request.Length && request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            int got = client.Receive(request.AsSpan(length));
            if (got == 0) return;
            length += got;
        }

        counts.SeeSource(peer);
        string body = $"hello {peer}\n";
        client.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        client.Shutdown(SocketShutdown.Send);
    }
}
