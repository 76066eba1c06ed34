using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Validation;

/// <summary>Rules M1 to M5: the exposes of one end of a peering.</summary>
public class EndRulesTests
{
    private const string Plain = "[{ips: [{cidr: 192.168.0.0/16}]}]";
    private const string Default = "[{default: true}]";

    internal static string None(string ips) => $"{{ips: [{{cidr: {ips}}}]}}";

    internal static string Static(string ips, string publics) => $"{{ips: [{{cidr: {ips}}}], as: [{{cidr: {publics}}}], nat: {{static: {{}}}}}}";

    internal static string Masquerade(string ips, string publics) => $"{{ips: [{{cidr: {ips}}}], as: [{{cidr: {publics}}}], nat: {{masquerade: {{}}}}}}";

    internal static string Forward(string ips, string port, string publics, string publicPort, string protocol = "tcp") =>
        $"{{ips: [{{cidr: {ips}}}], as: [{{cidr: {publics}}}], nat: {{portForward: {{ports: [{{proto: {protocol}, port: '{port}', as: '{publicPort}'}}]}}}}}}";

    public static TheoryData<string, ConfigRule> Rejected => new()
    {
        { "[]", ConfigRule.NoExposes },
        { "", ConfigRule.NoExposes },
        { "[{default: true}, {default: true}]", ConfigRule.Forbidden },
        { $"[{None("10.0.0.0/24")}, {None("'2001:db8::/32'")}]", ConfigRule.Forbidden },
        { $"[{None("'2001:db8::/32'")}, {None("10.0.0.0/24")}]", ConfigRule.Forbidden },
        { $"[{None("10.0.0.0/16")}, {None("10.0.1.0/24")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("10.0.1.0/24")}, {None("10.0.0.0/16")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("10.0.0.0/16")}, {Static("10.0.0.0/16", "2.0.0.0/16")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("2.0.0.0/16")}, {Static("10.0.0.0/16", "2.0.0.0/16")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("10.0.0.0/16")}, {Masquerade("10.0.1.0/24", "2.0.0.0/32")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("2.0.0.0/16")}, {Masquerade("10.0.1.0/24", "2.0.0.0/32")}]", ConfigRule.OverlappingPrefixes },
        { $"[{None("10.0.0.0/16")}, {Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Static("10.0.0.0/24", "2.0.0.0/24")}, {Static("10.0.0.0/24", "3.0.0.0/24")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Static("10.0.0.0/24", "2.0.0.0/24")}, {Masquerade("10.0.1.0/24", "2.0.0.0/31")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Static("10.0.0.0/24", "2.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "3.0.0.1/32", "8080")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Masquerade("10.0.0.0/16", "2.0.0.0/16")}, {Masquerade("10.1.0.0/16", "2.0.1.0/24")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Masquerade("10.0.0.0/16", "2.0.0.0/16")}, {Masquerade("10.0.1.0/24", "3.0.1.0/24")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}, {Forward("10.1.0.1/32", "80", "2.0.0.1/32", "8080")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080", "''")}, {Forward("10.1.0.1/32", "80", "2.0.0.1/32", "8080", "udp")}]", ConfigRule.OverlappingPrefixes },
        { $"[{Forward("10.0.0.1/32", "80-90", "2.0.0.1/32", "8080-8090")}, {Forward("10.1.0.1/32", "80", "2.0.0.1/32", "8090")}]", ConfigRule.OverlappingPrefixes },
    };

    public static TheoryData<string> AcceptedEnds => new()
    {
        $"[{{default: true}}, {None("10.0.0.0/24")}]",
        $"[{None("'2001:db8::/32'")}, {None("'2001:db9::/32'")}]",
        $"[{{default: true}}, {None("'2001:db8::/32'")}]",
        $"[{None("10.0.0.0/24")}, {None("10.0.1.0/24")}]",
        $"[{Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}, {Forward("10.1.0.1/32", "90", "2.0.0.1/32", "9090")}]",
        $"[{Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}, {Forward("10.1.0.1/32", "80", "2.0.0.1/32", "8080", "udp")}]",
        $"[{Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}, {Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8081")}]",
        $"[{Masquerade("10.0.0.0/24", "2.0.0.0/24")}, {Forward("10.0.0.1/32", "80", "2.0.0.1/32", "8080")}]",
        $"[{Masquerade("10.0.0.0/25", "2.0.0.0/25")}, {Forward("10.0.0.0/24", "80", "3.0.0.0/24", "8080")}]",
        $"[{Forward("10.0.1.2/32", "22", "100.1.10.0/32", "22101")}, {Masquerade("10.0.1.0/24", "100.1.10.0/32")}]",
        // Only what is left after exclusion counts.
        $"[{{ips: [{{cidr: 10.0.0.0/16}}, {{not: 10.0.1.0/24}}]}}, {None("10.0.1.0/24")}]",
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public void The_exposes_of_one_end_are_refused(string exposes, ConfigRule rule)
    {
        string other = exposes.Contains("db8", StringComparison.Ordinal) ? Default : exposes.Contains("default", StringComparison.Ordinal) ? Plain : Default;
        Refused(Peering(exposes, other), rule);
    }

    [Theory]
    [MemberData(nameof(AcceptedEnds))]
    public void The_exposes_of_one_end_are_accepted(string exposes)
    {
        bool hasDefault = exposes.Contains("default", StringComparison.Ordinal), isV6 = exposes.Contains("db8", StringComparison.Ordinal);
        Accepted(Peering(exposes, !hasDefault ? Default : isV6 ? "[{ips: [{cidr: '2001:dba::/32'}]}]" : Plain));
    }

    [Fact]
    public void A_conflict_names_both_prefixes_and_both_places()
    {
        ConfigError error = Refused("""
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: GatewayPeering
            metadata: { name: p }
            spec:
              peering:
                vpc-1:
                  expose:
                    - ips: [{ cidr: 1.0.0.0/16 }]
                    - ips: [{ cidr: 1.0.1.0/24 }]
                vpc-2: { expose: [{ default: true }] }
            """, ConfigRule.OverlappingPrefixes);
        Assert.Equal(
            "t.yaml:9:11: OverlappingPrefixes: GatewayPeering 'p': private prefixes of two exposes of 'vpc-1' overlap: 1.0.0.0/16 and 1.0.1.0/24; "
            + "a packet from 1.0.1.0 to 'vpc-2' meets both (see t.yaml:8:11)",
            error.ToString());
        Assert.Equal("spec.peering.vpc-1.expose[1]", error.Path);
    }

    [Theory]
    [InlineData("tcp", "8000-8100", "UDP", null)]
    [InlineData("tcp", "8000-8100", "tcp", "TCP from 'vpc-2' to 2.0.0.1:8050 meets both")]
    [InlineData("udp", "8000-8100", "''", "UDP from 'vpc-2' to 2.0.0.1:8050 meets both")]
    public void A_conflict_of_forwards_shows_a_packet_that_both_claim(string first, string ports, string second, string? packet)
    {
        string yaml = Peering(
            $"[{Forward("10.0.0.1/32", ports, "2.0.0.1/32", ports, first)}, {Forward("10.0.0.2/32", "8050", "2.0.0.1/32", "8050", second.ToLowerInvariant())}]", Plain);
        if (packet is null) Accepted(yaml);
        else Assert.EndsWith(packet, Refused(yaml, ConfigRule.OverlappingPrefixes).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1-65535", true)]
    [InlineData("1024-65535", true)]
    [InlineData("1024-65534", false)]
    [InlineData("2000-65535", false)]
    public void A_masquerade_needs_a_port_that_no_forward_claims(string ports, bool refused)
    {
        string yaml = Peering($"[{Masquerade("10.0.0.0/24", "2.0.0.1/32")}, {Forward("10.0.0.1/32", ports, "2.0.0.1/32", ports, "udp")}]", Plain);
        if (!refused)
        {
            Accepted(yaml);
            return;
        }

        ConfigError error = Refused(yaml, ConfigRule.NoPortsLeft);
        Assert.Contains("UDP", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Others);
    }
}
