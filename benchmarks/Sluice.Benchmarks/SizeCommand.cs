using Sluice.Benchmarks.Report;
using Sluice.Benchmarks.Size;

namespace Sluice.Benchmarks;

/// <summary><c>bench size</c>: what a configuration of a thousand VPCs, or of a hundred thousand translations, costs to load, to keep, to change and to decide by.</summary>
internal static class SizeCommand
{
    public static int Run(bool json, bool quick, string? only)
    {
        string directory = Directory.CreateTempSubdirectory("sluice-size-").FullName;
        try
        {
            var machine = Machine.Here();
            var rows = new List<BenchRow>();
            IEnumerable<BenchRow> measured = only switch
            {
                "peerings" => SizeBench.Run(directory, quick),
                "translations" => TranslationBench.Run(directory, quick).Concat(MaglevBench.Run(quick)),
                _ => SizeBench.Run(directory, quick).Concat(TranslationBench.Run(directory, quick)).Concat(MaglevBench.Run(quick)),
            };
            foreach (BenchRow row in measured)
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
