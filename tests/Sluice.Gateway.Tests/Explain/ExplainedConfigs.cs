using System.Globalization;
using Sluice.Config;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Tests.Explain;

/// <summary>Random configurations of every kind of expose over three realms with a link each, and addresses and ports that meet them.</summary>
internal sealed class ExplainedConfigs(Random random, IpFamily family)
{
    public static readonly string[] Realms = ["a", "b", "c"];

    private static readonly ushort[] Ports = [22, 80, 2222, 3333, 5000];

    /// <summary>A configuration; null where the dice gave one that is not valid.</summary>
    public ConfigSet? Draw()
    {
        var text = new System.Text.StringBuilder("apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw }\nspec:\n  links:\n");
        for (int realm = 0; realm < Realms.Length; realm++)
        {
            string addresses = random.Next(3) == 0 ? $", addresses: [\"{Private(realm, 1)}/{Length(8)}\"]" : "";
            string routes = random.Next(4) == 0 ? $", routes: [{{ to: \"{Private(9, 0)}/{Length(8)}\" }}]" : "";
            text.Append(CultureInfo.InvariantCulture, $"    - {{ name: {Realms[realm]}0, driver: tun, realm: {Realms[realm]}{addresses}{routes} }}\n");
        }

        // A realm without a link is nowhere to go to, and a realm with two needs routes.
        if (random.Next(4) == 0) text.Append(CultureInfo.InvariantCulture, $"    - {{ name: c1, driver: tun, realm: c, routes: [{{ to: \"{Private(2, 64)}/{Length(4)}\" }}] }}\n");
        text.Append("  realms: [{ name: a }, { name: b }, { name: c }]\n");
        bool hasDefault = false;
        for (int left = 0; left < Realms.Length; left++)
        {
            for (int right = left + 1; right < Realms.Length; right++)
            {
                if (random.Next(4) == 0) continue;
                bool isDefault = right == 2 && !hasDefault && random.Next(3) == 0;
                hasDefault |= isDefault;
                text.Append(CultureInfo.InvariantCulture, $$"""
                    ---
                    apiVersion: sluice.dev/v1alpha1
                    kind: Peering
                    metadata: { name: {{Realms[left]}}-{{Realms[right]}} }
                    spec:
                      peering:
                        {{Realms[left]}}: { expose: [{{Exposes(left)}}] }
                        {{Realms[right]}}: { expose: [{{(isDefault ? "{ default: true }" : Exposes(right))}}] }
                    {{Acl(Realms[left], Realms[right])}}

                    """);
            }
        }

        if (random.Next(2) == 0) text.Append(SourceNat(random.Next(3)));
        return ConfigLoader.LoadText("test.yaml", text.ToString()).Set;
    }

    public IpAddress Source(int realm) => IpAddress.Parse(Private(realm, Host()));

    public IpAddress Destination() => IpAddress.Parse(random.Next(5) switch
    {
        0 or 1 => Private(random.Next(3), Host()),
        4 when random.Next(3) == 0 => Private(9, 7),
        _ => Public(random.Next(3), random.Next(2) == 0 ? Host() : 128 + random.Next(4)),
    });

    public ushort Port() => Ports[random.Next(Ports.Length)];

    private string SourceNat(int realm)
    {
        string links = random.Next(3) == 0 ? $", links: [{Realms[random.Next(3)]}0]" : "";
        string exclude = random.Next(2) == 0 ? $", exclude: [\"{Private(random.Next(3), 0)}/{Length(7)}\"]" : "";
        string policy = random.Next(3) == 0 ? $", policy: dnat, rewrites: [{{ prefix: \"{Private(9, 0)}/{Length(8)}\", to: \"{Private(random.Next(3), 0)}\" }}]" : "";
        return $$"""
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: SourceNat
            metadata: { name: leaving }
            spec: { realm: {{Realms[realm]}}, addresses: ["{{Public(random.Next(3), 128 + random.Next(6))}}"]{{links}}{{exclude}}{{policy}} }
            """;
    }

    private int Host() => random.Next(4) switch { 0 => 5, 1 => 6, 2 => random.Next(1, 8), _ => random.Next(0, 256) };

    private string Exposes(int realm)
    {
        string whole = $"\"{Private(realm, 0)}/{Length(8)}\"", lower = $"\"{Private(realm, 0)}/{Length(7)}\"", upper = $"\"{Private(realm, 128)}/{Length(7)}\"";
        string oneToOne = $"{{ ips: [{{ cidr: {lower} }}], as: [{{ cidr: \"{Public(realm, 0)}/{Length(7)}\" }}], nat: {{ static: {{}} }} }}";
        string forwards = string.Join(", ", Forward(realm, 5, "tcp", 22, 2222), Forward(realm, 6, "udp", 5000, 3333), Forward(realm, 6, "", 80, 80));
        return random.Next(8) switch
        {
            0 => $"{{ ips: [{{ cidr: {whole} }}] }}",
            1 => $"{{ ips: [{{ cidr: {whole} }}, {{ not: \"{Private(realm, 4)}/{Length(2)}\" }}] }}",
            2 => oneToOne,
            3 => Masquerade(whole, realm),
            4 => forwards,
            5 => $"{Masquerade(whole, realm)}, {forwards}",
            6 => $"{oneToOne}, {Masquerade(upper, realm)}",
            _ => $"{{ ips: [{{ cidr: \"{Private(realm, 5)}/{Length(0)}\", ports: \"20-29\" }}], as: [{{ cidr: \"{Public(realm, 5)}/{Length(0)}\", ports: \"2220-2229\" }}], nat: {{ static: {{}} }} }}",
        };
    }

    private string Masquerade(string ips, int realm) =>
        $"{{ ips: [{{ cidr: {ips} }}], as: [{{ cidr: \"{Public(realm, 128)}/{Length(random.Next(2))}\" }}], nat: {{ masquerade: {{}} }} }}";

    private string Forward(int realm, int host, string protocol, int inside, int outside) =>
        $"{{ ips: [{{ cidr: \"{Private(realm, host)}/{Length(0)}\" }}], as: [{{ cidr: \"{Public(realm, 128)}/{Length(0)}\" }}], "
        + $"nat: {{ portForward: {{ ports: [{{ {(protocol.Length == 0 ? "" : $"proto: {protocol}, ")}port: \"{inside}\", as: \"{outside}\" }}] }} }} }}";

    private string Acl(string left, string right)
    {
        if (random.Next(2) == 0) return "";
        var rules = new List<string>();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            string match = random.Next(4) switch
            {
                0 => "{ proto: tcp, dst: [{ ports: [\"80\", \"2222-3333\"] }] }",
                1 => "{ proto: udp }",
                2 => "{ proto: icmp }",
                _ => "{ proto: tcp, src: [{ ports: [\"5000\"] }] }",
            };
            string scope = random.Next(2) == 0 ? "flow" : "packet";
            rules.Add($"{{ from: {(random.Next(2) == 0 ? left : right)}, action: {(random.Next(3) == 0 ? "deny" : "allow")}, match: {match}, scope: {scope} }}");
        }

        return $"  acl: {{ default: {(random.Next(2) == 0 ? "deny" : "deny-unless-exposed")}, rules: [{string.Join(", ", rules)}] }}";
    }

    private string Private(int realm, int host) => family == IpFamily.V4 ? $"10.{realm}.0.{host}" : $"2001:db8:{realm}::{host:x}";

    private string Public(int realm, int host) => family == IpFamily.V4 ? $"203.0.{realm}.{host}" : $"2001:db8:ff{realm}::{host:x}";

    private int Length(int hostBits) => (family == IpFamily.V4 ? 32 : 128) - hostBits;
}
