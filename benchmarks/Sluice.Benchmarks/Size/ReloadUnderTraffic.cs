using System.Diagnostics;
using Sluice.Benchmarks.Report;
using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows reload: a worker sends packets of established flows without a pause, while changed configurations of the whole size are put in force.</summary>
internal sealed unsafe class ReloadUnderTraffic : IDisposable
{
    private const int Flows = 4000;
    private const int Stride = 2112;
    private const int DataOffset = 128;
    private const int FrameLength = 60;

    private readonly NativeArena arena = new();
    private readonly RealmRegistry realms;
    private readonly SizeEngine engine;
    private readonly SizeFlow[] flows;
    private readonly (int Link, int First, int Count)[] links;
    private readonly byte** frames;
    private readonly long started = Stopwatch.GetTimestamp();
    private long sent;
    private double longestPauseMilliseconds;
    private volatile bool ends;

    public ReloadUnderTraffic(SizeConfiguration size, ConfigSet config, RealmRegistry realms, GatewayPolicy policy)
    {
        this.realms = realms;
        engine = new SizeEngine(config, realms, policy, capacity: 2 * Flows);
        var draws = new SizeFlows(size, new Random(1));
        flows = [.. Enumerable.Range(0, Flows).Select(_ => draws.Draw(linked: true)).OrderBy(static flow => flow.From)];
        links = [.. flows.Select(static (flow, i) => (flow.From, i)).GroupBy(static one => one.From, static (from, ones) => (from, ones.Min(static one => one.i), ones.Count()))];
        byte* buffers = arena.Allocate<byte>(Flows * Stride);
        frames = (byte**)arena.Allocate<nint>(Flows);
        for (int i = 0; i < Flows; i++) frames[i] = buffers + (i * Stride) + DataOffset;
        Pass();
        DataplaneCounters counters = engine.Engine.Counters();
        if (counters.Out != Flows) throw new InvalidOperationException($"{counters.Out} of {Flows} first packets passed.");
    }

    public IEnumerable<BenchRow> Run(SizeConfiguration size, string asked, string changed, int runs, double goal)
    {
        var worker = new Thread(Send) { IsBackground = true };
        worker.Start();
        var times = new List<double>();

        // The first is the one that meets code which has not run before.
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Apply(PolicyCompiler.Compile(SizeBench.Load(run % 2 == 0 ? changed : asked), realms));
            times.Add(SizeBench.Seconds(start));
        }

        ends = true;
        worker.Join();
        DataplaneCounters counters = engine.Engine.Counters();
        yield return SizeBench.Row(size, "reload", times.Min(), "s", goal, times.Order().ElementAt(times.Count / 2));
        yield return SizeBench.Row(size, "reload sent", sent / 1e6, "M packets", null);
        yield return SizeBench.Row(size, "reload lost", sent - (long)counters.Out, "packets", 0);
        yield return SizeBench.Row(size, "reload pause", longestPauseMilliseconds, "ms", null);
    }

    public void Dispose()
    {
        engine.Dispose();
        arena.Dispose();
    }

    private void Send()
    {
        long last = Stopwatch.GetTimestamp();
        while (!ends)
        {
            Pass();
            long now = Stopwatch.GetTimestamp();
            longestPauseMilliseconds = Math.Max(longestPauseMilliseconds, Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
            last = now;
        }
    }

    private void Pass()
    {
        foreach ((int link, int first, int count) in links)
        {
            for (int i = first; i < first + count; i++) flows[i].Write(frames[i]);
            engine.QueueOf(link).Arm(frames + first, count, FrameLength);
        }

        engine.Engine.Step(1000 + (uint)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        sent += Flows;
    }
}
