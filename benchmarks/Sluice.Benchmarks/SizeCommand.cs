using Sluice.Benchmarks.Report;
using Sluice.Benchmarks.Size;

namespace Sluice.Benchmarks;

/// <summary><c>bench size</c>: what a configuration of a thousand VPCs costs to load, to keep, to change and to decide by.</summary>
internal static class SizeCommand
{
    public static int Run(bool json, bool quick)
    {
        string directory = Directory.CreateTempSubdirectory("sluice-size-").FullName;
        try
        {
            var machine = Machine.Here();
            var rows = new List<BenchRow>();
            foreach (BenchRow row in SizeBench.Run(directory, quick))
            {
                rows.Add(row);
                Console.Error.WriteLine(FormattableString.Invariant($"{row.Name}: {row.Value:F2} {row.Unit}"));
            }

            Console.WriteLine(json ? BenchReport.ToJson(machine, rows) : BenchReport.ToTable(machine, rows));
            return rows.All(row => row.GuardOk) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
