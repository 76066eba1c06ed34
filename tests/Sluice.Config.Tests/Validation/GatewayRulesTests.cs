using Sluice.Config.Documents;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Validation;

/// <summary>The native Gateway: links, realms, limits.</summary>
public class GatewayRulesTests
{
    private static string Gateway(string spec) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec: {{spec}}

        """;

    private static string Link(string fields) => Gateway($"{{links: [{{name: a, driver: memory, {fields}}}], realms: [{{name: vpc-1, vni: 7}}]}}");

    [Theory]
    [InlineData("realm: vpc-2", ConfigRule.NoSuchVpc)]
    [InlineData("addresses: [10.0.0.1/24, 10.0.0.1/16]", ConfigRule.DuplicateAddress)]
    [InlineData("addresses: [127.0.0.1/8]", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: [224.0.0.1/8]", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: ['ff02::1/64']", ConfigRule.SpecialUsePrefix)]
    [InlineData("addresses: [10.0.0.1/40]", ConfigRule.Invalid)]
    [InlineData("addresses: 10.0.0.1/24", ConfigRule.WrongType)]
    [InlineData("routes: [{via: 10.0.0.2}]", ConfigRule.MissingParameter)]
    [InlineData("routes: [{to: 10.0.0.0/8, via: '2001:db8::1'}]", ConfigRule.InconsistentIpVersion)]
    [InlineData("routes: [{to: 10.0.0.0/8, via: 10.1.1.1}, {to: 10.0.0.0/8, via: 10.1.1.2}]", ConfigRule.Invalid)]
    [InlineData("mtu: 20", ConfigRule.Invalid)]
    [InlineData("mtu: '1500'", ConfigRule.WrongType)]
    [InlineData("mtu: 1500.5", ConfigRule.Invalid)]
    [InlineData("vlan: 4095", ConfigRule.Invalid)]
    [InlineData("vlan: 0", ConfigRule.Invalid)]
    [InlineData("mac: '02:00:00:00:00'", ConfigRule.Invalid)]
    [InlineData("mac: 'ff:ff:ff:ff:ff:ff'", ConfigRule.Invalid)]
    [InlineData("neighbors: [{address: 10.0.0.2}]", ConfigRule.MissingParameter)]
    [InlineData("neighbors: [{address: 10.0.0.2, mac: '02:00:00:00:00:01'}, {address: 10.0.0.2, mac: '02:00:00:00:00:02'}]", ConfigRule.DuplicateAddress)]
    [InlineData("vxlan: {port: 4789}", ConfigRule.MissingParameter)]
    [InlineData("adresses: [10.0.0.1/24]", ConfigRule.UnknownField)]
    [InlineData("name: b", ConfigRule.DuplicateField)]
    public void A_link_is_refused(string fields, ConfigRule rule) => Refused(Link(fields), rule);

    [Theory]
    [InlineData("{links: [{driver: tun}]}", ConfigRule.MissingParameter)]
    [InlineData("{links: [{name: a}]}", ConfigRule.MissingParameter)]
    [InlineData("{links: [{name: a/b, driver: tun}]}", ConfigRule.Invalid)]
    [InlineData("{links: [{name: '', driver: tun}]}", ConfigRule.MissingIdentifier)]
    [InlineData("{links: [{name: a, driver: dpdk}]}", ConfigRule.Invalid)]
    [InlineData("{links: [{name: a, driver: tun}, {name: a, driver: tun}]}", ConfigRule.DuplicateName)]
    [InlineData("{links: [{name: a, driver: tun}, {name: b, driver: tun, device: a}]}", ConfigRule.DuplicateName)]
    [InlineData("{links: [{name: a, driver: tun, vlan: 7}]}", ConfigRule.Forbidden)]
    [InlineData("{realms: [{name: a}, {name: a}]}", ConfigRule.DuplicateName)]
    [InlineData("{realms: [{name: a, vni: 1}, {name: b, vni: 1}]}", ConfigRule.DuplicateVpcVni)]
    [InlineData("{realms: [{vni: 1}]}", ConfigRule.MissingParameter)]
    [InlineData("{sessions: {capacity: 0}}", ConfigRule.Invalid)]
    [InlineData("{sessions: {capacity: many}}", ConfigRule.WrongType)]
    [InlineData("{sessions: {size: 5}}", ConfigRule.UnknownField)]
    [InlineData("{workers: 65}", ConfigRule.Invalid)]
    [InlineData("{identity: [192.0.0.8, 192.0.0.9]}", ConfigRule.Invalid)]
    [InlineData("{timers: {udp: 60}}", ConfigRule.Invalid)]
    [InlineData("{timers: {udp: 0s}}", ConfigRule.Invalid)]
    [InlineData("{timers: {udp: 5 minutes}}", ConfigRule.Invalid)]
    [InlineData("{timers: {tcp: 5m}}", ConfigRule.UnknownField)]
    [InlineData("{logging: {level: loud}}", ConfigRule.Invalid)]
    public void A_gateway_is_refused(string spec, ConfigRule rule) => Refused(Gateway(spec), rule);

    [Fact]
    public void Everything_of_a_gateway_is_read()
    {
        GatewayDocument gateway = Accepted(Gateway("""
            {links: [{name: a, device: eth1, driver: afpacket, addresses: [10.0.0.1/24, '2001:db8::1/64'], routes: [{to: 0.0.0.0/0, via: 10.0.0.254}], mtu: 9000,
              mac: '02:00:00:00:00:01', neighbors: [{address: 10.0.0.2, mac: 02:00:00:00:00:02}], vlan: 7, vxlan: {local: 10.0.0.1}}],
             sessions: {capacity: 5}, timers: {tcpTransitory: 5m, tcpClosing: 6m}, workers: 3, identity: [192.0.2.8, '2001:db8::8'], logging: {level: debug}, api: {socket: /run/s}}
            """)).Gateway;
        LinkSpec link = Assert.Single(gateway.Links);
        Assert.Equal(("a", "eth1", LinkDriver.AfPacket, "default", 9000, 7), (link.Name, link.Device, link.Driver, link.Realm, link.Mtu, link.Vlan));
        Assert.Equal(["10.0.0.1 in 10.0.0.0/24", "2001:db8::1 in 2001:db8::/64"], link.Addresses.Select(a => $"{a.Address} in {a.Connected}"));
        Assert.Equal("0.0.0.0/0 via 10.0.0.254", $"{link.Routes[0].To} via {link.Routes[0].Via}");
        Assert.Equal("02:00:00:00:00:02", link.Neighbors[0].Mac.ToString());
        Assert.Equal((ushort)4789, link.Vxlan!.Port);
        Assert.Equal((5, 3, LogLevelChoice.Debug, "/run/s"), (gateway.SessionCapacity, gateway.Workers, gateway.LogLevel, gateway.ApiSocket));
        Assert.Equal("192.0.2.8 2001:db8::8", $"{gateway.IdentityV4} {gateway.IdentityV6}");
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6)), (gateway.Timers.TcpHalfOpen, gateway.Timers.TcpClosing));
    }

    [Fact]
    public void A_gateway_without_fields_has_the_documented_defaults()
    {
        GatewayDocument gateway = Accepted(Gateway("{}")).Gateway;
        Assert.Equal((1_000_000, 1, "192.0.0.8"), (gateway.SessionCapacity, gateway.Workers, gateway.IdentityV4.ToString()));
        Assert.Null(gateway.IdentityV6);
    }

    [Fact]
    public void An_error_points_at_the_line_of_the_value()
    {
        LoadResult result = ConfigLoader.LoadText("t.yaml", """
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata:
              name: gw
            spec:
              links:
                - name: a
                  driver: tun
                  realm: vpc-2
              realms:
                - name: vpc-1
                  vni: 7
                - name: vpc-3
                  vni: 7
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata:
              name: p
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata:
              name: p
            """);
        Assert.Equal(
            [(ConfigRule.NoSuchVpc, 9, 14), (ConfigRule.DuplicateVpcVni, 14, 12), (ConfigRule.DuplicateName, 24, 9)],
            result.Problems.Select(problem => (problem.Rule, problem.Place.Line, problem.Place.Column)));
        Assert.Equal([12, 19], result.Problems.SelectMany(problem => problem.Others).Select(other => other.Line));
    }

    [Fact]
    public void There_is_one_gateway() => Refused(Gateway("{}") + Gateway("{}"), ConfigRule.TooManyInstances);

    [Fact]
    public void A_vpc_is_a_realm_and_its_vni_is_one()
    {
        ConfigSet set = Accepted(Vpc("vpc-1", "{vni: 7}") + Gateway("{links: [{name: a, driver: tun, realm: vpc-1}], realms: [{name: vpc-1, vni: 7}]}"));
        Assert.Equal(7, set.FindRealm("vpc-1")!.Vni);
        Assert.NotNull(set.FindRealm("default"));
        Assert.Single(Refused(Vpc("vpc-1", "{vni: 7}") + Gateway("{realms: [{name: vpc-1, vni: 8}]}"), ConfigRule.InvalidVpcVni).Others);
        Refused(Vpc("vpc-1", "{vni: 7}") + Gateway("{realms: [{name: vpc-2, vni: 7}]}"), ConfigRule.DuplicateVpcVni);
    }

    [Theory]
    [InlineData("{tcpEstablished: 1h}")]
    [InlineData("{tcpTransitory: 1m}")]
    [InlineData("{udp: 30s}")]
    [InlineData("{icmp: 3s}")]
    public void A_timer_under_the_minimum_of_its_rfc_is_a_warning(string timers)
    {
        LoadResult result = Load(Gateway($"{{timers: {timers}}}"));
        Assert.NotNull(result.Set);
        Assert.Equal(ConfigRule.ShortTimer, Assert.Single(result.Problems).Rule);
    }

    [Theory]
    [InlineData("driver: afxdp")]
    [InlineData("driver: tap")]
    [InlineData("driver: afpacket, vxlan: {local: 10.0.0.1}")]
    public void What_this_version_cannot_run_is_refused_with_its_place(string fields)
    {
        string yaml = Gateway($"{{links: [{{name: a, {fields}}}]}}");
        Accepted(yaml);
        ConfigError error = Assert.Single(ConfigLoader.LoadText("t.yaml", yaml).Problems);
        Assert.Equal((ConfigRule.NotYetSupported, 5), (error.Rule, error.Place.Line));
    }
}
