using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Links;

namespace Sluice.Live;

/// <summary>
/// One of several web servers that are to do the same: it says its name and the address that it sees. The page /download comes in two halves, the second once
/// <see cref="Release"/> is called.
/// </summary>
internal sealed class WebServer : IDisposable
{
    /// <summary>Bytes of the page /download.</summary>
    public const int DownloadBytes = 4 << 20;

    private readonly string name;
    private readonly Socket listener;
    private readonly Thread thread;
    private readonly ManualResetEventSlim released = new();
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private int halves;

    public WebServer(NetworkNamespace place, string name, string address, int port)
    {
        this.name = name;
        var here = new IPEndPoint(IPAddress.Parse(address), port);
        listener = place.Run(() => new Socket(here.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(here);
        listener.Listen(256);
        thread = new Thread(Accept) { IsBackground = true, Name = $"web server {name}" };
        thread.Start();
    }

    /// <summary>Downloads that have come to their half.</summary>
    public int Halves => Volatile.Read(ref halves);

    /// <summary>Lets downloads go on.</summary>
    public void Release() => released.Set();

    /// <summary>Ends as a killed process does: its sockets close, and nobody hears at its port any more.</summary>
    public void Dispose()
    {
        listener.Dispose();
        thread.Join();
        released.Set();
        foreach (Socket peer in open.Keys) peer.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket peer = listener.Accept();
                open.TryAdd(peer, true);
                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by the test.
        }
    }

    private void Serve(Socket peer)
    {
        try
        {
            Answer(peer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client went away, or this server did.
        }
        finally
        {
            open.TryRemove(peer, out _);
            peer.Dispose();
        }
    }

    private void Answer(Socket peer)
    {
        byte[] request = new byte[4096];
        int length = 0;
        while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int read = peer.Receive(request.AsSpan(length));
            if (read == 0) return;
            length += read;
        }

        if (request.AsSpan(0, length).StartsWith("GET /download "u8))
        {
            peer.Send(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nX-Server: {name}\r\nContent-Length: {DownloadBytes}\r\n\r\n"));
            byte[] half = new byte[DownloadBytes / 2];
            peer.Send(half);
            Interlocked.Increment(ref halves);
            released.Wait();
            peer.Send(half);
        }
        else
        {
            string body = $"{name} {((IPEndPoint)peer.RemoteEndPoint!).Address}\n";
            peer.Send(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }

        // The client has closed before this server does: nothing of it waits for an old port.
        peer.Shutdown(SocketShutdown.Send);
        while (peer.Receive(request) > 0)
        {
        }
    }
}
