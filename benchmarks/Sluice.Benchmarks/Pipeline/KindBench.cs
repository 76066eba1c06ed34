using System.Diagnostics;
using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Report;
using Sluice.Dataplane;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>Rows established KIND: packets of established sessions of each kind of NAT through the whole pipeline, the kinds in turn, beside masquerade.</summary>
internal static class KindBench
{
    private const double Goal = 38;
    private const double RatioGoal = 1.1;

    public static IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (options.Sessions is not (0 or KindTraffic.Sessions)) return [];
        KindTraffic[] traffics = [.. KindCase.All.Select(kind => new KindTraffic(kind, options.Seed))];
        long[] decided = [.. traffics.Select(static traffic => (long)traffic.Pipeline.Engine.Counters().Decided)];
        var runs = new double[traffics.Length][];
        for (int i = 0; i < runs.Length; i++) runs[i] = new double[options.Runs];
        for (int run = -1; run < options.Runs; run++)
        {
            for (int i = 0; i < traffics.Length; i++)
            {
                double time = Median(traffics[i], 2 * options.Rounds);
                if (run >= 0) runs[i][run] = time;
            }
        }

        var rows = new List<BenchRow>();
        for (int i = 0; i < traffics.Length; i++)
        {
            DataplaneCounters counters = traffics[i].Pipeline.Engine.Counters();
            if (counters.Imbalance != 0 || counters.Dropped != 0 || (long)counters.Decided != decided[i])
                throw new InvalidOperationException($"{KindCase.All[i].Name}: {counters.Dropped} dropped, {(long)counters.Decided - decided[i]} decided anew.");
            rows.Add(new BenchRow
            {
                Name = $"established {KindCase.All[i].Name} ipv4 {KindTraffic.Sessions}",
                Value = runs[i].Min(),
                Median = runs[i].Order().ElementAt(options.Runs / 2),
                Unit = "ns/packet",
                Goal = Goal,
                RatioToMasquerade = runs[i].Min() / runs[0].Min(),
                RatioToMasqueradeGoal = RatioGoal,
            });
            traffics[i].Dispose();
        }

        return rows;
    }

    // The median vector drops those that another job of the machine interrupted.
    private static double Median(KindTraffic traffic, int rounds)
    {
        const int Vectors = KindTraffic.Frames / FrameBank.Vector;
        double[] samples = new double[rounds * Vectors];
        for (int round = 0; round < rounds; round++)
        {
            traffic.Fill();
            traffic.Pipeline.Now++;
            for (int vector = 0; vector < Vectors; vector++)
            {
                traffic.Arm(vector);
                long start = Stopwatch.GetTimestamp();
                traffic.Pipeline.Step();
                samples[(round * Vectors) + vector] = (Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency) / (2 * FrameBank.Vector);
            }
        }

        Array.Sort(samples);
        return samples[samples.Length / 2];
    }
}
