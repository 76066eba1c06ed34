using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Pipeline;
using Sluice.Benchmarks.Report;

namespace Sluice.Benchmarks;

/// <summary><c>bench core</c>: everything that is measured in memory, without links or kernel.</summary>
internal static class CoreCommand
{
    /// <summary>The suites in the order of their rows. A new suite is one line here.</summary>
    private static readonly (string Name, Func<BenchOptions, IEnumerable<BenchRow>> Run)[] Suites =
    [
        ("core", SessionCoreBench.Run),
        ("established", EstablishedBench.Run),
        ("kinds", KindBench.Run),
        ("create", CreateBench.Run),
    ];

    public static int Run(BenchOptions options)
    {
        var machine = Machine.Here();
        var rows = new List<BenchRow>();
        foreach ((string name, Func<BenchOptions, IEnumerable<BenchRow>> suite) in Suites)
        {
            if (options.Only is { } only && only != name) continue;
            foreach (BenchRow row in suite(options))
            {
                rows.Add(row);

                // Whoever waits in front of a terminal sees how far it is.
                Console.Error.WriteLine(FormattableString.Invariant($"{row.Name}: {row.Value:F2} {row.Unit}"));
            }
        }

        Console.WriteLine(options.Json ? BenchReport.ToJson(machine, rows) : BenchReport.ToTable(machine, rows));
        return rows.All(row => row.GuardOk) ? 0 : 1;
    }
}
