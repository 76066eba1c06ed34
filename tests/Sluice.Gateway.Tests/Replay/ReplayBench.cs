using System.Text.Json;
using Sluice.Gateway.Replay;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;

namespace Sluice.Gateway.Tests.Replay;

/// <summary>A directory with a configuration and captures in it, and what a replay of them leaves there.</summary>
internal sealed class ReplayBench : IDisposable
{
    public const long Start = 1_700_000_000_000_000_000;

    public const string Masquerade = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: one, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: two, addresses: [192.168.50.1/24] }
          realms: [{ name: one }, { name: two }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: p }
        spec:
          peering:
            one: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }
            two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("sluice-replay-").FullName;

    public string Out => At("out");

    public static byte[] Request(int port = 5000, string source = "10.0.0.2") => PacketBuilder.Ip(source, "192.168.50.2").Udp(port, 53).Payload("question").Build();

    public static byte[] Answer(int port = 5000) => PacketBuilder.Ip("192.168.50.2", "203.0.113.1").Udp(53, port).Payload("answer").Build();

    public string At(string name) => Path.Combine(folder, name);

    public string Config(string text, string name = "gateway.yaml")
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    public string Capture(string name, int linkType, params ReadOnlySpan<(long Milliseconds, byte[] Bytes)> packets)
    {
        using PcapWriter writer = PcapWriter.Create(At(name), linkType);
        foreach ((long milliseconds, byte[] bytes) in packets) writer.Write(Start + milliseconds * 1_000_000, bytes);
        return At(name);
    }

    public ReplayOptions Options(params (string Link, string File)[] inputs) => new()
    {
        Files = [At("gateway.yaml")],
        Inputs = inputs,
        OutputDirectory = Out,
    };

    public List<JsonElement> Verdicts() => [.. File.ReadLines(Path.Combine(Out, "verdicts.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    public JsonElement Summary() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "summary.json"))).RootElement;

    public List<(long Milliseconds, string Text)> Left(string link, bool ethernet = false)
    {
        if (!CaptureReader.TryOpen(Path.Combine(Out, $"{link}.pcap"), out CaptureReader? reader, out string? problem)) throw new InvalidOperationException(problem);
        using (reader)
        {
            var left = new List<(long, string)>();
            while (reader.TryRead(out CaptureRecord record))
                left.Add(((record.TimeNanoseconds - Start) / 1_000_000, PacketText.Describe(record.Data.Span, ethernet)));
            return left;
        }
    }

    public string Everything() => string.Join('|', Directory.GetFiles(Out).Order(StringComparer.Ordinal).Select(f => Convert.ToHexString(File.ReadAllBytes(f))));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
