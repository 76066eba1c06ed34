using System.Net;
using System.Net.Sockets;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>A program that asks a service again and again, each time over a new connection; every question must be answered.</summary>
internal sealed class Asking : IDisposable
{
    private const int PatienceMilliseconds = 30_000;

    private readonly Thread thread;
    private volatile bool ending;
    private volatile int answered;
    private volatile string? failure;

    public Asking(NetworkNamespace place, string address, int port)
    {
        var there = new IPEndPoint(IPAddress.Parse(address), port);
        thread = new Thread(() =>
        {
            place.Enter();
            while (!ending && failure is null) Ask(there);
        })
        { IsBackground = true, Name = "asking" };
        thread.Start();
    }

    /// <summary>Waits for so many more answers.</summary>
    public void AwaitMore(int count)
    {
        int target = answered + count;
        Programs.Until(() => answered >= target || failure is not null, $"{count} more answers");
        Assert.Null(failure);
    }

    /// <summary>Ends; nothing may have gone unanswered.</summary>
    public void End()
    {
        Dispose();
        Assert.Null(failure);
        Assert.NotEqual(0, answered);
    }

    public void Dispose()
    {
        ending = true;
        thread.Join();
    }

    private void Ask(IPEndPoint there)
    {
        try
        {
            using var socket = new Socket(there.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds };
            socket.Connect(there);
            socket.Send("GET / HTTP/1.0\r\n\r\n"u8);
            byte[] answer = new byte[1024];
            int got = 0;
            for (int more; (more = socket.Receive(answer.AsSpan(got))) > 0;) got += more;
            if (got < 20) failure = $"after {answered} answers one of {got} bytes";
            answered++;
            Thread.Sleep(10);
        }
        catch (SocketException e)
        {
            failure = $"after {answered} answers: {e.Message}";
        }
    }
}
