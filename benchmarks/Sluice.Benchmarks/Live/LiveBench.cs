using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Benchmarks.Report;
using Sluice.Gateway.Live;

namespace Sluice.Benchmarks.Live;

/// <summary>Real programs through the gateway and through the kernel in turn, so that whatever else the machine does befalls both.</summary>
internal sealed partial class LiveBench(LiveTown town, bool quick)
{
    /// <summary>Pairs of measurements; the first one more warms both ways up and doesn't count.</summary>
    private const int Pairs = 7;

    private const double RatioGoal = 0.6;
    private const double IdlePercentGoal = 1;

    private int Seconds => quick ? 1 : 3;

    public IEnumerable<BenchRow> Run()
    {
        List<double> gateway = [], kernel = [];
        for (int pair = 0; pair <= Pairs; pair++)
        {
            double ours = town.ThroughGateway(_ => Gigabits());
            double theirs = town.ThroughKernel(Gigabits);
            if (pair == 0) continue;
            gateway.Add(ours);
            kernel.Add(theirs);
            Console.Error.WriteLine(FormattableString.Invariant($"tcp1 pair {pair}: gateway {ours:F2} Gb/s, kernel {theirs:F2} Gb/s, ratio {ours / theirs:F2}"));
        }

        double bound = Median(kernel);
        yield return Spread("tcp1 gateway", gateway, "Gb/s") with { Bound = bound };
        yield return Spread("tcp1 kernel", kernel, "Gb/s");
        yield return Spread("tcp1 gateway/kernel", [.. gateway.Zip(kernel, static (g, k) => g / k)], "ratio") with { Goal = RatioGoal, MoreIsBetter = true };
        double kernelTrip = town.ThroughKernel(RoundTripMicroseconds);
        yield return Spread("rtt p50 gateway", [town.ThroughGateway(_ => RoundTripMicroseconds())], "us") with { Bound = kernelTrip };
        yield return Spread("rtt p50 kernel", [kernelTrip], "us");
        yield return Spread("idle gateway", [town.ThroughGateway(IdlePercent)], "% of a core") with { Goal = IdlePercentGoal };
    }

    private static BenchRow Spread(string name, IReadOnlyList<double> values, string unit) =>
        new() { Name = name, Value = Median(values), Unit = unit, Low = values.Min(), High = values.Max() };

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    // The gateway is all that this process does meanwhile.
    private double IdlePercent(LiveGateway gateway)
    {
        town.Client("ping", "-c", "1", "-W", "2", LiveTown.Server);
        Thread.Sleep(1000);
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        Thread.Sleep(5000);
        return 100 * (Process.GetCurrentProcess().TotalProcessorTime - before) / Stopwatch.GetElapsedTime(began);
    }

    private double Gigabits()
    {
        string report = town.Iperf("-t", Seconds.ToString(CultureInfo.InvariantCulture), "-J");
        using JsonDocument parsed = JsonDocument.Parse(report);
        return parsed.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
    }

    private double RoundTripMicroseconds()
    {
        string report = town.Client("ping", "-c", quick ? "200" : "1000", "-i", "0.002", LiveTown.Server);
        return Median([.. TripTime().Matches(report).Select(m => double.Parse(m.Groups["ms"].Value, CultureInfo.InvariantCulture) * 1000)]);
    }

    [GeneratedRegex(@"time=(?<ms>[0-9.]+) ms", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TripTime();
}
