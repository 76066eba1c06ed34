using System.Globalization;
using System.Text.Json;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Records;
using Sluice.Gateway.Commands;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Gateway.Replay;

/// <summary>Runs the gateway on captures, in their time, and writes what came of it.</summary>
public sealed class ReplayRun : IDisposable
{
    private const int BurstMax = 256;
    private const int MostRecords = 10_000;

    private readonly ReplayOptions options;
    private readonly ComposedGateway gateway;
    private readonly ReplayLinks links;
    private readonly CaptureMerge merge;
    private readonly VerdictWriter verdicts;
    private readonly VerdictObserver observer;
    private readonly SessionHub hub;
    private readonly List<ReplayApply> applies = [];
    private readonly List<string> records = [];
    private readonly ReplayClock clock = new();
    private ulong withoutLink;
    private long untold;

    private ReplayRun(ReplayOptions options, ConfigSet config, CaptureMerge merge)
    {
        this.options = options;
        this.merge = merge;
        links = new ReplayLinks(options.OutputDirectory);
        gateway = new ComposedGateway(
            new DataplaneOptions { Workers = options.Workers, Capacity = config.Gateway.SessionCapacity, Seed = options.Seed, ExactExpiry = true, Time = clock },
            links);
        verdicts = new VerdictWriter(new FileStream(
            Path.Combine(options.OutputDirectory, "verdicts.jsonl"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16));
        observer = new VerdictObserver(gateway, verdicts);
        gateway.Engine.Observe(observer);
        gateway.Apply(config);
        hub = new SessionHub(gateway);
        hub.TellRules();
    }

    /// <summary>Runs a replay from its options to its files.</summary>
    public static ReplayResult Run(ReplayOptions options)
    {
        var messages = new List<string>();
        LoadResult loaded = ConfigLoader.Load(options.Files, options.Kinds);
        messages.AddRange(loaded.Problems.Select(p => p.ToString()));
        if (loaded.Set is not { } config) return new ReplayResult(null, BadInput: true, messages);

        List<LoadedChange> changes =
            [.. options.Changes.OrderBy(c => c.TimeNanoseconds).Select(c => new LoadedChange(c.TimeNanoseconds, ConfigLoader.Load(c.Files, options.Kinds)))];
        Dictionary<string, LinkSpec> known = KnownLinks(config, changes);
        if (ReplayInputs.Open(options.Inputs, known, messages) is not { } inputs) return new ReplayResult(null, BadInput: true, messages);
        using (inputs)
        {
            try
            {
                Directory.CreateDirectory(options.OutputDirectory);
                using var run = new ReplayRun(options, config, inputs.Merge);
                foreach (LinkSpec spec in known.Values) run.links.CaptureOf(spec);
                ReplaySummary summary = run.Process(changes);
                File.WriteAllText(
                    Path.Combine(options.OutputDirectory, "summary.json"),
                    JsonSerializer.Serialize(summary, GatewayJson.Default.ReplaySummary) + "\n");
                messages.AddRange(run.records);
                if (run.untold > 0) messages.Add($"sluice: {run.untold} more records of access lists");
                messages.AddRange(inputs.Complaints());
                return new ReplayResult(summary, BadInput: false, messages) { Answers = new CommandAnswers(run.gateway).OfAll() };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                messages.Add($"sluice: {e.Message}");
                return new ReplayResult(null, BadInput: false, messages);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hub.Dispose();
        gateway.Dispose();
        links.Dispose();
        verdicts.Dispose();
    }

    private static Dictionary<string, LinkSpec> KnownLinks(ConfigSet config, List<LoadedChange> changes)
    {
        var known = new Dictionary<string, LinkSpec>(StringComparer.Ordinal);
        foreach (ConfigSet set in changes.Select(c => c.Loaded.Set).OfType<ConfigSet>().Prepend(config))
            foreach (LinkSpec spec in set.Gateway.Links) known.TryAdd(spec.Name, spec);
        return known;
    }

    private ReplaySummary Process(List<LoadedChange> changes)
    {
        var pending = new Queue<LoadedChange>(changes);
        while (true)
        {
            long? packet = merge.NextTime;
            if (pending.TryPeek(out LoadedChange? change) && (packet is null || change.TimeNanoseconds <= packet))
            {
                pending.Dequeue();
                MoveTo(change.TimeNanoseconds);
                Change(change);
            }
            else if (packet is { } time)
            {
                MoveTo(time);
                Burst(time);
            }
            else
            {
                break;
            }
        }

        if (options.UntilNanoseconds is { } until) MoveTo(until);
        return Summarize();
    }

    private void MoveTo(long nanoseconds)
    {
        clock.MoveTo(nanoseconds, gateway.Engine);
        hub.TellRules();
    }

    private void Change(LoadedChange change)
    {
        decimal time = change.TimeNanoseconds / 1_000_000_000m;
        if (change.Loaded.Set is not { } next)
        {
            applies.Add(new ReplayApply(time, Accepted: false, [.. change.Loaded.Problems.Where(p => p.IsError).Select(p => p.ToString())]));
            return;
        }

        links.NowNanoseconds = change.TimeNanoseconds;
        SessionFatesView fates = gateway.Apply(next);
        gateway.Engine.Revalidate(clock.Now);
        hub.TellRules();
        applies.Add(new ReplayApply(time, Accepted: true) { Sessions = fates });
    }

    // Packets of one stamp and one link are worked on together; a change of link ends a burst too, so that the order of the options holds.
    // With several workers every packet is a burst of its own: what leaves then keeps the order of what came, whoever worked on it.
    private void Burst(long time)
    {
        int most = options.Workers == 1 ? BurstMax : 1;
        int input = -1;
        MemoryLink? link = null;
        for (int count = 0; count < most && merge.NextTime == time && (input < 0 || merge.NextInput == input); count++)
        {
            merge.TryNext(out MergedPacket packet);
            string name = options.Inputs[packet.Input].Link;
            if (input < 0) link = gateway.Links.Where(l => l.Spec.Name == name).Select(l => l.Port.Link).FirstOrDefault() as MemoryLink;
            input = packet.Input;
            if (link is null)
            {
                // The configuration in force has no such link: nobody is there to take the packet.
                withoutLink++;
                verdicts.Write(new PacketVerdict(packet.Number, name, time, Verdict.Drop, DropReason.NotForUs, null, null));
                continue;
            }

            observer.Expect(packet.Number, name, time);
            link.Inject(packet.Record.Data.Span);
        }

        links.NowNanoseconds = time;
        gateway.Engine.Step(clock.Now);
        TellRecords(time);
        hub.TellRules();
    }

    // What rules ask to be told is a message with the stamp of the packet that it is about.
    private void TellRecords(long time)
    {
        foreach (RuleRecord record in gateway.Engine.TakeRuleRecords())
        {
            if (records.Count == MostRecords) untold++;
            else records.Add(string.Create(CultureInfo.InvariantCulture, $"{time / 1_000_000_000m:0.000######}: {RuleRecordView.Of(record, gateway.Realms)}"));
        }
    }

    private ReplaySummary Summarize()
    {
        DataplaneCounters counters = gateway.Engine.Counters();
        Dictionary<string, ulong> dropped = GatewayInspector.DropsOf(counters);
        if (withoutLink > 0) dropped[nameof(DropReason.NotForUs)] = dropped.GetValueOrDefault(nameof(DropReason.NotForUs)) + withoutLink;
        SessionCounts sessions = gateway.Engine.Store.Count();
        return new ReplaySummary(
            new ReplayPackets(counters.In + withoutLink, counters.Made, counters.Out, counters.Consumed, dropped),
            new ReplaySessions(sessions.Total, sessions.TcpEstablished, sessions.TcpTransitory, sessions.Udp, sessions.Icmp, sessions.Other),
            gateway.Engine.Store.LiveMappings,
            GatewayInspector.PoolsOf(gateway.Engine.Store.Pools()),
            applies);
    }
}
