using System.Collections.Concurrent;
using Sluice.Links;

namespace Sluice.Gateway.Live;

/// <summary>The one thread that changes a gateway. It lives in the network namespace of the thread that made it.</summary>
internal sealed class ControlThread : IDisposable
{
    private readonly ConcurrentQueue<Action> errands = new();
    private readonly AutoResetEvent waiting = new(initialState: false);
    private readonly Thread thread;
    private readonly Func<int> tick;
    private readonly Action<LinkException> refused;
    private volatile bool closing;

    /// <summary>Starts the thread.</summary>
    /// <param name="tick">Called between errands; returns the milliseconds after which it is to be called again.</param>
    /// <param name="refused">Told what the kernel refused to something that was posted.</param>
    public ControlThread(Func<int> tick, Action<LinkException> refused)
    {
        this.tick = tick;
        this.refused = refused;
        thread = new Thread(Run) { IsBackground = true, Name = "sluice-control" };
        thread.Start();
    }

    /// <summary>Has the tick called now. Workers may call it: it neither blocks nor allocates.</summary>
    public void Wake() => waiting.Set();

    /// <summary>Has something done soon.</summary>
    public void Post(Action errand)
    {
        errands.Enqueue(errand);
        Wake();
    }

    /// <summary>Has something done and waits for it; what it throws is thrown here.</summary>
    public void Do(Action errand)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                errand();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Finishes what was posted and ends the thread.</summary>
    public void Dispose()
    {
        closing = true;
        Wake();
        thread.Join();
        waiting.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            while (errands.TryDequeue(out Action? errand)) Run(errand);
            if (closing) return;
            waiting.WaitOne(tick());
        }
    }

    private void Run(Action errand)
    {
        try
        {
            errand();
        }
        catch (LinkException e)
        {
            refused(e);
        }
    }
}
