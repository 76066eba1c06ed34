using System.Net;
using System.Net.Sockets;
using Sluice.Links;

namespace Sluice.Live;

/// <summary>A server of long conversations, as ssh is one: it speaks first, then answers each line with the endpoint that it sees and the line.</summary>
internal sealed class LineService : IDisposable
{
    public const string Greeting = "SSH-2.0-town";

    private readonly Socket listener;
    private readonly Thread thread;

    public LineService(NetworkNamespace place, string address, int port)
    {
        var here = new IPEndPoint(IPAddress.Parse(address), port);
        listener = place.Run(() => new Socket(here.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(here);
        listener.Listen(16);
        thread = new Thread(Accept) { IsBackground = true, Name = $"lines at {here}" };
        thread.Start();
    }

    public void Dispose()
    {
        listener.Dispose();
        thread.Join();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket peer = listener.Accept();
                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by the test's end.
        }
    }

    private static void Serve(Socket socket)
    {
        using Socket peer = socket;
        try
        {
            using var stream = new NetworkStream(peer);
            using var reader = new StreamReader(stream);
            using var writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
            writer.WriteLine(Greeting);
            while (reader.ReadLine() is { } line) writer.WriteLine($"{peer.RemoteEndPoint} {line}");
        }
        catch (IOException)
        {
            // The conversation was cut; whoever cut it knows why.
        }
    }
}
