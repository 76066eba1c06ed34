using Spectre.Console;

namespace Sluice.Cli.Output;

/// <summary>A table: drawn on a terminal, plain columns elsewhere.</summary>
/// <param name="headers">
/// The columns; one that begins with '>' is aligned to the right, as numbers are, and one that begins with '?' is left out of a terminal too narrow for all.
/// </param>
internal sealed class TextTable(params string[] headers)
{
    // Of a drawn column: a space at its right and the border.
    private const int Gap = 2;

    private readonly List<string[]> rows = [];

    public bool IsEmpty => rows.Count == 0;

    public void Add(params string[] cells) => rows.Add(cells);

    public void Write(CommandContext context)
    {
        if (!context.IsTerminal || !TryDraw(context.Output)) WritePlain(context.Output);
    }

    /// <summary>Columns separated by two spaces, headers in capitals: easy to cut and grep.</summary>
    public void WritePlain(TextWriter output)
    {
        int[] widths = [.. headers.Select((_, i) => Cells(i).Max(static cell => cell.Length))];
        WriteLine(output, [.. headers.Select(static h => NameOf(h).ToUpperInvariant())], widths);
        foreach (string[] row in rows) WriteLine(output, row, widths);
    }

    private static string NameOf(string header) => header.TrimStart('?', '>');

    private static bool IsNumber(string header) => header.TrimStart('?')[0] == '>';

    private IEnumerable<string> Cells(int column) => rows.Select(r => r[column]).Append(NameOf(headers[column]));

    private void WriteLine(TextWriter output, string[] cells, int[] widths)
    {
        IEnumerable<string> padded = cells.Select((c, i) => IsNumber(headers[i]) ? c.PadLeft(widths[i]) : c.PadRight(widths[i]));
        output.WriteLine(string.Join("  ", padded).TrimEnd());
    }

    private bool TryDraw(TextWriter output)
    {
        int[]? widths = ColumnWidths.Fit(
            [.. headers.Select((_, i) => Cells(i).Max(static cell => cell.Length))],
            [.. headers.Select((_, i) => Cells(i).Max(static cell => cell.Split(' ').Max(static word => word.Length)))],
            [.. headers.Select(static h => h[0] == '?')],
            Gap,
            AnsiConsole.Profile.Width - Gap);
        if (widths is null) return false;

        var table = new Table { Border = TableBorder.Simple };
        int[] shown = [.. Enumerable.Range(0, headers.Length).Where(i => widths[i] > 0)];
        foreach (int i in shown)
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(NameOf(headers[i]))}[/]")) { Width = widths[i], Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(IsNumber(headers[i]) ? column.RightAligned() : column);
        }

        foreach (string[] row in rows) table.AddRow([.. shown.Select(i => new Text(row[i]))]);
        AnsiConsole.Write(table);
        if (shown.Length < headers.Length)
        {
            string absent = string.Join(", ", headers.Where((_, i) => widths[i] == 0).Select(NameOf));
            output.WriteLine($"(a wider terminal or --json also shows: {absent})");
        }

        return true;
    }
}
