using Spectre.Console;

namespace Sluice.Cli.Output;

/// <summary>A table: drawn on a terminal, plain columns elsewhere.</summary>
/// <param name="headers">The columns; one that begins with '>' is aligned to the right, as numbers are.</param>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> rows = [];

    public bool IsEmpty => rows.Count == 0;

    public void Add(params string[] cells) => rows.Add(cells);

    public void Write(CommandContext context)
    {
        if (context.IsTerminal) Draw();
        else WritePlain(context.Output);
    }

    /// <summary>Columns separated by two spaces, headers in capitals: easy to cut and grep.</summary>
    public void WritePlain(TextWriter output)
    {
        int[] widths = [.. headers.Select((h, i) => rows.Select(r => r[i].Length).Append(NameOf(h).Length).Max())];
        WriteLine(output, [.. headers.Select(h => NameOf(h).ToUpperInvariant())], widths);
        foreach (string[] row in rows) WriteLine(output, row, widths);
    }

    private static string NameOf(string header) => header.TrimStart('>');

    private void WriteLine(TextWriter output, string[] cells, int[] widths)
    {
        IEnumerable<string> padded = cells.Select((c, i) => headers[i][0] == '>' ? c.PadLeft(widths[i]) : c.PadRight(widths[i]));
        output.WriteLine(string.Join("  ", padded).TrimEnd());
    }

    private void Draw()
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string header in headers)
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(NameOf(header))}[/]"));
            table.AddColumn(header[0] == '>' ? column.RightAligned() : column);
        }

        foreach (string[] row in rows) table.AddRow([.. row.Select(c => new Text(c))]);
        AnsiConsole.Write(table);
    }
}
