using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway;
using Sluice.Gateway.Commands;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Packets.Building;

namespace Sluice.Cli.Tests;

/// <summary>A gateway with links of memory behind a control socket, in a folder of its own.</summary>
internal sealed class RunningGateway : IDisposable
{
    public const string Small = """
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
            one:
              expose:
                - { ips: [{ cidr: 10.0.0.0/25 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }
                - { ips: [{ cidr: 10.0.0.128/25 }], as: [{ cidr: 203.0.113.2/32 }], nat: { masquerade: {} } }
            two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }

        """;

    private readonly MemorySource source = new();
    private readonly ControlSocket socket;

    public RunningGateway()
        : this(Small)
    {
    }

    public RunningGateway(string yaml)
    {
        Composed = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, source);
        Reloader = new GatewayReloader(Composed, (set, texts) => Composed.Apply(set, texts), new GatewayLog(TextWriter.Null, json: false));
        Desk = new SessionDesk(Composed);
        socket = ControlSocket.Open(Door, new ControlHandler(new GatewayInspector(Composed), Reloader, desk: Desk, commands: new CommandDesk(Composed, Reloader, Desk)));
        ConfigTexts texts = ConfigTexts.Read([FileOf("gw.yaml", yaml)]);
        Composed.Apply(ConfigLoader.Load(texts).Set!, texts);
    }

    /// <summary>What takes its configurations.</summary>
    public GatewayReloader Reloader { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-running-").FullName;

    public string Door => Path.Combine(Folder, "door.sock");

    public ComposedGateway Composed { get; }

    public SessionDesk Desk { get; }

    /// <summary>The name of a link that can't be opened.</summary>
    public string? Refuses
    {
        get => source.Refuses;
        set => source.Refuses = value;
    }

    /// <summary>Writes a file of the folder.</summary>
    public string FileOf(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Has hosts of realm one speak to one of realm two, so that sessions live.</summary>
    public void Send(params string[] hosts)
    {
        foreach (string host in hosts) source.Links["a"].Inject(PacketBuilder.Ip(host, "192.168.50.2").Udp(5000, 53).Payload("x").Build());
        Composed.Engine.Step(Composed.Engine.Clock.Now);
    }

    /// <summary>Runs a command line that asks this gateway.</summary>
    public CommandRun Ask(params string[] words) => CommandRun.Of([.. words, "--socket", Door]);

    public void Dispose()
    {
        socket.Dispose();
        Desk.Dispose();
        Composed.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class MemorySource : LinkSource
    {
        public Dictionary<string, MemoryLink> Links { get; } = new(StringComparer.Ordinal);

        public string? Refuses { get; set; }

        public override bool AnswersForOwnAddresses => true;

        public override Link Open(LinkSpec spec, int order) => spec.Name == Refuses
            ? throw new LinkException($"link {spec.Name}: there is no such interface")
            : Links[spec.Name] = new MemoryLink(spec.Name, ethernet: false);
    }
}
