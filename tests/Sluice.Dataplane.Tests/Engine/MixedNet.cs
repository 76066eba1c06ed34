using System.Globalization;
using System.Text;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>A backend as it is asked for.</summary>
internal sealed record MixedBackend(string Address, int? Port, int Weight, bool Draining, bool Direct, string? Source)
{
    public bool IsActive => Weight > 0 && !Draining;

    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{{ address: {Address}{(Port is { } port ? $", port: {port}" : "")}, weight: {Weight}{(Draining ? ", state: draining" : "")}{(Direct ? ", mode: direct" : "")}{(Source is null ? "" : $", source: {{ address: {Source} }}")} }}");

    /// <summary>Whether a session to one is still right under the other.</summary>
    public bool IsSamePlace(MixedBackend other) => (Address, Port, Direct, Source) == (other.Address, other.Port, other.Direct, other.Source);
}

/// <summary>A translation as it is asked for.</summary>
internal sealed record MixedService(string Address, int First, int Last, string Protocol, bool IsReal, string Balancing, bool HasAffinity, MixedBackend[] Backends)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"t-{Address.Replace('.', '-')}-{First}-{Protocol}");

    /// <summary>Those that new sessions may get.</summary>
    public MixedBackend[] Usable => Backends.Any(static b => b.IsActive) ? [.. Backends.Where(static b => b.IsActive)] : Backends;

    public bool Has(string address, int port, string protocol) => address == Address && protocol == Protocol && port >= First && port <= Last;

    public int PortAt(MixedBackend backend, int port) => backend.Port is { } first ? first + port - First : port;

    public string Text
    {
        get
        {
            IEnumerable<string> backends = Backends.Select(b => First == Last || b.Port is null ? b.Text : b.Text.Replace($"port: {b.Port}", $"port: \"{b.Port}-{b.Port + Last - First}\"", StringComparison.Ordinal));
            return string.Create(CultureInfo.InvariantCulture, $$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: Translation
                metadata: { name: {{Name}} }
                spec: { realm: a, address: {{Address}}, port: "{{First}}-{{Last}}", protocol: {{Protocol.ToUpperInvariant()}}, mode: {{(IsReal ? "real" : "vip")}}{{Balancing}}{{(HasAffinity ? ", affinity: { by: clientAddress, timeout: 1h }" : "")}}, backends: [{{string.Join(", ", backends)}}] }

                """);
        }
    }
}

/// <summary>A source-NAT policy as it is asked for; its addresses are 198.51.100.16 and so many more.</summary>
internal sealed record MixedSource(string Policy, string[] Links, int Addresses, string[] Excluded, string[] Include, string[] Pod, string[] Host)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { realm: a, policy: {{Policy}}, links: [{{string.Join(", ", Links)}}], addresses: [198.51.100.16-198.51.100.{{15 + Addresses}}], exclude: [{{string.Join(", ", Excluded.Select(static e => $"{e}/32"))}}]{{Tables}} }

        """);

    private string Tables => SaysWhichLinks ? $", tables: {{ includeV4: [{string.Join(", ", Include)}], includeV6: [{string.Join(", ", Include)}], pod: [{string.Join(", ", Pod)}], host: [{string.Join(", ", Host)}] }}" : "";

    /// <summary>Whether its tables say which links count, so that what leaves by the link that it came in by may be covered too.</summary>
    public bool SaysWhichLinks => Policy != "none";

    public static bool IsPublic(string address) => address.StartsWith("198.51.100.", StringComparison.Ordinal);

    public bool Has(string address) => IsPublic(address) && int.Parse(address[11..], CultureInfo.InvariantCulture) is var last && last >= 16 && last < 16 + Addresses;

    /// <summary>Whether it takes the source of what comes in by a link and leaves by another, or by the same; to a backend that is the client itself by whatever link.</summary>
    public bool Takes(string source, string destination, string link, string linkOut) => Links.Contains(link) && Policy switch
    {
        "none" => !Excluded.Contains(destination) && (link != linkOut || source == destination),
        "if-pfx" => Include.Contains(link) && !Excluded.Contains(destination),
        _ => !Host.Contains(linkOut) &&
            ((Include.Contains(link) && !Excluded.Contains(destination)) || (!Pod.Contains(link) && !Pod.Contains(linkOut) && !Has(source)) || source == destination),
    };
}

/// <summary>Generated configurations that mix virtual IPs, source NAT and a peering with every kind of NAT, as records that an oracle can read.</summary>
/// <remarks>
/// Realm a: hosts 10.0.0.0/24 at a0, servers 20.0.0.0/24 at a1, all else at a2. Realm b: 10.1.0.0/24 at b0, which sees 30.0.0.0/24 of a as it is, 10.0.0.0/28 as 203.0.113.0/30 (masquerade),
/// 10.0.0.128/28 as 203.0.113.64/28 (one to one), 10.0.0.160/28 as it is, and 203.0.113.9:7000-7004 as 10.0.0.3:50-54 (forwards).
/// </remarks>
internal sealed record MixedNet(MixedService[] Services, MixedSource? Source)
{
    /// <summary>Virtual addresses; 20.0.0.9 and 10.0.0.1 are real, and the last one is the gateway's own too.</summary>
    public static readonly string[] Virtual = ["30.0.0.2", "30.0.0.3", "30.0.0.4", "20.0.0.9", "10.0.0.1"];

    private static readonly (int First, int Last)[] Ports = [(80, 80), (81, 81), (90, 94)];
    private static readonly string[] Servers = ["20.0.0.1", "20.0.0.2", "20.0.0.3", "20.0.0.4", "10.0.0.5", "192.0.2.7"];
    private static readonly string[] Methods = ["", ", loadBalancing: { method: maglev, tableSize: 101 }", ", loadBalancing: { method: hash, hashFields: [srcAddr] }", ", loadBalancing: { method: maglev, symmetric: true }"];

    public static MixedNet Draw(Random random) => new(
        [.. from address in Virtual from ports in Ports from protocol in (string[])["tcp", "udp"] where random.Next(2) == 0 select DrawService(random, address, ports, protocol)],
        random.Next(4) == 0 ? null : DrawSource(random));

    /// <summary>The same with some changes, mostly of backends.</summary>
    public MixedNet Changed(Random random)
    {
        IEnumerable<MixedService> services = Services.Where(_ => random.Next(12) != 0).Select(s => random.Next(3) switch
        {
            0 => s with { Backends = DrawBackends(random, s.First == s.Last) },
            1 => s with { Backends = [.. s.Backends.Where(_ => random.Next(5) != 0).Select(b => random.Next(3) == 0 ? b with { Weight = random.Next(4) * 100, Draining = random.Next(4) == 0 } : b)] },
            _ => s,
        });
        return new MixedNet([.. services], random.Next(4) == 0 ? DrawSource(random) : Source);
    }

    public MixedService? ServiceAt(string address, int port, string protocol) => Services.FirstOrDefault(s => s.Has(address, port, protocol));

    /// <summary>Whether an address is exclusively that of translations.</summary>
    public bool IsVip(string address) => Services.Any(s => s.Address == address && !s.IsReal);

    /// <summary>Whether a translation leads to an endpoint, or one of several ports to its address.</summary>
    public bool IsBackend(string address, int port, string protocol) => Services.Any(s => s.Protocol == protocol &&
        s.Backends.Any(b => b.Address == address && !b.Direct && (s.First != s.Last || s.PortAt(b, s.First) == port)));

    /// <summary>Whether source NAT covers what a link brings and another, or the same, leads to its destination.</summary>
    public bool Covers(string source, string link, string destination) => Source?.Takes(source, destination, link, LinkOf(destination)) == true;

    /// <summary>Whether the answers of what comes in by a link would be covered, if nobody knew that they are answers.</summary>
    public bool CoversAnswer(string source, string link, string destination) => Source?.Takes(destination, source, LinkOf(destination), link) == true;

    /// <summary>The link of realm a that leads to an address.</summary>
    public static string LinkOf(string address) =>
        address.StartsWith("10.0.0.", StringComparison.Ordinal) ? "a0" : address.StartsWith("20.0.0.", StringComparison.Ordinal) ? "a1" : "a2";

    /// <summary>The link that leads to an address of a realm.</summary>
    public static string LinkOf(char realm, string address) => realm == 'b' ? "b0" : LinkOf(address);

    public string Text
    {
        get
        {
            var text = new StringBuilder(Net.Of(
                [
                    Net.Link("a0", "10.0.0.1/24", "", realm: "a", driver: "tun"),
                    Net.Link("a1", "20.0.0.254/24", "", realm: "a", driver: "tun"),
                    Net.Link("a2", "198.51.100.1/24", "", ", routes: [{ to: 0.0.0.0/0 }]", "a", "tun"),
                    Net.Link("b0", "10.1.0.1/24", "", realm: "b", driver: "tun"),
                ],
                [
                    "a: { expose: [{ ips: [{ cidr: 30.0.0.0/24 }] }, { ips: [{ cidr: 10.0.0.0/28 }], as: [{ cidr: 203.0.113.0/30 }], nat: { masquerade: {} } }, " +
                    "{ ips: [{ cidr: 10.0.0.128/28 }], as: [{ cidr: 203.0.113.64/28 }], nat: { static: {} } }, { ips: [{ cidr: 10.0.0.160/28 }] }, " +
                    "{ ips: [{ cidr: 10.0.0.3/32 }], as: [{ cidr: 203.0.113.9/32 }], nat: { portForward: { ports: [{ port: \"50-54\", as: \"7000-7004\" }] } } }] }, " +
                    "b: { expose: [{ ips: [{ cidr: 10.1.0.0/24 }] }] }",
                ]));
            foreach (MixedService service in Services) text.Append(service.Text);
            return text.Append(Source?.Text).ToString();
        }
    }

    private static MixedService DrawService(Random random, string address, (int First, int Last) ports, string protocol) =>
        new(address, ports.First, ports.Last, protocol, !address.StartsWith("30.", StringComparison.Ordinal), Methods[random.Next(Methods.Length)], random.Next(4) == 0, DrawBackends(random, ports.First == ports.Last));

    private static MixedBackend[] DrawBackends(Random random, bool mayBeDirect)
    {
        string[] servers = [.. Servers];
        random.Shuffle(servers);

        // Of two direct backends behind one link nobody could tell from outside which one a session has.
        return [.. servers.Take(random.Next(4)).Select((address, place) =>
        {
            bool isDirect = mayBeDirect && place == 0 && random.Next(4) == 0;
            return new MixedBackend(address, isDirect || random.Next(4) == 0 ? null : 8080, random.Next(6) == 0 ? 0 : 100, random.Next(6) == 0, isDirect, !isDirect && random.Next(5) == 0 ? "1.2.3.4" : null);
        })];
    }

    private static MixedSource DrawSource(Random random)
    {
        string policy = random.Next(4) switch { 0 => "if-pfx", 1 => "k8s", _ => "none" };
        string[] links = random.Next(3) switch { 0 => ["a0"], 1 => ["a1"], _ => ["a0", "a1"] };
        return new MixedSource(policy, links, random.Next(1, 4), Some("192.0.2.7", "192.0.2.8", "20.0.0.1", "10.0.0.5"), Some("a0", "a1"), Some("a0", "a1", "a2"), Some("a0", "a1", "a2"));

        string[] Some(params string[] all) => [.. all.Where(_ => random.Next(3) == 0)];
    }
}
