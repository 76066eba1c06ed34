using System.Collections.Concurrent;
using Sluice.Links;

namespace Sluice.Dataplane.Workers;

/// <summary>The thread of one worker: drains its queues, sleeps in poll when all are empty, and carries out what the control side asks for between two bursts.</summary>
internal sealed class WorkerLoop : IDisposable
{
    // How long an idle worker sleeps at most: its share of the sweep and the packets that wait for neighbours go on meanwhile.
    private const int IdleMilliseconds = 100;
    private const int HoldingMilliseconds = 5;

    private readonly Worker worker;
    private readonly CoarseClock clock;
    private readonly ConcurrentQueue<Action> errands = new();
    private readonly Thread thread;
    private IReadOnlyList<WorkerPort> polled = [];
    private volatile Poller poller = new([]);
    private volatile bool stopping;

    public WorkerLoop(Worker worker, CoarseClock clock)
    {
        this.worker = worker;
        this.clock = clock;
        thread = new Thread(Run) { IsBackground = true, Name = $"sluice-worker-{worker.Number}" };
    }

    /// <summary>What ended the thread before it was asked to stop, if anything did.</summary>
    public Exception? Failure { get; private set; }

    public void Start() => thread.Start();

    /// <summary>Has the worker do something between two bursts and waits until it has.</summary>
    public void Ask(Action errand)
    {
        if (!thread.IsAlive)
        {
            errand();
            return;
        }

        using var done = new ManualResetEventSlim();
        errands.Enqueue(() =>
        {
            errand();
            done.Set();
        });
        poller.Wake();
        while (!done.Wait(IdleMilliseconds))
            if (!thread.IsAlive) throw new InvalidOperationException($"worker {worker.Number} has ended", Failure);
    }

    /// <summary>Wakes the worker if it sleeps.</summary>
    public void Wake() => poller.Wake();

    public void Stop()
    {
        stopping = true;
        poller.Wake();
        if (thread.IsAlive) thread.Join();
    }

    public void Dispose()
    {
        Stop();
        poller.Dispose();
    }

    private void Run()
    {
        try
        {
            worker.WarmUp(clock.Now);
            worker.Unpark();
            while (!stopping) Turn();
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
        finally
        {
            worker.Park();
        }
    }

    private void Turn()
    {
        while (errands.TryDequeue(out Action? errand)) errand();
        if (worker.RunAll(clock.Now) != 0 || worker.SweepIsBehind) return;
        worker.Park();
        if (!ReferenceEquals(polled, worker.Ports)) Repoll();
        poller.Wait(worker.HeldCount != 0 ? HoldingMilliseconds : IdleMilliseconds);
        worker.Unpark();
    }

    // Who wakes the old poller meanwhile is not heard; the sleep is short enough for that.
    private void Repoll()
    {
        polled = worker.Ports;
        Poller old = poller;
        poller = new Poller([.. polled.Select(static port => port.Queue)]);
        old.Dispose();
    }
}
