using System.Text;

namespace Sluice.Cli.Interactive;

/// <summary>A line that is being written, and the place in it where the next character goes.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder text = new();

    public string Text => text.ToString();

    public int Length => text.Length;

    public int Cursor { get; private set; }

    public string BeforeCursor => text.ToString(0, Cursor);

    public void Set(string line)
    {
        text.Clear().Append(line);
        Cursor = text.Length;
    }

    public void Insert(char c) => text.Insert(Cursor++, c);

    public void Insert(string some)
    {
        text.Insert(Cursor, some);
        Cursor += some.Length;
    }

    public void MoveTo(int place) => Cursor = Math.Clamp(place, 0, text.Length);

    /// <summary>The beginning of the word before the cursor.</summary>
    public int WordStart()
    {
        int at = Cursor;
        while (at > 0 && text[at - 1] == ' ') at--;
        while (at > 0 && text[at - 1] != ' ') at--;
        return at;
    }

    /// <summary>The end of the word behind the cursor.</summary>
    public int WordEnd()
    {
        int at = Cursor;
        while (at < text.Length && text[at] == ' ') at++;
        while (at < text.Length && text[at] != ' ') at++;
        return at;
    }

    /// <summary>Takes out what lies between two places; the cursor stands there then.</summary>
    public void Remove(int from, int to)
    {
        from = Math.Clamp(from, 0, text.Length);
        to = Math.Clamp(to, from, text.Length);
        text.Remove(from, to - from);
        Cursor = from;
    }
}
