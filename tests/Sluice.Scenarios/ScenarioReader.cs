using System.Globalization;
using Sluice.Gateway.Replay;

namespace Sluice.Scenarios;

/// <summary>Reads a scenario's text. The README beside says what may stand in it.</summary>
internal sealed class ScenarioReader
{
    private static readonly char[] Blank = [' ', '\t'];

    private readonly Scenario scenario = new();
    private readonly List<(string Text, int Place)> lines;
    private long now;
    private List<WrittenPacket>? leaving;

    private ScenarioReader(string text) => lines = LoopText.Unroll(text.Split('\n').Select(static (line, i) => (line.TrimEnd(), i + 1)));

    public static Scenario Read(string text)
    {
        var reader = new ScenarioReader(text);
        reader.ReadAll();
        return reader.scenario;
    }

    private void ReadAll()
    {
        int title = lines.FindIndex(static line => line.Text.Length == 0);
        scenario.Title = string.Join('\n', lines.Take(title).Select(static line => line.Text));
        for (int i = title; i < lines.Count;)
        {
            (string text, int place) = lines[i++];
            string line = text.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (line is "yaml:" or "cnat:" || line.StartsWith("file ", StringComparison.Ordinal) && line[^1] == ':') TakeFile(line[..^1], ref i);
            else Take(line, place);
        }
    }

    // An indented block is a file of configuration.
    private void TakeFile(string header, ref int i)
    {
        bool isInForce = header is "yaml" or "cnat";
        string name = isInForce ? $"scenario-{scenario.Written.Count}.{header}" : header[5..];
        if (isInForce) scenario.Files.Add(name);
        var block = new List<string>();
        for (; i < lines.Count && (lines[i].Text.Length == 0 || lines[i].Text.StartsWith("  ", StringComparison.Ordinal)); i++)
            block.Add(lines[i].Text.Length == 0 ? "" : lines[i].Text[2..]);
        scenario.Written[name] = string.Join('\n', block) + "\n";
    }

    private void Take(string line, int place)
    {
        (string word, string rest) = Split(line);
        switch (word)
        {
            case "at" or "after":
                (string time, string action) = Split(rest);
                now = Time(time, place) + (word == "after" ? now : 0);
                if (action.Length > 0) Take(action, place);
                break;
            case "in":
                scenario.Steps.Add(new Step(now, Packet(rest, place)));
                leaving = scenario.Steps[^1].Leaving;
                break;
            case "out":
                (leaving ?? throw new FormatException($"line {place}: nothing has come in")).Add(Packet(rest, place));
                break;
            case "drop" or "consume" or "forward":
                scenario.Steps[^1].Verdict = line;
                break;
            case "session":
                scenario.Steps[^1].Session = rest;
                break;
            case "apply":
                scenario.Changes.Add(new ScenarioChange(now, rest.Split(Blank, StringSplitOptions.RemoveEmptyEntries)));
                leaving = scenario.Changes[^1].Leaving;
                break;
            case "refused":
                scenario.Changes[^1].Refused = rest;
                break;
            case "use":
                scenario.Files.AddRange(rest.Split(Blank, StringSplitOptions.RemoveEmptyEntries));
                break;
            case "profile":
                string name = $"scenario-{scenario.Written.Count}.yaml";
                scenario.Files.Add(name);
                scenario.Written[name] = $"apiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: {{ name: default }}\nspec: {{ {rest} }}\n";
                break;
            case "inputs":
                scenario.Inputs.AddRange(rest.Split(Blank, StringSplitOptions.RemoveEmptyEntries));
                break;
            case "format":
                scenario.Format = rest;
                break;
            case "end":
                scenario.UntilNanoseconds = Time(rest, place);
                break;
            case "expect":
                (string path, string value) = Split(rest);
                scenario.Figures.Add((path, value));
                break;
            case "pool":
                string[] words = rest.Split(Blank, StringSplitOptions.RemoveEmptyEntries);
                for (int i = 2; i + 1 < words.Length; i += 2)
                    scenario.Pools.Add((words[0], words[1], words[i], long.Parse(words[i + 1], CultureInfo.InvariantCulture)));
                break;
            case "says":
                scenario.Answers.Add(rest);
                break;
            case "check":
                scenario.Checks.Add(rest.Split(Blank, StringSplitOptions.RemoveEmptyEntries));
                break;
            default:
                throw new FormatException($"line {place}: '{word}' begins no line of a scenario");
        }
    }

    private static WrittenPacket Packet(string text, int place)
    {
        (string link, string rest) = Split(text);
        int bar = rest.IndexOf(" | ", StringComparison.Ordinal);
        string packet = bar < 0 ? rest : rest[..bar];
        return new WrittenPacket(link, string.Join(' ', packet.Split(Blank, StringSplitOptions.RemoveEmptyEntries)),
            bar < 0 ? [] : rest[(bar + 3)..].Split(Blank, StringSplitOptions.RemoveEmptyEntries), place);
    }

    private static long Time(string text, int place) =>
        CaptureTime.TryParse(text, out long time) ? time : throw new FormatException($"line {place}: '{text}' is no time in seconds");

    private static (string Word, string Left) Split(string line)
    {
        int blank = line.IndexOfAny(Blank);
        return blank < 0 ? (line, "") : (line[..blank], line[blank..].Trim());
    }
}
