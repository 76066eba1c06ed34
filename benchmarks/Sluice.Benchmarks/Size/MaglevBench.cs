using System.Diagnostics;
using Sluice.Benchmarks.Report;
using Sluice.Policy.Balancing;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows maglev: a table of 65,537 slots for a hundred backends made anew, and how many flows of the other 99 change their backend when one goes.</summary>
internal static class MaglevBench
{
    private const double RebuildGoalMilliseconds = 5;
    private const double MovedGoalPercent = 1.5;
    private const int Backends = 100;
    private const int Flows = 1_000_000;

    public static IEnumerable<BenchRow> Run(bool quick)
    {
        BackendShare[] shares = [.. Enumerable.Range(0, Backends).Select(static number => new BackendShare(Mix((ulong)number + 1), 100, IsUp: true))];
        BackendChoice whole = BackendChoice.ByMaglev(shares);
        var times = new List<double>();
        for (int run = 0; run < (quick ? 21 : 101); run++)
        {
            // Another one is down each time, so that nothing of the last run can be used again.
            BackendShare[] some = [.. shares];
            some[run % Backends] = some[run % Backends] with { IsUp = false };
            long start = Stopwatch.GetTimestamp();
            _ = BackendChoice.ByMaglev(some);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        yield return new BenchRow { Name = "maglev rebuild 100", Value = times.Min(), Median = times.Order().ElementAt(times.Count / 2), Unit = "ms", Goal = RebuildGoalMilliseconds };
        shares[Backends / 2] = shares[Backends / 2] with { IsUp = false };
        BackendChoice less = BackendChoice.ByMaglev(shares);
        int moved = 0, others = 0;
        for (ulong flow = 0; flow < Flows; flow++)
        {
            ulong hash = Mix(flow);
            int before = whole.Choose(hash);
            if (before == Backends / 2) continue;
            others++;
            if (less.Choose(hash) != before) moved++;
        }

        yield return new BenchRow { Name = "maglev moved 100", Value = 100.0 * moved / others, Unit = "% of others' flows", Goal = MovedGoalPercent };
    }

    // The end of splitmix64: numbers in a row become bits without order.
    private static ulong Mix(ulong number)
    {
        number *= 0x9E37_79B9_7F4A_7C15;
        number = (number ^ number >> 30) * 0xBF58_476D_1CE4_E5B9;
        number = (number ^ number >> 27) * 0x94D0_49BB_1331_11EB;
        return number ^ number >> 31;
    }
}
