using Sluice.Config.Yaml;

namespace Sluice.Config.Commands;

/// <summary>Cuts a text into commands and those into words: one command a line, # begins a comment, braces go over lines.</summary>
internal static class CommandText
{
    /// <summary>The ending of files that hold command lines.</summary>
    public const string Extension = ".cnat";

    /// <summary>Whether a file of that name holds command lines.</summary>
    public static bool Is(string file) => file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Hands over the words of one command after the other; none is empty.</summary>
    public static void Cut(string file, string text, Problems problems, Action<List<Word>> take)
    {
        if (text.Length > YamlLimits.MaxFileCharacters)
        {
            problems.Error(new Place(file, 1, 1), "", ConfigRule.TooLarge, $"the file is larger than {YamlLimits.MaxFileCharacters >> 20} Mi characters");
            return;
        }

        List<Word> words = [];
        Stack<Place> open = [];
        int line = 0;
        foreach (ReadOnlySpan<char> whole in text.AsSpan(text.StartsWith('\uFEFF') ? 1 : 0).EnumerateLines())
        {
            line++;
            int comment = whole.IndexOf('#');
            CutLine(comment < 0 ? whole : whole[..comment], file, line, words, open);
            if (open.Count > 0 || words.Count == 0) continue;
            take(words);
            words.Clear();
        }

        if (open.TryPeek(out Place begin)) problems.Error(begin, "", ConfigRule.Syntax, "this '{' has no '}'");
    }

    /// <summary>The words of one line.</summary>
    public static List<Word> Split(string file, string line)
    {
        List<Word> words = [];
        CutLine(line, file, 1, words, []);
        return words;
    }

    private static void CutLine(ReadOnlySpan<char> text, string file, int line, List<Word> words, Stack<Place> open)
    {
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            Place place = new(file, line, at + 1);
            int length = 1;
            if (c == '{') open.Push(place);
            else if (c == '}') open.TryPop(out _);
            else while (at + length < text.Length && !char.IsWhiteSpace(text[at + length]) && text[at + length] is not ('{' or '}')) length++;
            words.Add(new Word(text.Slice(at, length).ToString(), place));
            at += length;
        }
    }
}
