using System.Globalization;
using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>A gateway of memory links with clients behind <c>a</c>, servers behind <c>b</c>, and what documents a test adds.</summary>
internal sealed class WebGateway : IDisposable
{
    private const string Links = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, addresses: [10.0.0.1/16] }
            - { name: b, driver: tun, addresses: [20.0.0.254/24], routes: [{ to: 0.0.0.0/0 }] }

        """;

    public WebGateway(string documents, int capacity = 1000)
    {
        Gateway = new ComposedGateway(new DataplaneOptions { Capacity = capacity, Seed = 1 }, Source);
        Apply(documents);
    }

    public ComposedGateway Gateway { get; }

    public MemorySource Source { get; } = new();

    /// <summary>A translation of 30.0.0.2 port 80 to port 8080 of backends such as "20.0.0.1" or "20.0.0.2, weight: 300".</summary>
    public static string Web(string more, params string[] backends) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { address: 30.0.0.2, port: 80, {{(more.Length > 0 ? more + ", " : "")}}backends: [{{string.Join(", ", backends.Select(static one => $"{{ port: 8080, address: {one} }}"))}}] }

        """;

    public void Apply(string documents)
    {
        LoadResult loaded = ConfigLoader.LoadText("gw.yaml", Links + documents);
        Gateway.Apply(loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems)));
    }

    /// <summary>The SYN of a client; what leaves by <c>b</c>, in words.</summary>
    public string? Begin(int client, int port) =>
        In("a", PacketBuilder.Ip(string.Create(CultureInfo.InvariantCulture, $"10.0.1.{client}"), "30.0.0.2").Tcp(port, 80, TcpFlag.Syn)).FirstOrDefault();

    /// <summary>Hands a packet in; what leaves by the other link, in words.</summary>
    public string[] In(string link, PacketBuilder packet)
    {
        Source.Links[link].Inject(packet.Build());
        Gateway.Engine.Step(Gateway.Engine.Clock.Now);
        Source.Links[link].TakeSent();
        return [.. Source.Links[link == "a" ? "b" : "a"].TakeSent().Select(static sent => PacketText.Describe(sent.Bytes, hasEthernet: false))];
    }

    public void Dispose() => Gateway.Dispose();
}
