using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Config.Documents;
using Sluice.Gateway.Replay;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;

namespace Sluice.Scenarios;

/// <summary>Compares what a replay wrote with what the scenario says, and tells the whole exchange: <c>-</c> was written and didn't come, <c>+</c> came.</summary>
internal sealed class ScenarioReport
{
    private const int Around = 4;

    private readonly Scenario scenario;
    private readonly List<Step> steps;
    private readonly string folder;
    private readonly IReadOnlyDictionary<string, LinkSpec> links;
    private readonly Names names;
    private readonly StringBuilder text = new();
    private readonly Dictionary<string, string> sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Link, long Time), Queue<byte[]>> left = [];

    public ScenarioReport(Scenario scenario, List<Step> steps, string folder, IReadOnlyDictionary<string, LinkSpec> links, Names names)
    {
        (this.scenario, this.steps, this.folder, this.links, this.names) = (scenario, steps, folder, links, names);
        foreach (string link in links.Keys)
        {
            foreach ((long time, byte[] frame) in ScenarioCaptures.Read(Path.Combine(folder, $"{link}.pcap")))
            {
                if (!left.TryGetValue((link, time - ScenarioRun.Start), out Queue<byte[]>? queue)) left[(link, time - ScenarioRun.Start)] = queue = [];
                queue.Enqueue(frame);
            }
        }
    }

    public bool Differs { get; private set; }

    /// <summary>The exchange around each difference.</summary>
    public string Text
    {
        get
        {
            string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var near = new StringBuilder(scenario.Title).Append('\n');
            bool gap = false;
            for (int i = 0; i < lines.Length; i++)
            {
                bool shown = Enumerable.Range(i - Around, 2 * Around + 1).Any(n => n >= 0 && n < lines.Length && lines[n][0] != ' ');
                if (shown) near.Append(lines[i]).Append('\n');
                else if (!gap) near.Append("  ...\n");
                gap = !shown;
            }

            return near.ToString();
        }
    }

    public void ComparePackets()
    {
        List<JsonElement> verdicts = [.. File.ReadLines(Path.Combine(folder, "verdicts.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Same("verdicts", steps.Count.ToString(CultureInfo.InvariantCulture), verdicts.Count.ToString(CultureInfo.InvariantCulture));
        CompareChanges();
        for (int i = 0; i < Math.Min(steps.Count, verdicts.Count); i++)
        {
            Step step = steps[i];
            Line(' ', $"at {CaptureTime.ToText(step.TimeNanoseconds)} in {step.Packet.Link} {names.Fill(step.Packet.Packet)}  (line {step.Packet.Place})");
            CompareVerdict(step, verdicts[i]);
            foreach (WrittenPacket expected in step.Leaving) CompareLeaving(step.TimeNanoseconds, expected);
            if (i + 1 == steps.Count || steps[i + 1].TimeNanoseconds != step.TimeNanoseconds) Unexpected(step.TimeNanoseconds);
        }

        foreach (long time in left.Where(l => l.Value.Count > 0).Select(l => l.Key.Time).Distinct().ToList())
        {
            Line(' ', $"at {CaptureTime.ToText(time)}");
            Unexpected(time);
        }
    }

    public void CompareSummary(ReplaySummary summary)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "summary.json"))).RootElement;
        ReplayPackets packets = summary.Packets;
        ulong dropped = packets.Dropped.Values.Aggregate(0UL, static (sum, n) => sum + n);
        Same("in + made = out + consumed + dropped", $"{packets.In + packets.Made}", $"{packets.Out + packets.Consumed + dropped}");
        Same("packets.in", $"{steps.Count}", $"{packets.In}");
        Same("packets.out", $"{links.Keys.Sum(link => ScenarioCaptures.Read(Path.Combine(folder, $"{link}.pcap")).Count)}", $"{packets.Out}");
        foreach ((string path, string value) in scenario.Figures) Same(path, value, Figure(root, path));
        foreach ((string address, string protocol, string figure, long value) in scenario.Pools)
        {
            PoolView? pool = summary.Pools.FirstOrDefault(p => p.Address == address && p.Protocol == protocol);
            string found = pool is null ? "absent" : $"{figure switch { "inUse" => pool.InUse, "held" => pool.Held, "total" => pool.Total, _ => throw new FormatException(figure) }}";
            Same($"pool {address} {protocol} {figure}", $"{value}", found);
        }

        Same("applies", $"{scenario.Changes.Count}", $"{summary.Applies.Count}");
        foreach ((ScenarioChange change, ReplayApply apply) in scenario.Changes.OrderBy(c => c.TimeNanoseconds).Zip(summary.Applies))
        {
            string errors = string.Join('\n', apply.Errors ?? []);
            Same($"apply {string.Join(' ', change.Files)}", change.Refused is null ? "accepted" : "refused", apply.Accepted ? "accepted" : $"refused", errors);
            if (change.Refused is { } part && !errors.Contains(part, StringComparison.Ordinal)) Same("its error", part, errors);
        }

        foreach (string[] check in scenario.Checks) Check(check);
    }

    /// <summary>Looks for what is said in the answers to <c>show</c> lines, line by line and in order; runs of blanks count as one.</summary>
    public void CompareAnswers(IEnumerable<string> answers)
    {
        if (scenario.Answers.Count == 0) return;
        string[] lines = [.. answers.SelectMany(static answer => answer.Split('\n')).Select(OneBlank).Where(static line => line.Length > 0)];
        int at = 0;
        bool isMissing = false;
        foreach (string said in scenario.Answers.Select(said => OneBlank(names.Fill(said))))
        {
            int found = Array.FindIndex(lines, at, line => line.Contains(said, StringComparison.Ordinal));
            if (found >= 0) at = found + 1;
            else Line('-', $"says {said}");
            isMissing |= found < 0;
        }

        foreach (string line in isMissing ? lines : []) Line('+', line);
    }

    private static string OneBlank(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Figure(JsonElement at, string path)
    {
        foreach (string name in path.Split('.'))
            if (!at.TryGetProperty(name, out at)) return "0";
        return at.ToString();
    }

    // A change of configuration comes before packets with its stamp. One that lies behind the packets of this pass is for a later pass.
    private void CompareChanges()
    {
        foreach (ScenarioChange change in scenario.Changes.OrderBy(c => c.TimeNanoseconds))
        {
            bool isLater = steps.Count < scenario.Steps.Count && (steps.Count == 0 || change.TimeNanoseconds > steps[^1].TimeNanoseconds);
            Line(' ', $"at {CaptureTime.ToText(change.TimeNanoseconds)} apply {string.Join(' ', change.Files)}");
            if (isLater) foreach (string link in links.Keys) left.Remove((link, change.TimeNanoseconds));
            else foreach (WrittenPacket expected in change.Leaving) CompareLeaving(change.TimeNanoseconds, expected);
        }
    }

    private void CompareVerdict(Step step, JsonElement verdict)
    {
        string given = verdict.GetProperty("verdict").GetString()!;
        if (given == "drop") given += $" {verdict.GetProperty("reason").GetString()}";
        Same("verdict", step.Verdict, given);
        if (step.Session is not { } name) return;
        string number = verdict.GetProperty("session").ToString();
        if (name == "none") Same("session", "", number);
        else if (sessions.TryGetValue(name, out string? known)) Same($"session {name}", known, number);
        else if (number.Length == 0 || sessions.ContainsValue(number)) Same($"session {name}", "one of its own", number);
        else sessions[name] = number;
    }

    private void CompareLeaving(long timeNanoseconds, WrittenPacket expected)
    {
        string written = $"{names.Fill(expected.Packet)}{(expected.Extras.Length == 0 ? "" : " | " + string.Join(' ', expected.Extras))}";
        if (!left.TryGetValue((expected.Link, timeNanoseconds), out Queue<byte[]>? queue) || !queue.TryDequeue(out byte[]? frame))
        {
            Line('-', $"    out {expected.Link} {written}");
            return;
        }

        bool ethernet = FrameMaker.IsEthernet(links[expected.Link]);
        string actual = PacketText.Describe(frame, ethernet);
        string? difference = names.Match(actual, expected.Packet) ? FrameFacts.Differs(frame, ethernet, expected.Extras) : "";
        if (difference is null)
        {
            Line(' ', $"    out {expected.Link} {actual}");
            return;
        }

        Line('-', $"    out {expected.Link} {written}");
        Line('+', $"    out {expected.Link} {actual}{(difference.Length == 0 ? "" : $"  ({difference})")}");
    }

    private void Unexpected(long time)
    {
        foreach (string link in links.Keys)
        {
            if (!left.TryGetValue((link, time), out Queue<byte[]>? queue)) continue;
            while (queue.TryDequeue(out byte[]? frame)) Line('+', $"    out {link} {PacketText.Describe(frame, FrameMaker.IsEthernet(links[link]))}");
        }
    }

    private void Check(string[] check)
    {
        string first = names.Fill(check[0]), second = names.Fill(check[2]);
        bool holds = check[1] switch
        {
            "=" => first == second,
            "!=" => first != second,
            "apart" => Math.Abs(Number(first) - Number(second)) > 1,
            "in" => second.Split('-') is [var low, var high] && Number(first) >= Number(low) && Number(first) <= Number(high),
            _ => throw new FormatException($"'{check[1]}' compares nothing"),
        };
        if (!holds) Line('-', $"check {string.Join(' ', check)} ({first} {check[1]} {second})");
    }

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    private void Same(string what, string expected, string actual, string more = "")
    {
        if (expected == actual) return;
        Line('-', $"    {what} {expected}");
        Line('+', $"    {what} {actual} {more}");
    }

    private void Line(char mark, string line)
    {
        Differs |= mark != ' ';
        text.Append(mark).Append(' ').Append(line).Append('\n');
    }
}
