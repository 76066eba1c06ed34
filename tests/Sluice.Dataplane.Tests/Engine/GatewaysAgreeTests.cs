using System.Globalization;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Design: the choice of a backend depends on configuration and tuple alone, not on seed, worker, order of backends or start time.</summary>
public sealed class GatewaysAgreeTests
{
    private const int Flows = 6_000;

    [Theory]
    [InlineData("method: hash")]
    [InlineData("method: maglev, tableSize: 1009")]
    public void Two_gateways_lead_each_flow_to_the_same_backend(string method)
    {
        string[] backends = [.. Enumerable.Range(1, 9).Select(static i => $"{{ address: 20.0.0.{i}, port: {8000 + i}, weight: {i * 10} }}")];
        using var here = new Rig(Web(method, backends), workers: 1, capacity: 2 * Flows, seed: 1);
        using var there = new Rig(Web(method, [.. backends.Reverse()]), workers: 3, capacity: 3 * Flows, seed: 99);

        // The second one was started earlier, and has had other traffic.
        there.Wait(86_400_000);
        there.In("clients", PacketScript.Parse("10.0.0.9:1 > 30.0.0.2:80 tcp S"));
        string[] one = Led(here), two = Led(there);
        Assert.Equal(Flows, one.Length);
        Assert.Equal(one, two);
        Assert.Equal(9, one.Select(static line => line.Split(" > ")[1].Split(' ')[0]).Distinct().Count());
    }

    // What leaves, by flow.
    private static string[] Led(Rig rig)
    {
        var led = new List<string>();
        for (int flow = 0; flow < Flows;)
        {
            for (int end = flow + 200; flow < end; flow++)
                rig.Put("clients", rig.FrameOf("clients", PacketScript.Parse(string.Create(CultureInfo.InvariantCulture, $"10.0.0.{2 + flow % 5}:{20_000 + flow} > 30.0.0.2:80 tcp S"))));
            led.AddRange(rig.Work());
        }

        led.Sort(StringComparer.Ordinal);
        return [.. led];
    }

    private static string Web(string method, string[] backends) => Net.Of([Net.Link("clients", "10.0.0.1/24", "", realm: "a", driver: "tun"), Net.Link("servers", "20.0.0.254/24", "", realm: "a", driver: "tun")], []) + $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { realm: a, address: 30.0.0.2, port: 80, loadBalancing: { {{method}} }, backends: [{{string.Join(", ", backends)}}] }
        """;
}
