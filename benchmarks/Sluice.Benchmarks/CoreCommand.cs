using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Report;

namespace Sluice.Benchmarks;

/// <summary><c>bench core</c>: everything that is measured in memory, without links or kernel.</summary>
internal static class CoreCommand
{
    /// <summary>The suites in the order of their rows. A new suite is one line here.</summary>
    private static readonly Func<BenchOptions, IEnumerable<BenchRow>>[] Suites =
    [
        SessionCoreBench.Run,
    ];

    public static int Run(BenchOptions options)
    {
        var machine = Machine.Here();
        var rows = new List<BenchRow>();
        foreach (Func<BenchOptions, IEnumerable<BenchRow>> suite in Suites)
        {
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
