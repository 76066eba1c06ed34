using System.Globalization;
using Sluice.Config;

namespace Sluice.Scenarios;

/// <summary>A configuration with a place, <c>&lt;here&gt;</c>, that rows of a table fill in. Lines and columns of an answer count within the row.</summary>
internal sealed class ValidationFrame
{
    private const string Place = "<here>";

    private readonly string before;
    private readonly string after;
    private readonly int line;
    private readonly int column;

    public ValidationFrame(string[] lines)
    {
        line = Array.FindIndex(lines, static text => text.Contains(Place, StringComparison.Ordinal));
        if (line < 0) throw new FormatException($"a frame has no {Place}");
        column = lines[line].IndexOf(Place, StringComparison.Ordinal);
        before = string.Join('\n', lines[..line].Append(lines[line][..column]));
        after = string.Join('\n', lines[(line + 1)..].Prepend(lines[line][(column + Place.Length)..]));
    }

    /// <summary>Nothing around the row: it is the whole configuration.</summary>
    public static ValidationFrame None { get; } = new([Place]);

    /// <summary>What is answered to a row.</summary>
    public string[] Answer(string[] row)
    {
        string text = before + string.Join('\n' + new string(' ', column), row) + after + "\n";
        LoadResult result = ConfigLoader.LoadText("", text);
        IEnumerable<string> problems = result.Problems.Select(problem => Show(problem, row.Length));
        return [.. result.Set is null ? problems : problems.Prepend("accepted")];
    }

    private string Show(ConfigError problem, int rows)
    {
        string others = problem.Others.IsEmpty ? "" : $" (see {string.Join(", ", problem.Others.Select(other => Show(other, rows)))})";
        string document = problem.Document.Length == 0 ? "" : $"{problem.Document}: ";
        return $"{Show(problem.Place, rows)}: {(problem.IsError ? "" : "warning: ")}{problem.Rule}: {document}{problem.Message}{others}";
    }

    // A place outside of the row is one of the frame.
    private string Show(Place place, int rows)
    {
        int row = place.Line - line;
        if (row >= 1 && row <= rows) return string.Create(CultureInfo.InvariantCulture, $"{row}:{place.Column - column}");
        return string.Create(CultureInfo.InvariantCulture, $"frame {(row < 1 ? place.Line : place.Line - rows + 1)}:{place.Column}");
    }
}
