using System.Net;
using System.Net.Sockets;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>The client's end of a conversation with a <see cref="LineService"/>.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly Socket socket;
    private readonly StreamReader reader;
    private readonly StreamWriter writer;

    /// <param name="place">Where the client is.</param>
    /// <param name="address">The server as the client knows it.</param>
    /// <param name="port">Its port.</param>
    /// <param name="localPort">The client's own port; 0: any.</param>
    public Conversation(NetworkNamespace place, string address, int port, int localPort = 0)
    {
        var there = new IPEndPoint(IPAddress.Parse(address), port);
        socket = place.Run(() => new Socket(there.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 60_000;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (localPort != 0) socket.Bind(new IPEndPoint(there.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, localPort));
        socket.Connect(there);
        var stream = new NetworkStream(socket);
        reader = new StreamReader(stream);
        writer = new StreamWriter(stream) { AutoFlush = true, NewLine = "\n" };
        Assert.Equal(LineService.Greeting, reader.ReadLine());
    }

    /// <summary>The endpoint that the client speaks from, as itself knows it.</summary>
    public string Local => $"{socket.LocalEndPoint}";

    /// <summary>Says a line; what comes back is the endpoint that the server sees.</summary>
    public string Say(string line)
    {
        writer.WriteLine(line);
        string answer = reader.ReadLine() ?? throw new IOException("the conversation is over");
        Assert.EndsWith($" {line}", answer, StringComparison.Ordinal);
        return answer[..^(line.Length + 1)];
    }

    public void Dispose()
    {
        writer.Dispose();
        reader.Dispose();
        socket.Dispose();
    }
}
