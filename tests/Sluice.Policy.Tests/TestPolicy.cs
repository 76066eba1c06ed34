using System.Globalization;
using System.Net;
using System.Text;
using Sluice.Config;
using Sluice.Config.Kinds;
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
    public static TestPolicy Of(string[] peerings, string gateway = "", string others = "", RealmRegistry? realms = null, DocumentKinds? kinds = null)
    {
        LoadResult loaded = Load(peerings, gateway, others, allowUnsupported: others.Contains("kind: Translation", StringComparison.Ordinal), kinds);
        Assert.True(loaded.Set is not null, string.Join('\n', loaded.Problems));
        return new TestPolicy(loaded.Set, realms ?? new RealmRegistry());
    }

    public static LoadResult Load(string[] peerings, string gateway = "", string others = "", bool allowUnsupported = false, DocumentKinds? kinds = null)
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
        return ConfigLoader.LoadTexts([("test.yaml", text.ToString())], allowUnsupported, kinds);
    }

    /// <summary>One end of a peering.</summary>
    public static string End(string realm, params string[] exposes) => $"{realm}: {{ expose: [{string.Join(", ", exposes)}] }}";

    public static string Plain(string ips) => $"{{ ips: [{List(ips)}] }}";

    public static string Masquerade(string ips, string publics, string more = "") =>
        $"{{ ips: [{List(ips)}], as: [{List(publics)}], nat: {{ masquerade: {{ {more} }} }} }}";

    public static string Static(string ips, string publics) => $"{{ ips: [{List(ips)}], as: [{List(publics)}], nat: {{ static: {{}} }} }}";

    /// <summary>Forwards of one inside prefix, each as "tcp 22101>22" or "5000-5009>6000-6009".</summary>
    public static string Forward(string inside, string publics, params string[] forwards)
    {
        IEnumerable<string> ports = forwards.Select(static forward =>
        {
            string[] words = forward.Split(' ');
            string[] ends = words[^1].Split('>');
            string protocol = words.Length > 1 ? $"proto: {words[0]}, " : "";
            return $"{{ {protocol}port: \"{ends[1]}\", as: \"{ends[0]}\" }}";
        });
        return $"{{ ips: [{List(inside)}], as: [{List(publics)}], nat: {{ portForward: {{ ports: [{string.Join(", ", ports)}] }} }} }}";
    }

    public static string Default => "{ default: true }";

    // "10.0.0.0/8 !10.1.0.0/16" is a cidr and a not; "10.0.0.0/8@80-90" has ports.
    private static string List(string entries) => string.Join(", ", entries.Split(' ').Select(static entry =>
    {
        string[] parts = entry.TrimStart('!').Split('@');
        string ports = parts.Length > 1 ? $", ports: \"{parts[1]}\"" : "";
        return $"{{ {(entry.StartsWith('!') ? "not" : "cidr")}: \"{parts[0]}\"{ports} }}";
    }));

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

    /// <summary>A packet between endpoints such as "10.0.0.1:1000" and "[2001:db8::1]:2000".</summary>
    public FirstPacket Packet(string realm, string source, string destination, string protocol)
    {
        IPEndPoint from = IPEndPoint.Parse(source), to = IPEndPoint.Parse(destination);
        return new FirstPacket
        {
            Realm = Realm(realm),
            Protocol = protocol switch { "tcp" => IpProtocol.Tcp, "udp" => IpProtocol.Udp, "ping" => IpProtocol.Icmp, _ => byte.Parse(protocol, CultureInfo.InvariantCulture) },
            HasPorts = true,
            Source = IpAddress.From(from.Address),
            SourcePort = (ushort)from.Port,
            Destination = IpAddress.From(to.Address),
            DestinationPort = (ushort)to.Port,
        };
    }

    /// <summary>
    /// What becomes of a packet, whole: "drop NotExposed", "route", "ask b as POOL", "stateless b: 10.0.0.1:1000 > 10.0.0.2:2000", "session b: 203.0.113.1:* > 10.0.0.2:2000"
    /// (a star where a pool gives the port; several addresses where it gives the address too).
    /// </summary>
    public string Translate(string realm, string source, string destination, string protocol = "udp")
    {
        FirstPacket packet = Packet(realm, source, destination, protocol);
        Decision decision = Policy.Decide(packet);
        if (decision.Kind is not (DecisionKind.Stateless or DecisionKind.Session)) return Say(decision);
        Assert.False(decision.RewritesSource && decision.SourcePool != Decision.NoPool);
        string from = decision.SourcePool != Decision.NoPool
            ? string.Join(' ', Policy.Pools[decision.SourcePool].Addresses) + ":*"
            : decision.RewritesSource ? Endpoint(decision.Source, decision.SourcePort) : Endpoint(packet.Source, packet.SourcePort);
        string to = decision.RewritesDestination ? Endpoint(decision.Destination, decision.DestinationPort) : Endpoint(packet.Destination, packet.DestinationPort);
        return $"{decision.Kind.ToString().ToLowerInvariant()} {Realms.NameOf(decision.RealmTo)}: {from} > {to}";
    }

    /// <summary>The rule that decides on a packet, in words.</summary>
    public string RuleFor(string realm, string source, string destination, string protocol = "udp") =>
        Policy.Rules[(int)Policy.Decide(Packet(realm, source, destination, protocol)).Rule].Name;

    /// <summary>The session that a packet makes now; the pool gives <paramref name="publicSource"/>.</summary>
    public LiveSession LiveOf(string realm, string source, string destination, string protocol = "udp", string? publicSource = null)
    {
        FirstPacket first = Packet(realm, source, destination, protocol);
        Decision decision = Policy.Decide(first);
        Assert.True(decision.Kind is DecisionKind.Stateless or DecisionKind.Session, Say(decision));
        Assert.Equal(publicSource is not null, decision.SourcePool != Decision.NoPool);
        var original = new FlowParts(first.Realm, first.Protocol, first.Source, first.SourcePort, first.Destination, first.DestinationPort);
        (IpAddress Address, ushort Port) from = decision.RewritesSource ? (decision.Source, decision.SourcePort) : (first.Source, first.SourcePort);
        if (publicSource is not null) from = (IpAddress.From(IPEndPoint.Parse(publicSource).Address), (ushort)IPEndPoint.Parse(publicSource).Port);
        (IpAddress Address, ushort Port) to = decision.RewritesDestination ? (decision.Destination, decision.DestinationPort) : (first.Destination, first.DestinationPort);
        var reply = new FlowParts(decision.RealmTo, first.Protocol, to.Address, to.Port, from.Address, from.Port);
        return new LiveSession(original, reply, publicSource is not null, ThroughMapping: false);
    }

    private static string Endpoint(IpAddress address, ushort port) => new IPEndPoint(address.ToIPAddress(), port).ToString();

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
