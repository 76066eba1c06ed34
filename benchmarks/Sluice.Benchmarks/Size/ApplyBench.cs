using System.Diagnostics;
using Sluice.Benchmarks.Report;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Links.Memory;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows apply and diff: what whoever runs these commands waits for, from the files read to the answer understood, through the control socket.</summary>
internal static class ApplyBench
{
    public static IEnumerable<BenchRow> Run(SizeConfiguration size, string directory, string asked, string changed, bool quick)
    {
        using var gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, new MemorySource());
        var reloader = new GatewayReloader(gateway, (set, texts) => gateway.Apply(set, texts), new GatewayLog(TextWriter.Null, json: false));
        string door = Path.Combine(directory, "door.sock");
        using ControlSocket socket = ControlSocket.Open(door, new ControlHandler(new GatewayInspector(gateway), reloader));
        var texts = ConfigTexts.Read([asked]);
        gateway.Apply(ConfigLoader.Load(texts).Set!, texts);
        var times = new Dictionary<string, List<double>> { ["diff"] = [], ["apply"] = [] };
        for (int run = 0; run < (quick ? 3 : 5); run++)
            foreach ((string command, List<double> list) in times) list.Add(Ask(door, command, run % 2 == 0 ? changed : asked));
        foreach ((string command, List<double> list) in times)
            yield return SizeBench.Row(size, command, list.Min(), "s", goal: null, list.Order().ElementAt(list.Count / 2));
    }

    private static double Ask(string door, string command, string directory)
    {
        long start = Stopwatch.GetTimestamp();
        ControlAnswer answer = ControlClient.AskAsync(door, new ControlRequest(command, Files: ConfigTexts.Read([directory]).Texts)).GetAwaiter().GetResult();
        ReloadView view = System.Text.Json.JsonSerializer.Deserialize(answer.Result!.Value, GatewayJson.Default.ReloadView)!;
        if (!view.Accepted || view.Changes.Count == 0) throw new InvalidOperationException($"{command}: {answer.Error}");
        return SizeBench.Seconds(start);
    }

    private sealed class MemorySource : LinkSource
    {
        public override bool AnswersForOwnAddresses => true;

        public override Link Open(LinkSpec spec, int order) => new MemoryLink(spec.Name);
    }
}
