using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Two realms that show each other hosts of every kind in one family, and packets between any of them.</summary>
/// <remarks>
/// Realm i shows 192.0.i.0/24 as it is; 10.i.0.0/25 is masqueraded as 203.0.i.0/30, of which port 50 to 54 of 10.i.0.5 is forwarded as 203.0.i.1 port 7000 to 7004;
/// 10.i.0.128/28 is 198.51.i.0/28 one to one; ports 4001 to 5000 of 10.i.1.0/28 are ports 6001 to 7000 of 198.52.i.0/28. The same in IPv6.
/// </remarks>
internal sealed class RoundTripNet(Random random, bool v6)
{
    private int sent;

    public static string Configuration(bool v6) => Net.Of(
        [
            .. new[] { 1, 2 }.Select(i => v6
                ? Net.Link($"r{i}", $"fd01:{i}::1/64", $"fd01:{i}::2", $", routes: [{{ to: \"fd00:{i}::/32\", via: \"fd01:{i}::2\" }}, {{ to: \"2001:db8:{i}::/48\", via: \"fd01:{i}::2\" }}]")
                : Net.Link($"r{i}", $"172.16.{i}.1/24", $"172.16.{i}.2", $", routes: [{{ to: 10.{i}.0.0/16, via: 172.16.{i}.2 }}, {{ to: 192.0.{i}.0/24, via: 172.16.{i}.2 }}]")),
        ],
        [$"r1: {{ expose: [{End(1, v6)}] }}, r2: {{ expose: [{End(2, v6)}] }}"]);

    /// <summary>One packet: by which link, and as a script line.</summary>
    public (string Link, string Line) Next()
    {
        int from = random.Next(1, 3), to = 3 - from;
        int kind = random.Next(5), shownAs = random.Next(4);
        int port = 10_000 + (sent++ % 40_000), toPort = random.Next(1, 65_536);
        string source = kind switch
        {
            0 => Host(v6, "192.0", "2001:db8", from, random.Next(2, 200)),
            1 => Host(v6, "10", "fd00", from, random.Next(6, 100)),
            2 => Host(v6, "10", "fd00", from, 128 + random.Next(16)),
            3 => v6 ? $"fd00:{from}:1::{random.Next(16):x}" : $"10.{from}.1.{random.Next(16)}",
            _ => Host(v6, "10", "fd00", from, 5),
        };
        string destination = shownAs switch
        {
            0 => Host(v6, "192.0", "2001:db8", to, random.Next(2, 200)),
            1 => Host(v6, "198.51", "2001:db8:bb", to, random.Next(16)),
            2 => Host(v6, "198.52", "2001:db8:cc", to, random.Next(16)),
            _ => Host(v6, "203.0", "2001:db8:aa", to, 1),
        };
        (source, destination) = (IpAddress.Parse(source).ToString(), IpAddress.Parse(destination).ToString());
        port = kind switch { 3 => random.Next(4001, 5001), 4 => random.Next(50, 55), _ => port };
        toPort = shownAs switch { 2 => random.Next(6001, 7001), 3 => random.Next(7000, 7005), _ => toPort };

        // What has no ports passes where whole addresses are shown; what is neither TCP, UDP nor ICMP needs one-to-one addresses.
        int most = kind is 3 or 4 || shownAs is 2 or 3 ? 2 : kind == 1 ? 3 : 4;
        string line = random.Next(most) switch
        {
            0 => $"{With(source, port)} > {With(destination, toPort)} udp len {random.Next(60)}{(!v6 && random.Next(4) == 0 ? " nochecksum" : "")}",
            1 => $"{With(source, port)} > {With(destination, toPort)} tcp S seq {random.Next()} len {random.Next(60)}",
            2 => $"{source} > {destination} icmp echo request id {port} len {random.Next(60)}",
            _ => $"{source} > {destination} protocol 47",
        };
        return ($"r{from}", line);
    }

    private static string With(string address, int port) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string Host(bool v6, string four, string six, int realm, int host)
    {
        if (v6) return six.EndsWith("bb", StringComparison.Ordinal) || six.EndsWith("cc", StringComparison.Ordinal) || six.EndsWith("aa", StringComparison.Ordinal)
            ? $"{six}{realm}::{host:x}" : $"{six}:{realm}::{host:x}";
        return four == "10" ? $"10.{realm}.0.{host}" : $"{four}.{realm}.{host}";
    }

    private static string End(int i, bool v6)
    {
        const string Forwards = "portForward: { ports: [{ port: \"50-54\", as: \"7000-7004\" }] }", Ports = ", ports: \"4001-5000\"", PublicPorts = ", ports: \"6001-7000\"";
        return string.Join(", ", v6
            ?
            [
                $"{{ ips: [{{ cidr: \"2001:db8:{i}::/64\" }}] }}",
                Hidden($"fd00:{i}::/121", $"2001:db8:aa{i}::/126", "masquerade: {}"),
                Hidden($"fd00:{i}::5/128", $"2001:db8:aa{i}::1/128", Forwards),
                Hidden($"fd00:{i}::80/124", $"2001:db8:bb{i}::/124", "static: {}"),
                Hidden($"fd00:{i}:1::/124", $"2001:db8:cc{i}::/124", "static: {}", Ports, PublicPorts),
            ]
            :
            [
                $"{{ ips: [{{ cidr: 192.0.{i}.0/24 }}] }}",
                Hidden($"10.{i}.0.0/25", $"203.0.{i}.0/30", "masquerade: {}"),
                Hidden($"10.{i}.0.5/32", $"203.0.{i}.1/32", Forwards),
                Hidden($"10.{i}.0.128/28", $"198.51.{i}.0/28", "static: {}"),
                Hidden($"10.{i}.1.0/28", $"198.52.{i}.0/28", "static: {}", Ports, PublicPorts),
            ]);
    }

    private static string Hidden(string inside, string publics, string nat, string ports = "", string publicPorts = "") =>
        $"{{ ips: [{{ cidr: \"{inside}\"{ports} }}], as: [{{ cidr: \"{publics}\"{publicPorts} }}], nat: {{ {nat} }} }}";
}
