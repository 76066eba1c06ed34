using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Report;
using Sluice.Config;
using Sluice.Policy;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows load, memory, reload, decide and first: from ten peerings to ten thousand.</summary>
internal static class SizeBench
{
    private const double LoadGoalSeconds = 5;
    private const double ReloadGoalSeconds = 2;
    private const double MemoryGoalMebibytes = 2048;

    public static IEnumerable<BenchRow> Run(string directory, bool quick)
    {
        // The whole size comes first: as in a gateway that starts, no code has run before.
        SizeConfiguration whole = SizeConfiguration.Whole;
        string asked = Path.Combine(directory, "asked"), changed = Path.Combine(directory, "changed");
        whole.Write(asked, changed: false);
        whole.Write(changed, changed: true);
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        ConfigSet config = Load(asked);
        double read = Seconds(start);
        var realms = new RealmRegistry();
        GatewayPolicy policy = PolicyCompiler.Compile(config, realms);
        double total = Seconds(start);
        yield return Row(whole, "load", total, "s", LoadGoalSeconds);
        yield return Row(whole, "load read", read, "s", null);
        yield return Row(whole, "load compile", total - read, "s", null);
        yield return Row(whole, "memory peak", Memory.PeakMebibytes(), "MiB", MemoryGoalMebibytes);

        using (var flow = new ReloadUnderTraffic(whole, config, realms, policy))
        {
            foreach (BenchRow row in flow.Run(whole, asked, changed, quick ? 3 : 5, ReloadGoalSeconds)) yield return row;
        }

        yield return Row(whole, "memory reload peak", Memory.PeakMebibytes(), "MiB", MemoryGoalMebibytes);
        GC.Collect();
        yield return Row(whole, "memory kept", Memory.ResidentMebibytes(), "MiB", null);
        foreach (BenchRow row in ApplyBench.Run(whole, directory, asked, changed, quick)) yield return row;
        GC.KeepAlive(config);
        GC.KeepAlive(policy);

        foreach (SizeConfiguration size in SizeConfiguration.Growing)
        {
            string part = Path.Combine(directory, Invariant($"{size.Peerings}"));
            size.Write(part, changed: false);
            foreach (BenchRow row in ColdDecisions.Run(size, Load(part), quick)) yield return row;
        }
    }

    public static ConfigSet Load(string directory)
    {
        LoadResult loaded = ConfigLoader.Load([directory]);
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems.Where(static problem => problem.IsError).Take(10)));
    }

    public static BenchRow Row(SizeConfiguration size, string what, double value, string unit, double? goal, double? median = null) => new()
    {
        Name = Invariant($"{what} {size.Peerings}"),
        Value = value,
        Median = median,
        Unit = unit,
        Goal = goal,
    };

    public static double Seconds(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static class Memory
    {
        public static double PeakMebibytes() => Status("VmHWM:");

        public static double ResidentMebibytes() => Status("VmRSS:");

        private static double Status(string field) => double.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
    }
}
