using System.Globalization;
using Sluice.Benchmarks.Live;
using Sluice.Benchmarks.Report;
using Sluice.Links;

namespace Sluice.Benchmarks;

/// <summary><c>bench live</c>: real programs through the gateway in namespaces, beside the kernel doing the same.</summary>
internal static class LiveCommand
{
    public static int Run(bool json, bool quick)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("bench: live needs root: it makes network namespaces, packet sockets and BPF programs in them");
            return 1;
        }

        try
        {
            using var town = new LiveTown();
            var machine = Machine.Here();
            List<BenchRow> rows = [.. new LiveBench(town, quick).Run()];
            Console.WriteLine(json ? BenchReport.ToJson(machine, rows) : Table(machine, rows));
            return rows.All(row => row.Ok) ? 0 : 1;
        }
        catch (Exception e) when (e is LinkException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"bench: {e.Message}");
            return 1;
        }
    }

    private static string Table(Machine machine, List<BenchRow> rows) => string.Join('\n',
    [
        string.Create(CultureInfo.InvariantCulture, $"{machine.Processor}, {machine.Cores} cores, {machine.Kernel}, {machine.Runtime}, load {machine.LoadAverage}"),
        $"{"",-24}{"median",9}{"lowest",9}{"highest",9} {"unit",-12}{"goal",9}{"kernel",9}{"x kernel",10}",
        .. rows.Select(static row => string.Create(CultureInfo.InvariantCulture,
            $"{row.Name,-24}{row.Value,9:F2}{row.Low,9:F2}{row.High,9:F2} {row.Unit,-12}{Goal(row),9}{row.Bound,9:F2}{row.Ratio,10:F2}{(row.Ok ? "" : "  MISSED")}")),
    ]);

    private static string Goal(BenchRow row) =>
        row.Goal is not { } goal ? "" : string.Create(CultureInfo.InvariantCulture, $"{(row.MoreIsBetter ? ">=" : "<=")} {goal}");
}
