using System.Globalization;
using System.Text;

namespace Sluice.Benchmarks.Size;

/// <summary>The peerings of a large configuration, in block form as a cluster's tools print them: every kind of expose, both families, some with access lists.</summary>
internal sealed class PeeringTexts(SizeConfiguration size, bool changed)
{
    private readonly StringBuilder text = new();
    private int number;

    public string All()
    {
        for (int left = 0; left < size.Vpcs; left++)
            for (int step = 0; step < size.Degree; step++, number++) Peering(left, (left + step + 1) % size.Vpcs, step);
        return text.ToString();
    }

    // One configuration in a hundred is another in the changed one, and only of VPCs whose packets nobody counts.
    private bool IsChanged(int which) => changed && number % 100 == which && number / size.Degree >= size.Reached;

    private void Peering(int left, int right, int step)
    {
        int kind = number % 10;
        bool native = kind is 4 or 5 or 8;
        Add($$"""
            ---
            apiVersion: {{(native ? "sluice.dev/v1alpha1" : "gateway.githedgehog.com/v1alpha1")}}
            kind: {{(native ? "Peering" : "GatewayPeering")}}
            metadata:
              name: p{{number}}
              namespace: default
            spec:
              gatewayGroup: default
              peering:
            """);
        End(left, step, kind is 0 or 1 or 2 or 3 or 4 or 5 ? 'A' : kind is 6 or 7 ? 'B' : kind == 8 ? 'C' : 'D');
        End(right, size.Degree + step, kind is 4 or 5 ? 'A' : kind == 9 ? 'E' : 'B');
        if (kind == 3) Acl(left, right, step);
    }

    private void End(int vpc, int slot, char form)
    {
        Add($"""
                {SizeConfiguration.NameOf(vpc)}:
                  expose:
            """);
        string hidden = $"172.16.{slot}", fixedOnes = $"172.16.{32 + slot}", own = SizeConfiguration.Own(vpc, slot, "");
        switch (form)
        {
            case 'A':
                Expose([own + "0/24"]);
                Expose([hidden + ".0/24"], [Public(vpc, slot, 0, IsChanged(10) ? 31 : 30)], "masquerade:\n                idleTimeout: 5m0s");
                Expose([hidden + ".10/32"], [Public(vpc, slot, 0, 32)], Forwards(("tcp", "22", IsChanged(0) ? "22102" : "22101"), ("tcp", "443", "443")));
                Expose([hidden + ".11/32"], [Public(vpc, slot, 1, 32)], Forwards(("udp", "53", "53"), ("tcp", "8000-8009", "18000-18009")));
                Expose([fixedOnes + ".0/26"], [Public(vpc, slot, 64, 26)], "static: {}");
                break;
            case 'B':
                Expose([own + "0/25"]);
                Expose([own + "128/26"]);
                Expose([fixedOnes + ".0/26", "!" + fixedOnes + ".0/28"], [Public(vpc, slot, 64, 27), Public(vpc, slot, 96, 27), "!" + Public(vpc, slot, 112, 28)], "static: {}");
                Expose([$"172.16.{64 + slot}.0/28"], [Public(vpc, slot, 32, 28)], "static: {}");
                Expose([$"172.16.{96 + slot}.5/32"], [Public(vpc, slot, 0, 32)], "static: {}");
                break;
            case 'C':
                Expose([own + "0/25"]);
                Expose([own + "128/26"]);
                Expose([fixedOnes + ".0/26;4001-5000"], [Public(vpc, slot, 64, 26) + ";6001-7000"], "static: {}");
                Expose([hidden + ".0/24"], [Public(vpc, slot, 0, 30)], "masquerade:\n                profile: games");
                Expose([hidden + ".10/32"], [Public(vpc, slot, 0, 32)], Forwards(("", "5060-5070", "5060-5070")));
                break;
            default:
                string six = Invariant($"2001:db8:{vpc:x}:{slot:x}"), publics = Invariant($"2001:db8:8000:{vpc:x}:{slot:x}");
                Expose([six + "::/80"]);
                Expose([six + ":1::/80"]);
                Expose([six + ":2::/112"], [publics + ":2::/112"], "static: {}");
                if (form == 'E')
                {
                    Expose([six + ":3::/120"], [publics + ":3::/120"], "static: {}");
                    Expose([six + ":4::/112", "!" + six + ":4::/120"], [publics + ":4::/112", "!" + publics + ":4::ff00/120"], "static: {}");
                    break;
                }

                Expose([six + ":3::/80"], [publics + ":3::/126"], "masquerade: {}");
                Expose([six + ":3::10/128"], [publics + ":3::/128"], Forwards(("tcp", "22", "22101")));
                break;
        }
    }

    private static string Public(int vpc, int slot, int offset, int length)
    {
        int address = (vpc * 4096) + (slot * 128) + offset;
        return Invariant($"100.{64 + (address >> 16)}.{(address >> 8) & 255}.{address & 255}/{length}");
    }

    private void Expose(string[] ips, string[]? publics = null, string? nat = null)
    {
        List("        - ips:", ips);
        if (publics is null) return;
        List("          as:", publics);
        Add($"""
                      nat:
                        {nat}
            """);
    }

    private void List(string head, string[] entries)
    {
        text.Append(head).Append('\n');
        foreach (string entry in entries)
        {
            string[] parts = entry.TrimStart('!').Split(';');
            text.Append("            - ").Append(entry[0] == '!' ? "not: " : "cidr: ").Append(parts[0]).Append('\n');
            if (parts.Length == 2) text.Append("              ports: \"").Append(parts[1]).Append("\"\n");
        }
    }

    private static string Forwards(params ReadOnlySpan<(string Protocol, string Inside, string Outside)> forwards)
    {
        var list = new StringBuilder("portForward:\n                idleTimeout: 10m0s\n                ports:");
        foreach ((string protocol, string inside, string outside) in forwards)
            list.Append(Invariant($"\n                  - proto: \"{protocol}\"\n                    port: \"{inside}\"\n                    as: \"{outside}\""));
        return list.ToString();
    }

    private void Acl(int left, int right, int step)
    {
        string from = SizeConfiguration.NameOf(left), to = SizeConfiguration.NameOf(right);
        Add($$"""
              acl:
                default: deny
                rules:
                  - name: no-telnet
                    from: {{from}}
                    action: deny
                    match: { proto: tcp, dst: [{ ports: ["23"] }] }
                  - name: web
                    from: {{from}}
                    action: allow
                    match: { proto: tcp, dst: [{ cidr: {{SizeConfiguration.Own(right, size.Degree + step, "0/25")}}, ports: ["80", "443", "{{(IsChanged(23) ? "8080-8090" : "8080")}}"] }] }
                  - name: any-udp
                    from: {{from}}
                    action: allow
                    match: { proto: udp }
                  - name: back
                    from: {{to}}
                    action: allow
                    match: { proto: tcp, dst: [{ ports: ["22101", "443"] }] }
            """);
    }

    private void Add(FormattableString lines) => text.Append(Invariant(lines)).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
