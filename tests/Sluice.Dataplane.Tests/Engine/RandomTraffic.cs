using System.Globalization;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Generated configurations, and packets of every sort that may or may not pass them.</summary>
/// <remarks>Realm i has 10.i.0.0/24 inside and 192.0.i.0/24 to be shown as it is; towards realm j it hides the former behind 203.0.(16i+j).0/30.</remarks>
internal sealed class RandomTraffic(int seed)
{
    private static readonly string[] Flags = ["S", "S", "S", "SA", "A", "A", "FA", "R", "RA", "-"];
    private readonly Random random = new(seed);
    private readonly List<string> seen = [];

    /// <summary>Realms, each with a link of its name.</summary>
    public int Realms { get; } = 2 + (seed % 3);

    /// <summary>Pairs of realms of which the first hides behind public addresses towards the second.</summary>
    public List<(int From, int To)> Hidden { get; } = [];

    /// <summary>A configuration; the same for the same seed.</summary>
    public string Configuration()
    {
        string[] links = [.. Enumerable.Range(0, Realms).Select(static i =>
        {
            string more = $", routes: [{{ to: 192.0.{i}.0/24, via: 10.{i}.0.9 }}]";
            return i == 1
                ? Net.Tun("r1", "10.1.0.1/24", ", routes: [{ to: 192.0.1.0/24 }]")
                : Net.Link($"r{i}", $"10.{i}.0.1/24", $"10.{i}.0.2 10.{i}.0.3 10.{i}.0.9", more);
        })];
        var peerings = new List<string>();
        for (int from = 0; from < Realms; from++)
        {
            for (int to = from + 1; to < Realms; to++)
            {
                if (Realms > 2 && random.Next(5) == 0) continue;
                peerings.Add($"r{from}: {{ expose: [{Hide(from, to)}] }}, r{to}: {{ expose: [{Show(to)}] }}");
            }
        }

        string[] filterings = ["endpointIndependent", "addressDependent", "addressAndPortDependent"];
        string mapping = random.Next(3) == 0 ? "addressAndPortDependent" : "endpointIndependent";
        string profile = $"mapping: {mapping}, filtering: {filterings[random.Next(3)]}, preservePort: {(random.Next(2) == 0 ? "true" : "false")}, timers: {{ udp: {random.Next(5, 60)}s }}";
        if (random.Next(3) == 0) profile += $", quotas: {{ sessionsPerHost: {random.Next(1, 20)} }}";
        if (random.Next(3) == 0) profile += $", ports: \"5000-{random.Next(5001, 5040)}\"";
        return Net.Of(links, [.. peerings], profile);
    }

    /// <summary>One packet, as link and script line.</summary>
    public (string Link, string Line) Next()
    {
        int realm = random.Next(Realms);
        if (seen.Count != 0 && random.Next(3) == 0) return Answer(seen[random.Next(seen.Count)]);
        int peer = random.Next(Realms);
        string source = random.Next(8) switch
        {
            0 => $"192.0.{realm}.{random.Next(2, 5)}",
            1 => $"172.16.{random.Next(4)}.{random.Next(1, 5)}",
            _ => $"10.{realm}.0.{random.Next(2, 5)}",
        };
        string destination = random.Next(8) switch
        {
            0 => $"10.{peer}.0.{random.Next(1, 5)}",
            1 => $"203.0.{(16 * random.Next(Realms)) + random.Next(Realms)}.{random.Next(4)}",
            2 => random.Next(2) == 0 ? "224.0.0.5" : "8.8.8.8",
            _ => $"192.0.{peer}.{random.Next(1, 5)}",
        };
        return ($"r{realm}", Line(source, destination));
    }

    /// <summary>Takes note of a packet that left, so that it may be answered.</summary>
    public void Left(string link, string description)
    {
        if (seen.Count < 200) seen.Add($"{link} {description}");
        else seen[random.Next(seen.Count)] = $"{link} {description}";
    }

    private string Line(string source, string destination)
    {
        int port = 5000 + random.Next(30), service = 50 + random.Next(5);
        string ttl = random.Next(12) == 0 ? " ttl 1" : "";
        return random.Next(10) switch
        {
            0 => $"{source} > {destination} icmp echo request id {random.Next(20)}{ttl}",
            1 => $"{source} > {destination} icmp echo reply id {random.Next(20)}",
            2 => $"{source} > {destination} protocol {random.Next(40, 50)}{ttl}",
            3 => $"{source} > {destination} fragment of protocol 17 id 9 offset {8 * random.Next(3)} len 64 more",
            4 => $"{source} > {destination} icmp unreachable 1 [{destination}:{service} > {source}:{port} udp]",
            < 7 => $"{source}:{port} > {destination}:{service} tcp {Flags[random.Next(Flags.Length)]} len {random.Next(1600)} seq {random.Next(4000)} ack {random.Next(4000)}{ttl} df",
            _ => $"{source}:{port} > {destination}:{service} udp len {random.Next(300)}{ttl}{(random.Next(4) == 0 ? " nochecksum" : "")}",
        };
    }

    private (string Link, string Line) Answer(string left)
    {
        string[] words = left.Split(' ');
        string link = words[0], from = words[1], to = words[3];
        string rest = string.Join(' ', words[4..]);
        if (rest.Contains('[', StringComparison.Ordinal) || words[4] == "arp" || words[4] == "fragment") return (link, $"{to} > {from} protocol 47");
        if (random.Next(3) == 0)
        {
            string router = random.Next(2) == 0 ? to.Split(':')[0] : "192.0.2.77";
            return (link, $"{router} > {from.Split(':')[0]} icmp time exceeded 0 [{string.Join(' ', words[1..])}]");
        }

        string answer = words[4] switch
        {
            "tcp" => $"tcp {Flags[random.Next(Flags.Length)]} seq {random.Next(4000)} ack {random.Next(4000)}",
            "icmp" => $"icmp echo reply id {rest.Split("id ").ElementAtOrDefault(1)?.Split(' ')[0] ?? "1"}",
            _ => words[4] == "protocol" ? $"protocol {words[5]}" : "udp",
        };
        return (link, $"{to} > {from} {answer}");
    }

    private string Hide(int from, int to)
    {
        Hidden.Add((from, to));
        string publics = string.Create(CultureInfo.InvariantCulture, $"203.0.{(16 * from) + to}.0/30");
        return $"{{ ips: [{{ cidr: 10.{from}.0.0/24 }}], as: [{{ cidr: {publics} }}], nat: {{ masquerade: {{}} }} }}, {Show(from)}";
    }

    private static string Show(int realm) => $"{{ ips: [{{ cidr: 192.0.{realm}.0/24 }}] }}";
}
