namespace Sluice.Scenarios;

/// <summary>One row of a table of validation: a configuration, and what <c>sluice check</c> answers to it.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Lines">The text that stands in the frame's place.</param>
/// <param name="Answer">The answer, a line for each problem; <c>accepted</c> where there is no error.</param>
/// <param name="Frame">The rest of the configuration.</param>
internal sealed record ValidationCase(string Title, string[] Lines, string[] Answer, ValidationFrame Frame)
{
    /// <summary>Reads a file of such rows.</summary>
    public static List<ValidationCase> Read(string text)
    {
        var cases = new List<ValidationCase>();
        ValidationFrame frame = ValidationFrame.None;
        string[] lines = [.. text.Split('\n').Select(static line => line.TrimEnd())];
        int at = Array.IndexOf(lines, "");
        while (at < lines.Length)
        {
            string title = lines[at++];
            if (title.Length == 0 || title[0] == '#') continue;
            string[] block = Block(lines, ref at);
            if (title == "within:")
            {
                frame = new ValidationFrame(block);
                continue;
            }

            var answer = new List<string>();
            for (; at < lines.Length && lines[at].StartsWith("= ", StringComparison.Ordinal); at++) answer.Add(lines[at][2..]);
            if (answer.Count == 0) throw new FormatException($"'{title}' has no answer");
            cases.Add(new ValidationCase(title, block, [.. answer], frame));
        }

        return cases;
    }

    private static string[] Block(string[] lines, ref int at)
    {
        int from = at;
        while (at < lines.Length && lines[at].StartsWith("  ", StringComparison.Ordinal)) at++;
        return [.. lines[from..at].Select(static line => line[2..])];
    }
}
