using System.Net.Sockets;
using Sluice.Links;

namespace Sluice.Cli.Demo;

/// <summary>Threads that live in a namespace: each runs its program at least once, and again and again until it is stopped.</summary>
internal sealed class DemoPrograms
{
    private readonly List<Thread> threads = [];
    private volatile bool stopping;

    /// <summary>Whether programs should end.</summary>
    public bool IsStopping => stopping;

    /// <summary>Starts a program inside a namespace. A socket that fails is made anew on the next round.</summary>
    public void Start(NetworkNamespace where, string name, Action program)
    {
        var thread = new Thread(() =>
        {
            where.Enter();
            do
            {
                try
                {
                    program();
                }
                catch (SocketException)
                {
                    Thread.Sleep(20);
                }
            }
            while (!stopping);
        })
        { IsBackground = true, Name = name };
        threads.Add(thread);
        thread.Start();
    }

    /// <summary>Asks all programs to end and waits until they have: each finishes the request that it is at.</summary>
    public void Stop()
    {
        stopping = true;
        foreach (Thread thread in threads) thread.Join();
        threads.Clear();
        stopping = false;
    }
}
