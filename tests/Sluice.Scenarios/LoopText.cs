using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Scenarios;

/// <summary>Unrolls <c>for n = 1..100</c> ... <c>done</c>: <c>%n</c> and <c>%(n+4000)</c> are replaced by numbers. Loops may be nested.</summary>
internal static partial class LoopText
{
    public static List<(string Text, int Place)> Unroll(IEnumerable<(string Text, int Place)> lines)
    {
        var unrolled = new List<(string, int)>();
        var waiting = new Queue<(string Text, int Place)>(lines);
        while (waiting.TryDequeue(out (string Text, int Place) line))
        {
            Match loop = Header().Match(line.Text);
            if (!loop.Success)
            {
                unrolled.Add(line);
                continue;
            }

            List<(string Text, int Place)> body = Body(waiting);
            string name = loop.Groups["name"].Value;
            int last = Number(loop.Groups["last"].Value);
            for (int value = Number(loop.Groups["first"].Value); value <= last; value++)
                unrolled.AddRange(Unroll(body.Select(inner => (Filled(inner.Text, name, value), inner.Place))));
        }

        return unrolled;
    }

    private static List<(string Text, int Place)> Body(Queue<(string Text, int Place)> waiting)
    {
        var body = new List<(string, int)>();
        int depth = 1;
        while (true)
        {
            (string Text, int Place) line = waiting.Dequeue();
            if (Header().IsMatch(line.Text)) depth++;
            if (line.Text.Trim() == "done" && --depth == 0) return body;
            body.Add(line);
        }
    }

    private static string Filled(string text, string name, int value)
    {
        text = Regex.Replace(text, $@"%\({name}\+(\d+)\)", sum => (value + Number(sum.Groups[1].Value)).ToString(CultureInfo.InvariantCulture));
        return Regex.Replace(text, $@"%{name}\b", value.ToString(CultureInfo.InvariantCulture));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*for (?<name>[a-z]+) = (?<first>\d+)\.\.(?<last>\d+)$")]
    private static partial Regex Header();
}
