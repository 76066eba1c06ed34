using Sluice.Config.Comparison;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Comparison;

/// <summary>What two configurations ask for differently, in words.</summary>
public class ConfigComparisonTests
{
    private const string Agent = """
        apiVersion: gwint.githedgehog.com/v1alpha1
        kind: GatewayAgent
        metadata: { name: gw-1, namespace: default, generation: 7 }
        spec:
          vpcs:
            vpc-1: { vni: 1001, internalID: AAAA1, subnets: { a: { cidr: 10.0.0.0/24 } } }
            vpc-2: { vni: 1002, internalID: AAAA2 }
          peerings:
            web:
              gatewayGroup: default
              peering:
                vpc-1: { expose: [{ ips: [{ vpcSubnet: a }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: { idleTimeout: 3m } } }] }
                vpc-2: { expose: [{ default: true }] }
        """;

    private const string Separate = """
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: VPCInfo
        metadata: { name: vpc-2 }
        spec: { vni: 1002, vpcID: AAAA2 }
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: GatewayPeering
        metadata: { name: web, namespace: default }
        spec:
          # the same, written by hand
          peering:
            vpc-1:
              expose:
                - ips: [{ vpcSubnet: a }]
                  as: [{ cidr: 203.0.113.1/32 }]
                  nat: { masquerade: { idleTimeout: 180s } }
            vpc-2: { expose: [{ default: true }] }
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: VPCInfo
        metadata: { name: vpc-1 }
        spec: { vni: 1001, vpcID: AAAA1, subnets: { a: { cidr: 10.0.0.0/24 } } }
        """;

    [Fact]
    public void One_merged_document_asks_for_what_documents_of_their_own_ask_for()
    {
        ConfigSet agent = Accepted(Agent), separate = Accepted(Separate);

        Assert.Empty(ConfigComparison.Compare(agent, separate));
        Assert.Equal((new AgentIdentity("gw-1", 7), null), (agent.Agent, separate.Agent));
    }

    [Fact]
    public void Whatever_a_peering_says_otherwise_is_a_change()
    {
        const string Whole = """
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: VPCInfo
            metadata: { name: a }
            spec: { vni: 1, vpcID: AAAA1, subnets: { one: { cidr: 10.0.0.0/24 }, two: { cidr: 10.1.0.0/24 } } }
            ---
            apiVersion: gateway.githedgehog.com/v1alpha1
            kind: VPCInfo
            metadata: { name: b }
            spec: { vni: 2, vpcID: AAAA2 }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Peering
            metadata: { name: p }
            spec:
              peering:
                a:
                  expose:
                    - { ips: [{ cidr: 10.0.0.0/25 }, { not: 10.0.0.8/32 }], as: [{ cidr: 203.0.113.0/31 }], nat: { masquerade: { idleTimeout: 3m } } }
                    - { ips: [{ cidr: 10.1.0.9/32 }], as: [{ cidr: 203.0.113.9/32 }], nat: { portForward: { ports: [{ proto: tcp, port: "22", as: "2200" }, { port: "80", as: "8000" }] } } }
                b: { expose: [{ ips: [{ cidr: 192.168.0.0/24 }] }] }
              acl:
                default: deny
                rules: [{ name: one, from: a, action: allow, log: true, match: { proto: tcp, src: [{ cidr: 10.0.0.0/26 }], dst: [{ ports: ["443"] }] } }]
            """;
        (string Old, string New)[] edits =
        [
            ("10.0.0.0/25", "10.0.0.0/26"), ("not: 10.0.0.8", "not: 10.0.0.9"), ("203.0.113.0/31", "203.0.113.0/32"), ("idleTimeout: 3m", "idleTimeout: 4m"), ("proto: tcp, port", "proto: udp, port"),
            ("port: \"80\"", "port: \"81\""), ("as: \"8000\"", "as: \"8001\""), ("192.168.0.0/24", "192.168.0.0/25"), ("default: deny", "default: deny-unless-exposed"), ("action: allow", "action: deny"),
            (", log: true", ""), ("match: { proto: tcp", "match: { proto: udp"), ("10.0.0.0/26 }], dst", "10.0.0.0/27 }], dst"), ("\"443\"", "\"444\""), ("name: one, from", "name: two, from"),
        ];
        ConfigSet old = Accepted(Whole);
        Assert.Empty(ConfigComparison.Compare(old, Accepted(Whole)));
        Assert.All(edits, edit => Assert.NotEmpty(ConfigComparison.Compare(old, Accepted(Whole.Replace(edit.Old, edit.New, StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData("idleTimeout: 3m", "idleTimeout: 4m", "Changed peering web, vpc-1 expose 1: idleTimeout 3m to 4m")]
    [InlineData("cidr: 10.0.0.0/24", "cidr: 10.0.1.0/24", "Changed vpc-1: subnets a 10.0.0.0/24 to a 10.0.1.0/24; Changed peering web, vpc-1 expose 1: ips 10.0.0.0/24 (subnet a) to 10.0.1.0/24 (subnet a)")]
    [InlineData("203.0.113.1/32", "203.0.113.2/32", "Changed peering web, vpc-1 expose 1: as 203.0.113.1/32 to 203.0.113.2/32")]
    [InlineData("nat: { masquerade: { idleTimeout: 3m } }", "nat: { masquerade: {} }", "Changed peering web, vpc-1 expose 1: idleTimeout 3m to nothing")]
    [InlineData("vni: 1002, ", "", "Changed vpc-2: vni 1002 to nothing")]
    [InlineData("web:", "web2:", "Added web2; Added peering web2, vpc-1 expose 1; Added peering web2, vpc-2 expose 1; Removed web; Removed peering web, vpc-1 expose 1; Removed peering web, vpc-2 expose 1")]
    [InlineData("gatewayGroup: default", "gatewayGroup: edge", "Changed web: gatewayGroup default to edge")]
    public void A_difference_names_the_item_and_the_field(string from, string to, string expected)
    {
        string next = Agent.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Agent, next);

        Assert.Equal(expected, string.Join("; ", ConfigComparison.Compare(Accepted(Agent), Accepted(next)).Select(Describe)));
    }

    [Fact]
    public void An_expose_that_moves_in_its_list_is_the_same_and_only_the_new_one_is_new()
    {
        const string first = "{ ips: [{ cidr: 10.0.0.0/24 }] }", second = "{ ips: [{ cidr: 10.0.1.0/24 }] }", third = "{ ips: [{ cidr: 10.0.2.0/24 }] }";
        ConfigSet old = Accepted(Peering($"[{first}, {second}]", "[{default: true}]")), next = Accepted(Peering($"[{third}, {second}, {first}]", "[{default: true}]"));

        ConfigChange change = Assert.Single(ConfigComparison.Compare(old, next));

        Assert.Equal((ConfigChangeKind.Added, "ips", "10.0.2.0/24"), (change.Change, change.Item.Fields[0].Name, change.Item.Fields[0].Value));
        Assert.EndsWith("expose 1", change.Item.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_profiles_and_the_gateway_are_items_of_their_own()
    {
        const string old = """
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links: [{ name: a, driver: tun, addresses: [10.0.0.1/24] }]
              realms: [{ name: r }]
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: games }
            spec: { filtering: endpointIndependent, timers: { udp: 3m } }
            """;
        string next = old.Replace("addresses: [10.0.0.1/24]", "addresses: [10.0.0.1/24], routes: [{ to: 10.7.0.0/16, via: 10.0.0.254 }]", StringComparison.Ordinal)
            .Replace("udp: 3m", "udp: 4m", StringComparison.Ordinal)
            .Replace("realms: [{ name: r }]", "realms: [{ name: r, vni: 5 }]\n  workers: 2", StringComparison.Ordinal);

        Assert.Equal(
            "Changed gw: workers 1 to 2; Changed a: routes nothing to 10.7.0.0/16 via 10.0.0.254; Changed r: vni nothing to 5; Changed games: timers.udp 3m to 4m",
            string.Join("; ", ConfigComparison.Compare(Accepted(old), Accepted(next)).Select(Describe)));
    }

    private static string Describe(ConfigChange change) => change.Fields.IsEmpty
        ? $"{change.Change} {change.Item.Name}"
        : $"{change.Change} {change.Item.Name}: {string.Join(", ", change.Fields.Select(f => $"{f.Name} {f.From ?? "nothing"} to {f.To ?? "nothing"}"))}";
}
