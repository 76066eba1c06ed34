using System.Diagnostics;

namespace Sluice.Benchmarks.Core;

/// <summary>Times one core. Every vector is timed by itself; a run's figure is its median vector, which drops vectors that another job of the machine interrupted.</summary>
internal sealed unsafe class CoreMeasurement(ICore core, FrameBank bank, Action tick)
{
    private readonly List<double> runs = [];

    public ICore Core => core;

    /// <summary>The best run, in nanoseconds a packet.</summary>
    public double Best => runs.Min();

    /// <summary>The median run.</summary>
    public double Median => runs.Order().ElementAt(runs.Count / 2);

    /// <summary>Bytes of garbage-collected heap allocated by all runs.</summary>
    public long Allocated { get; private set; }

    /// <summary>Vectors enough for code that is optimised as it runs.</summary>
    public void WarmUp()
    {
        for (int round = 0; round < 3; round++) Round(null, 0);
    }

    public void Run(int rounds)
    {
        const int Vectors = FrameBank.Frames / FrameBank.Vector;
        double[] samples = new double[Vectors * rounds];
        for (int round = 0; round < rounds; round++) Round(samples, round * Vectors);
        Array.Sort(samples);
        runs.Add(samples[samples.Length / 2]);
    }

    private void Round(double[]? samples, int at)
    {
        bank.Fill();
        tick();
        for (int vector = 0; vector < FrameBank.Frames / FrameBank.Vector; vector++)
        {
            bank.Receive(vector);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            int forwarded = core.Process(bank.Packets, FrameBank.Vector);
            long ticks = Stopwatch.GetTimestamp() - start;
            Allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (forwarded != FrameBank.Vector) throw new InvalidOperationException($"{core.Kind} forwarded {forwarded} of {FrameBank.Vector} packets.");
            if (samples is not null) samples[at + vector] = ticks * (1e9 / Stopwatch.Frequency) / FrameBank.Vector;
        }
    }
}
