using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Gateway.Replay;
using Sluice.Packets.Captures;

namespace Sluice.Scenarios;

/// <summary>Runs a scenario through the replay, files and all.</summary>
/// <remarks>
/// Names that stand for what the gateway picked are learnt from what leaves, so a scenario is run in several passes: each as far as the first packet that
/// needs a name not yet known. A packet more at the end changes nothing before it, so the passes agree.
/// </remarks>
internal sealed class ScenarioRun : IDisposable
{
    /// <summary>The beginning of every scenario, in nanoseconds since 1970.</summary>
    public const long Start = 1_700_000_000_000_000_000;

    private readonly Scenario scenario;
    private readonly int workers;
    private readonly DocumentKinds kinds;
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-scenario-").FullName;
    private readonly Dictionary<string, (LinkSpec Spec, int Order)> links = new(StringComparer.Ordinal);
    private readonly List<string> inputs;
    private readonly List<Step> steps;

    public ScenarioRun(Scenario scenario, int workers = 1, DocumentKinds? kinds = null)
    {
        this.scenario = scenario;
        this.workers = workers;
        this.kinds = kinds ?? DocumentKinds.None;
        foreach ((string name, string text) in scenario.Written) File.WriteAllText(Path.Combine(folder, name), text);
        foreach (IEnumerable<string> files in scenario.Changes.Select(c => (IEnumerable<string>)c.Files).Prepend(scenario.Files)) Learn(files);
        inputs = [.. scenario.Inputs.Concat(scenario.Steps.Select(s => s.Packet.Link)).Distinct(StringComparer.Ordinal)];

        // Packets are taken by time; those of one time in the order of the inputs.
        steps = [.. scenario.Steps.OrderBy(s => s.TimeNanoseconds).ThenBy(s => inputs.IndexOf(s.Packet.Link))];
    }

    public string Out => Path.Combine(folder, "out");

    /// <summary>What differs from what is written, as text; empty where nothing does.</summary>
    public string Differences()
    {
        var names = new Names();
        int done = 0;
        while (true)
        {
            int ready = done;
            while (ready < steps.Count && names.Know(steps[ready].Packet.Packet)) ready++;
            if (ready == done && ready < steps.Count) return $"line {steps[ready].Packet.Place}: a name that no earlier packet teaches";
            done = ready;
            bool whole = done == steps.Count;
            ReplayResult result = Replay(steps.GetRange(0, done), names, whole);
            if (result.Summary is null) return string.Join('\n', result.Messages);
            var report = new ScenarioReport(scenario, steps.GetRange(0, done), Out, links.ToDictionary(l => l.Key, l => l.Value.Spec), names);
            report.ComparePackets();
            if (whole) report.CompareSummary(result.Summary);
            if (whole) report.CompareAnswers(result.Answers);
            if (whole || report.Differs) return report.Differs ? report.Text : "";
        }
    }

    /// <summary>The captures that the last pass read, by link.</summary>
    public IEnumerable<(string Link, byte[] Bytes)> Captures() =>
        inputs.Where(links.ContainsKey).Select(link => (link, File.ReadAllBytes(Path.Combine(folder, $"{link}.pcap"))));

    /// <summary>The bytes of everything that the last pass wrote.</summary>
    public string Bytes() => string.Join('|', Directory.GetFiles(Out).Order(StringComparer.Ordinal).Select(f => Convert.ToHexString(File.ReadAllBytes(f))));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Learn(IEnumerable<string> files)
    {
        if (ConfigLoader.Load([.. files.Select(PathOf)], kinds).Set is not { } set) return;
        for (int i = 0; i < set.Gateway.Links.Length; i++) links.TryAdd(set.Gateway.Links[i].Name, (set.Gateway.Links[i], i));
    }

    private string PathOf(string name) =>
        scenario.Written.ContainsKey(name) ? Path.Combine(folder, name) : Path.Combine(AppContext.BaseDirectory, "configurations", name);

    private ReplayResult Replay(List<Step> now, Names names, bool whole)
    {
        foreach (string link in inputs.Where(links.ContainsKey))
        {
            (LinkSpec spec, int order) = links[link];
            ScenarioCaptures.Write(
                Path.Combine(folder, $"{link}.pcap"),
                scenario.Format,
                FrameMaker.IsEthernet(spec) ? CaptureLinkType.Ethernet : CaptureLinkType.RawIp,
                now.Where(s => s.Packet.Link == link)
                    .Select(s => (Start + s.TimeNanoseconds, FrameMaker.Make(spec, order, names.Fill(s.Packet.Packet), s.Packet.Extras))));
        }

        return ReplayRun.Run(new ReplayOptions
        {
            Files = [.. scenario.Files.Select(PathOf)],
            Inputs = [.. inputs.Select(link => (link, Path.Combine(folder, $"{link}.pcap")))],
            OutputDirectory = Out,
            Workers = workers,
            Kinds = kinds,
            Changes = [.. scenario.Changes.Select(c => new ReplayChange(Start + c.TimeNanoseconds, [.. c.Files.Select(PathOf)]))],
            UntilNanoseconds = whole && scenario.UntilNanoseconds is { } until ? Start + until : null,
        });
    }
}
