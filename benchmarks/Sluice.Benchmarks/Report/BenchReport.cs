using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Benchmarks.Report;

/// <summary>The rows of one run, as a table for people or as JSON for programs.</summary>
internal static class BenchReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    public static string ToJson(Machine machine, IReadOnlyList<BenchRow> rows) =>
        JsonSerializer.Serialize(new { machine, rows = rows.Select(Rounded), guardOk = rows.All(row => row.GuardOk), ok = rows.All(row => row.Ok) }, Json);

    public static string ToTable(Machine machine, IReadOnlyList<BenchRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant($"{machine.Processor}, {machine.Cores} cores, {machine.Kernel}, {machine.Runtime}, load {machine.LoadAverage}"));
        text.AppendLine(Invariant($"{"",-35}{"best",9}{"median",9} {"unit",-14}{"goal",7}{"x bound",9}{"x C",7}{"x core",8}{"x masq",8}  goals"));
        foreach (BenchRow row in rows)
        {
            text.AppendLine(Invariant(
                $"{row.Name,-35}{row.Value,9:F2}{Cell(row.Median, 9, "F2")} {row.Unit,-14}{Cell(row.Goal, 7, "F0")}{Cell(row.Ratio, 9, "F1")}{Cell(row.RatioToC, 7, "F2")}{Cell(row.RatioToCore, 8, "F1")}{Cell(row.RatioToMasquerade, 8, "F2")}  {Judge(row)}"));
        }

        return text.ToString();
    }

    private static string Judge(BenchRow row)
    {
        if (!row.GuardOk) return "MISSED";
        if (!row.Ok) return "missed by time";
        return row.Goal is null && row.RatioToCoreGoal is null ? "" : "met";
    }

    private static string Cell(double? value, int width, string format) =>
        (value?.ToString(format, CultureInfo.InvariantCulture) ?? "").PadLeft(width);

    private static object Rounded(BenchRow row) => new
    {
        row.Name,
        Value = Math.Round(row.Value, 2),
        row.Unit,
        row.Goal,
        Median = Round(row.Median),
        Low = Round(row.Low),
        High = Round(row.High),
        Bound = Round(row.Bound),
        Ratio = Round(row.Ratio),
        RatioToC = Round(row.RatioToC),
        row.RatioToCGoal,
        RatioToCore = Round(row.RatioToCore),
        row.RatioToCoreGoal,
        RatioToMasquerade = Round(row.RatioToMasquerade),
        row.RatioToMasqueradeGoal,
        row.Allocated,
        row.GuardOk,
        row.Ok,
    };

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 2) : null;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
