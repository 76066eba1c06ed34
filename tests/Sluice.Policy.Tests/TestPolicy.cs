using System.Globalization;
using System.Text;
using Sluice.Config;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Policy.Tests;

/// <summary>A compiled configuration that is asked in names and answers in words.</summary>
internal sealed class TestPolicy
{
    private TestPolicy(ConfigSet config, RealmRegistry realms)
    {
        Config = config;
        Realms = realms;
        Policy = PolicyCompiler.Compile(config, realms);
    }

    public ConfigSet Config { get; }

    public RealmRegistry Realms { get; }

    public GatewayPolicy Policy { get; }

    /// <summary>Compiles native peerings between realms that are listed, and other documents where given.</summary>
    public static TestPolicy Of(string[] peerings, string gateway = "", string others = "", RealmRegistry? realms = null)
    {
        LoadResult loaded = Load(peerings, gateway, others);
        Assert.True(loaded.Set is not null, string.Join('\n', loaded.Problems));
        return new TestPolicy(loaded.Set, realms ?? new RealmRegistry());
    }

    public static LoadResult Load(string[] peerings, string gateway = "", string others = "")
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw-1 }
            spec:
              realms: [{ name: a }, { name: b }, { name: c }, { name: d }, { name: ext.net }]
            {{gateway}}

            """);
        for (int i = 0; i < peerings.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: Peering
                metadata: { name: p{{i}} }
                spec: { peering: { {{peerings[i]}} } }

                """);
        }

        text.Append(others);
        return ConfigLoader.LoadText("test.yaml", text.ToString());
    }

    /// <summary>One end of a peering.</summary>
    public static string End(string realm, params string[] exposes) => $"{realm}: {{ expose: [{string.Join(", ", exposes)}] }}";

    public static string Plain(string ips) => $"{{ ips: [{List(ips)}] }}";

    public static string Masquerade(string ips, string publics, string more = "") =>
        $"{{ ips: [{List(ips)}], as: [{List(publics)}], nat: {{ masquerade: {{ {more} }} }} }}";

    public static string Default => "{ default: true }";

    // "10.0.0.0/8 !10.1.0.0/16" is a cidr and a not.
    private static string List(string entries) => string.Join(", ", entries.Split(' ').Select(static entry =>
        entry.StartsWith('!') ? $"{{ not: \"{entry[1..]}\" }}" : $"{{ cidr: \"{entry}\" }}"));

    public ushort Realm(string name)
    {
        Assert.True(Realms.TryGet(name, out ushort number), name);
        return number;
    }

    public FirstPacket Packet(string realm, string source, string destination, byte protocol = IpProtocol.Udp, bool hasPorts = true) => new()
    {
        Realm = Realm(realm),
        Protocol = protocol,
        HasPorts = hasPorts,
        Source = IpAddress.Parse(source),
        Destination = IpAddress.Parse(destination),
        SourcePort = 1000,
        DestinationPort = 2000,
    };

    public string Decide(string realm, string source, string destination, byte protocol = IpProtocol.Udp, bool hasPorts = true) =>
        Say(Policy.Decide(Packet(realm, source, destination, protocol, hasPorts)));

    public string Inbound(string realm, string source, string destination, string publicRealm, string insideRealm, string insideAddress) =>
        Say(Policy.DecideInbound(Packet(realm, source, destination), Realm(publicRealm), Realm(insideRealm), IpAddress.Parse(insideAddress)));

    /// <summary>"route a", "drop NotExposed", "stateless b", "session b as 10.9.0.0-10.9.0.1", "ask b".</summary>
    public string Say(Decision decision)
    {
        if (decision.Kind == DecisionKind.Drop) return $"drop {decision.Reason}";
        string verb = decision.Kind == DecisionKind.AskMappings ? "ask" : decision.Kind.ToString().ToLowerInvariant();
        string pool = decision.SourcePool == Decision.NoPool ? "" : " as " + string.Join(' ', Policy.Pools[decision.SourcePool].Addresses);
        return $"{verb} {Realms.NameOf(decision.RealmTo)}{pool}";
    }

    /// <summary>The session that a decision on such a packet makes; a pool gives <paramref name="publicSource"/>.</summary>
    public LiveSession Live(string realm, string source, string destination, string? publicSource = null, (string Realm, string Address)? inside = null)
    {
        FirstPacket first = Packet(realm, source, destination);
        Decision decision = Policy.Decide(first);
        if (inside is { } end) decision = Policy.DecideInbound(first, decision.RealmTo, Realm(end.Realm), IpAddress.Parse(end.Address));
        Assert.Equal(publicSource is not null, decision.SourcePool != Decision.NoPool);
        var original = new FlowParts(first.Realm, first.Protocol, first.Source, 1000, first.Destination, 2000);
        IpAddress server = inside is { } mapped ? IpAddress.Parse(mapped.Address) : first.Destination;
        var reply = new FlowParts(decision.RealmTo, first.Protocol, server, 2000, IpAddress.Parse(publicSource ?? source), 1000);
        return new LiveSession(original, reply, publicSource is not null, inside is not null);
    }
}
