using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Links;

namespace Sluice.Live;

/// <summary>A web server inside a namespace that answers each request with the address it came from.</summary>
internal sealed class Service : IDisposable
{
    private readonly Socket listener;
    private readonly Thread thread;
    private volatile Socket? served;

    public Service(NetworkNamespace place, string address, int port)
    {
        var here = new IPEndPoint(IPAddress.Parse(address), port);
        listener = place.Run(() => new Socket(here.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(here);
        listener.Listen(64);
        thread = new Thread(Serve) { IsBackground = true, Name = $"service {here}" };
        thread.Start();
    }

    public void Dispose()
    {
        listener.Dispose();
        served?.Dispose();
        thread.Join();
    }

    private void Serve()
    {
        byte[] request = new byte[4096];
        while (true)
        {
            try
            {
                using Socket peer = listener.Accept();
                served = peer;
                peer.ReceiveTimeout = 30_000;
                if (peer.Receive(request) == 0) continue;
                string body = $"you are {((IPEndPoint)peer.RemoteEndPoint!).Address}\n";
                peer.Send(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
                peer.Shutdown(SocketShutdown.Send);

                // The client closes first or at once after: a reset because of unread bytes would be this service's own.
                while (peer.Receive(request) > 0)
                {
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // One client that went away is no reason to leave the others alone.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
