using System.Globalization;
using Sluice.Config.Commands;

namespace Sluice.Cli.Interactive;

/// <summary>Reads lines from keys: editing as in a shell, earlier lines with the arrows, completion with Tab, help with <c>?</c>.</summary>
/// <param name="keys">The keys.</param>
/// <param name="screen">Where the line is drawn.</param>
/// <param name="history">Earlier lines.</param>
/// <param name="complete">What may stand at the end of a text.</param>
/// <param name="width">How many columns there are.</param>
internal sealed class LineEditor(IKeySource keys, TextWriter screen, CommandHistory history, Func<string, CommandHints> complete, Func<int> width)
{
    // From here on a character may take two columns or none (combining marks, CJK, halves of surrogate pairs). No command has one; it is drawn as one column.
    private const char FirstOfUnknownWidth = '\u0300';

    private readonly LineBuffer line = new();
    private string prompt = "";
    private int at;
    private string draft = "";
    private bool hasTabbed;

    /// <summary>Reads a line; empty where it was given up with Ctrl-C, null at the end (Ctrl-D in an empty line).</summary>
    public string? Read(string withPrompt)
    {
        prompt = withPrompt;
        line.Set("");
        at = history.Count;
        Draw();
        while (keys.Read() is { } key)
        {
            bool isTab = key.Key == ConsoleKey.Tab;
            switch (Take(key))
            {
                case Outcome.Done:
                    screen.WriteLine();
                    history.Add(line.Text.Trim());
                    return line.Text;
                case Outcome.GivenUp:
                    screen.WriteLine("^C");
                    return "";
                case Outcome.End:
                    screen.WriteLine();
                    return null;
            }

            hasTabbed = isTab;
            Draw();
        }

        return null;
    }

    private Outcome Take(ConsoleKeyInfo key)
    {
        if ((key.Modifiers & ConsoleModifiers.Control) != 0) return TakeControl(key);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Outcome.Done;
            case ConsoleKey.Tab:
                Complete();
                break;
            case ConsoleKey.Backspace:
                line.Remove(line.Cursor - 1, line.Cursor);
                break;
            case ConsoleKey.Delete:
                line.Remove(line.Cursor, line.Cursor + 1);
                break;
            case ConsoleKey.LeftArrow:
                line.MoveTo(line.Cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                line.MoveTo(line.Cursor + 1);
                break;
            case ConsoleKey.Home:
                line.MoveTo(0);
                break;
            case ConsoleKey.End:
                line.MoveTo(line.Length);
                break;
            case ConsoleKey.UpArrow:
                Recall(at - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(at + 1);
                break;
            default:
                if (key.KeyChar == '?') Help();
                else if (!char.IsControl(key.KeyChar)) line.Insert(key.KeyChar);
                break;
        }

        return Outcome.None;
    }

    private Outcome TakeControl(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.C:
                return Outcome.GivenUp;
            case ConsoleKey.D when line.Length == 0:
                return Outcome.End;
            case ConsoleKey.D:
                line.Remove(line.Cursor, line.Cursor + 1);
                break;
            case ConsoleKey.J or ConsoleKey.M:
                return Outcome.Done;
            case ConsoleKey.A:
                line.MoveTo(0);
                break;
            case ConsoleKey.E:
                line.MoveTo(line.Length);
                break;
            case ConsoleKey.B:
                line.MoveTo(line.Cursor - 1);
                break;
            case ConsoleKey.F:
                line.MoveTo(line.Cursor + 1);
                break;
            case ConsoleKey.LeftArrow:
                line.MoveTo(line.WordStart());
                break;
            case ConsoleKey.RightArrow:
                line.MoveTo(line.WordEnd());
                break;
            case ConsoleKey.U:
                line.Remove(0, line.Cursor);
                break;
            case ConsoleKey.K:
                line.Remove(line.Cursor, line.Length);
                break;
            case ConsoleKey.W:
                line.Remove(line.WordStart(), line.Cursor);
                break;
            case ConsoleKey.H:
                line.Remove(line.Cursor - 1, line.Cursor);
                break;
            case ConsoleKey.L:
                screen.Write("\u001b[H\u001b[2J");
                break;
            case ConsoleKey.P:
                Recall(at - 1);
                break;
            case ConsoleKey.N:
                Recall(at + 1);
                break;
        }

        return Outcome.None;
    }

    // What was being written is there again below the last earlier line.
    private void Recall(int wanted)
    {
        if (wanted < 0 || wanted > history.Count) return;
        if (at == history.Count) draft = line.Text;
        at = wanted;
        line.Set(at == history.Count ? draft : history[at]);
    }

    // The first Tab writes as much as is sure, a second one shows what may follow.
    private void Complete()
    {
        CommandHints hints = complete(line.BeforeCursor);
        if (hints.Words.IsEmpty)
        {
            if (hasTabbed) Help();
            return;
        }

        int written = line.Cursor - hints.Start;
        string common = CommonStart(hints.Words);
        if (hints.Words.Length == 1) line.Insert($"{common[written..]} ");
        else if (common.Length > written) line.Insert(common[written..]);
        else if (hasTabbed) Help();
    }

    private void Help()
    {
        CommandHints hints = complete(line.BeforeCursor);
        screen.WriteLine();
        int widest = hints.Words.IsEmpty ? 0 : hints.Words.Max(static word => word.Length);
        foreach (string word in hints.Words)
            screen.WriteLine(CommandHelp.Of(word) is { } help ? $"  {word.PadRight(widest)}  {help}" : $"  {word}");
        foreach (string expected in hints.Expected) screen.WriteLine($"  ({expected})");
        if (hints.Words.IsEmpty && hints.Expected.IsEmpty) screen.WriteLine(line.BeforeCursor.Trim().Length == 0 || line.BeforeCursor.EndsWith(' ') ? "  (the command may end here)" : "  (nothing begins so)");
    }

    private static string CommonStart(IReadOnlyList<string> words)
    {
        string common = words[0];
        foreach (string word in words)
        {
            int length = 0;
            while (length < common.Length && length < word.Length && common[length] == word[length]) length++;
            common = common[..length];
        }

        return common;
    }

    // One row: of a line that is longer, what lies around the cursor is seen.
    private void Draw()
    {
        int room = Math.Max(8, width() - prompt.Length - 1);
        int from = line.Cursor < room ? 0 : line.Cursor - room + 1;
        string seen = string.Create(Math.Min(line.Length - from, room), line.Text[from..], static (columns, text) =>
        {
            for (int i = 0; i < columns.Length; i++) columns[i] = text[i] < FirstOfUnknownWidth ? text[i] : '?';
        });
        int column = prompt.Length + line.Cursor - from;
        screen.Write(string.Create(CultureInfo.InvariantCulture, $"\r{prompt}{seen}\u001b[K\r{(column > 0 ? $"\u001b[{column}C" : "")}"));
        screen.Flush();
    }

    private enum Outcome
    {
        None,
        Done,
        GivenUp,
        End,
    }
}
