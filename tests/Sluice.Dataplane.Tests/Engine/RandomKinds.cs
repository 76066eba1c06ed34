using System.Globalization;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Generated configurations of every kind of NAT between three realms, drawn anew for each reload, and packets of every sort that may or may not pass them.</summary>
/// <remarks>
/// Realm i shows 192.0.i.0/24 as it is. 10.i.0.0/24 is hidden from all others: its lower half by masquerade and forwards behind 203.0.(16i+j).0/30, towards realm j,
/// sixteen addresses of its upper half by one-to-one NAT as 198.51.(16i+j).0/28.
/// </remarks>
internal sealed class RandomKinds(Random random)
{
    public const int Realms = 3;
    private static readonly string[] Flags = ["S", "S", "S", "SA", "A", "A", "FA", "R", "-"];
    private readonly List<string> seen = [];

    /// <summary>Whether the configuration drawn last has an access list: its denials end sessions.</summary>
    public bool HasAcl { get; private set; }

    /// <summary>One more configuration with the same links.</summary>
    public string Configuration()
    {
        HasAcl = false;
        string[] links = [.. Enumerable.Range(0, Realms).Select(static i =>
            Net.Link($"r{i}", $"10.{i}.0.1/24", $"10.{i}.0.2 10.{i}.0.3 10.{i}.0.9", $", routes: [{{ to: 192.0.{i}.0/24, via: 10.{i}.0.9 }}, {{ to: 10.{i}.0.128/25, via: 10.{i}.0.9 }}]"))];
        var peerings = new List<string>();
        for (int from = 0; from < Realms; from++)
        {
            for (int to = from + 1; to < Realms; to++)
            {
                if (random.Next(6) == 0) continue;
                string acl = random.Next(4) == 0 ? Acl(from, to) : "";
                HasAcl |= acl.Length > 0;
                peerings.Add($"r{from}: {{ expose: [{End(from, to)}] }}, r{to}: {{ expose: [{End(to, from)}] }}{acl}");
            }
        }

        if (peerings.Count == 0) peerings.Add($"r0: {{ expose: [{End(0, 1)}] }}, r1: {{ expose: [{End(1, 0)}] }}");
        string[] filterings = ["endpointIndependent", "addressDependent", "addressAndPortDependent"];
        string mapping = random.Next(3) == 0 ? "addressAndPortDependent" : "endpointIndependent";
        string profile = $"mapping: {mapping}, filtering: {filterings[random.Next(3)]}, preservePort: {(random.Next(2) == 0 ? "true" : "false")}, holdTime: {random.Next(30)}s, timers: {{ udp: {random.Next(120, 300)}s }}";
        return Net.Of(links, [.. peerings], profile);
    }

    /// <summary>One packet, as link and script line.</summary>
    public (string Link, string Line) Next()
    {
        int realm = random.Next(Realms), peer = random.Next(Realms);
        if (seen.Count != 0 && random.Next(3) == 0) return Answer(seen[random.Next(seen.Count)]);
        string source = random.Next(10) switch
        {
            0 => $"172.16.0.{random.Next(1, 5)}",
            < 4 => $"192.0.{realm}.{random.Next(2, 5)}",
            < 6 => $"10.{realm}.0.{128 + random.Next(20)}",
            _ => $"10.{realm}.0.{random.Next(2, 5)}",
        };
        string destination = random.Next(10) switch
        {
            0 => $"10.{peer}.0.{random.Next(1, 5)}",
            1 or 2 => $"203.0.{(16 * peer) + random.Next(Realms)}.{random.Next(4)}",
            3 or 4 => $"203.0.{(16 * peer) + realm}.{random.Next(4)}",
            5 or 6 => $"198.51.{(16 * peer) + realm}.{random.Next(16)}",
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
        // Hosts send from their services too: from forwarded endpoints.
        int port = random.Next(4) == 0 ? 50 + random.Next(5) : 5000 + random.Next(30), service = random.Next(2) == 0 ? 7000 + random.Next(5) : 50 + random.Next(5);
        string ttl = random.Next(12) == 0 ? " ttl 1" : "";
        return random.Next(10) switch
        {
            0 => $"{source} > {destination} icmp echo request id {random.Next(20)}{ttl}",
            1 => $"{source} > {destination} protocol {random.Next(40, 50)}{ttl}",
            2 => $"{source} > {destination} fragment of protocol 17 id 9 offset {8 * random.Next(3)} len 64 more",
            3 => $"{source} > {destination} icmp unreachable 1 [{destination}:{service} > {source}:{port} udp]",
            < 6 => $"{source}:{port} > {destination}:{service} tcp {Flags[random.Next(Flags.Length)]} len {random.Next(600)} seq {random.Next(4000)} ack {random.Next(4000)}{ttl}",
            _ => $"{source}:{port} > {destination}:{service} udp len {random.Next(300)}{ttl}{(random.Next(4) == 0 ? " nochecksum" : "")}",
        };
    }

    private (string Link, string Line) Answer(string left)
    {
        string[] words = left.Split(' ');
        string link = words[0], from = words[1], to = words[3], rest = string.Join(' ', words[4..]);
        if (rest.Contains('[', StringComparison.Ordinal) || words[4] is "arp" or "fragment") return (link, $"{to} > {from} protocol 47");
        if (random.Next(3) == 0)
        {
            string router = random.Next(2) == 0 ? to.Split(':')[0] : $"10.{link[1]}.0.{random.Next(2, 160)}";
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

    private string End(int realm, int peer)
    {
        string block = string.Create(CultureInfo.InvariantCulture, $"{(16 * realm) + peer}");
        var exposes = new List<string> { $"{{ ips: [{{ cidr: 192.0.{realm}.0/24 }}] }}" };
        if (random.Next(4) != 0)
        {
            string publics = random.Next(3) switch { 0 => $"203.0.{block}.0/31", 1 => $"203.0.{block}.1/32", _ => $"203.0.{block}.0/30" };
            exposes.Add($"{{ ips: [{{ cidr: 10.{realm}.0.0/25 }}], as: [{{ cidr: {publics} }}], nat: {{ masquerade: {{}} }} }}");
        }

        if (random.Next(3) != 0)
        {
            string protocol = random.Next(3) switch { 0 => "proto: tcp, ", 1 => "proto: udp, ", _ => "" };
            int width = random.Next(1, 5), host = random.Next(2, 4);
            exposes.Add($"{{ ips: [{{ cidr: 10.{realm}.0.{host}/32 }}], as: [{{ cidr: 203.0.{block}.{random.Next(3)}/32 }}], " +
                $"nat: {{ portForward: {{ ports: [{{ {protocol}port: \"50-{49 + width}\", as: \"7000-{6999 + width}\" }}] }} }} }}");
        }

        if (random.Next(3) != 0)
        {
            bool isShorter = random.Next(3) == 0;
            string gone = isShorter ? $", {{ not: 10.{realm}.0.130/32 }}" : "", notShown = isShorter ? $", {{ not: 198.51.{block}.{random.Next(16)}/32 }}" : "";
            exposes.Add($"{{ ips: [{{ cidr: 10.{realm}.0.128/28 }}{gone}], as: [{{ cidr: 198.51.{block}.0/28 }}{notShown}], nat: {{ static: {{}} }} }}");
        }

        return string.Join(", ", exposes);
    }

    private string Acl(int from, int to)
    {
        string rule = random.Next(3) switch
        {
            0 => $"{{ name: one, from: r{from}, action: deny, match: {{ proto: tcp, dst: [{{ ports: [\"52\"] }}] }} }}",
            1 => $"{{ name: one, from: r{from}, action: allow, scope: flow, match: {{ proto: udp }} }}",
            _ => $"{{ name: one, from: r{to}, action: allow, scope: packet, match: {{ proto: tcp }} }}, {{ name: two, from: r{from}, action: allow, scope: flow }}",
        };
        return $" }}, acl: {{ default: {(random.Next(2) == 0 ? "deny" : "deny-unless-exposed")}, rules: [{rule}]";
    }
}
