using Sluice.Packets.Addresses;
using Sluice.Sessions;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Port forwards, alone and beside a masquerade on the same addresses.</summary>
public class ForwardTests
{
    private static readonly string B = End("b", Plain("10.2.0.0/24"));

    // The main use of the reference: one public address, masqueraded, with ssh forwarded to one host.
    private static TestPolicy Beside() => Of(
    [
        End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32"), Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 22101>22")) + ", " + End("ext.net", Default),
    ]);

    [Fact]
    public void A_forwarded_port_leads_to_its_host_and_every_other_one_to_the_mappings()
    {
        TestPolicy policy = Beside();
        Assert.Equal("session a: 8.8.8.8:999 > 10.1.0.2:22", policy.Translate("ext.net", "8.8.8.8:999", "203.0.113.1:22101", "tcp"));
        Assert.Equal("peering p0, a expose 2 (portForward tcp 22101 to 22)", policy.RuleFor("ext.net", "8.8.8.8:999", "203.0.113.1:22101", "tcp"));
        Assert.Equal("ask ext.net", policy.Translate("ext.net", "8.8.8.8:999", "203.0.113.1:22101", "udp"));
        Assert.Equal("ask ext.net", policy.Translate("ext.net", "8.8.8.8:999", "203.0.113.1:22102", "tcp"));
        Assert.Equal("ask ext.net", policy.Translate("ext.net", "8.8.8.8:999", "203.0.113.1:22101", "ping"));
        Assert.Equal("drop UnsupportedProtocol", policy.Translate("ext.net", "8.8.8.8:0", "203.0.113.1:0", "47"));
        Assert.Equal("route ext.net", policy.Translate("ext.net", "8.8.8.8:999", "10.1.0.2:22", "tcp"));
    }

    [Fact]
    public void What_a_forwarded_endpoint_sends_leaves_from_its_forwarded_public_endpoint()
    {
        TestPolicy policy = Beside();
        Assert.Equal("session ext.net: 203.0.113.1:22101 > 8.8.8.8:53", policy.Translate("a", "10.1.0.2:22", "8.8.8.8:53", "tcp"));
        Assert.Equal("session ext.net: 203.0.113.1:* > 8.8.8.8:53", policy.Translate("a", "10.1.0.2:22", "8.8.8.8:53", "udp"));
        Assert.Equal("session ext.net: 203.0.113.1:* > 8.8.8.8:53", policy.Translate("a", "10.1.0.2:23", "8.8.8.8:53", "tcp"));
        Assert.Equal("session ext.net: 203.0.113.1:* > 8.8.8.8:53", policy.Translate("a", "10.1.0.2:22", "8.8.8.8:53", "ping"));
        Assert.Equal("session ext.net: 203.0.113.1:* > 8.8.8.8:53", policy.Translate("a", "10.1.0.3:22", "8.8.8.8:53", "tcp"));
        Assert.Equal("drop UnsupportedProtocol", policy.Translate("a", "10.1.0.2:0", "8.8.8.8:0", "47"));
    }

    [Fact]
    public void A_mapping_of_a_host_with_a_forward_lets_in_as_before()
    {
        Assert.Equal("session a", Beside().Inbound("ext.net", "8.8.8.8", "203.0.113.1", "ext.net", "a", "10.1.0.2"));
    }

    [Fact]
    public void Of_two_public_ports_of_one_private_one_the_first_listed_is_the_source()
    {
        foreach (string[] forwards in new[] { new[] { "tcp 9001>80", "tcp 8001>80" }, ["tcp 8001>80", "tcp 9001>80"], ["8000-8009>80-89", "tcp 9001>80"] })
        {
            TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32"), Forward("10.1.0.2/32", "203.0.113.1/32", forwards)) + ", " + B]);
            string first = forwards[0].Split(' ')[^1].Split('-', '>')[0];
            Assert.Equal($"session b: 203.0.113.1:{first} > 10.2.0.5:1", policy.Translate("a", "10.1.0.2:80", "10.2.0.5:1", "tcp"));
            Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.2:80", policy.Translate("b", "10.2.0.5:1", "203.0.113.1:9001", "tcp"));
        }
    }

    [Fact]
    public void A_host_that_only_has_forwards_cannot_begin_a_conversation()
    {
        TestPolicy policy = Of([End("a", Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 22101>22")) + ", " + B]);
        foreach (string source in new[] { "10.1.0.2:22", "10.1.0.2:23" })
            foreach (string protocol in new[] { "tcp", "udp", "ping", "47" })
                Assert.Equal("drop NotExposed", policy.Translate("a", source, "10.2.0.5:1", protocol));
        Assert.Equal("peering p0, a expose 1 (portForward tcp 22101 to 22)", policy.RuleFor("a", "10.1.0.2:22", "10.2.0.5:1", "tcp"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.2:22", policy.Translate("b", "10.2.0.5:1", "203.0.113.1:22101", "tcp"));
    }

    [Fact]
    public void A_forward_keeps_its_host_from_beginning_also_beside_a_default_expose()
    {
        TestPolicy policy = Of([End("a", Default, Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 22101>22")) + ", " + B]);
        Assert.Equal("drop NotExposed", policy.Translate("a", "10.1.0.2:22", "10.2.0.5:1", "tcp"));
        Assert.Equal("stateless b: 10.1.0.2:23 > 10.2.0.5:1", policy.Translate("a", "10.1.0.2:23", "10.2.0.5:1", "tcp"));
    }

    [Fact]
    public void A_public_port_that_nobody_has_is_not_exposed_and_the_address_stays_the_gateways()
    {
        TestPolicy policy = Of(
            [End("a", Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 22101>22")) + ", " + B, End("b", Plain("10.2.0.0/24")) + ", " + End("ext.net", Default)],
            gateway: """
              links:
                - { name: l0, driver: tun, realm: b, addresses: [203.0.113.9/24] }
            """);
        foreach (string protocol in new[] { "udp", "ping", "47" })
            Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:1", "203.0.113.1:22101", protocol));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:1", "203.0.113.1:22102", "tcp"));
        Assert.Equal("peering p0, a expose 1 (portForward tcp 22101 to 22)", policy.RuleFor("b", "10.2.0.5:1", "203.0.113.1:22102", "tcp"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.2:22", policy.Translate("b", "10.2.0.5:1", "203.0.113.1:22101", "tcp"));
        Assert.True(policy.Policy.IsPublic(policy.Realm("b"), IpAddress.Parse("203.0.113.1")));
        Assert.Equal("203.0.113.1", Assert.Single(policy.Policy.PublicAddresses(policy.Realm("b"))).ToString());
        Assert.False(policy.Policy.IsPublic(policy.Realm("a"), IpAddress.Parse("203.0.113.1")));
    }

    [Theory]
    [InlineData("tcp", true, false)]
    [InlineData("udp", false, true)]
    [InlineData("", true, true)]
    public void A_forward_takes_its_protocols(string protocol, bool tcp, bool udp)
    {
        TestPolicy policy = Of([End("a", Forward("10.1.0.0/24", "203.0.113.0/24", $"{protocol} 5000-5009>6000-6009".Trim())) + ", " + B]);
        const string passes = "session a: 10.2.0.5:1 > 10.1.0.77:6003", refused = "drop NotExposed";
        Assert.Equal(tcp ? passes : refused, policy.Translate("b", "10.2.0.5:1", "203.0.113.77:5003", "tcp"));
        Assert.Equal(udp ? passes : refused, policy.Translate("b", "10.2.0.5:1", "203.0.113.77:5003", "udp"));
        Assert.Equal(refused, policy.Translate("b", "10.2.0.5:1", "203.0.113.77:5003", "132"));
    }

    [Fact]
    public void Host_and_port_are_kept_apart_at_the_edges_of_both_ranges()
    {
        TestPolicy policy = Of([End("a", Forward("10.1.0.64/26", "203.0.113.0/26", "5000-5009>6000-6009")) + ", " + B]);
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.64:6000", policy.Translate("b", "10.2.0.5:1", "203.0.113.0:5000"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.127:6009", policy.Translate("b", "10.2.0.5:1", "203.0.113.63:5009"));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:1", "203.0.113.63:5010"));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:1", "203.0.113.0:4999"));
        Assert.Equal("route b", policy.Translate("b", "10.2.0.5:1", "203.0.113.64:5000"));
    }

    [Fact]
    public void The_longest_prefix_has_its_ports_and_shorter_ones_have_the_rest()
    {
        TestPolicy policy = Of(
        [
            End(
                "a",
                Masquerade("10.1.0.0/16", "203.0.113.0/24"),
                Forward("10.1.1.0/24", "203.0.113.0/24", "tcp 8000-8009>80-89"),
                Forward("10.1.2.7/32", "203.0.113.7/32", "tcp 443>8443", "udp 8000>53")) + ", " + B,
        ]);
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.2.7:8443", policy.Translate("b", "10.2.0.5:1", "203.0.113.7:443", "tcp"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.1.7:85", policy.Translate("b", "10.2.0.5:1", "203.0.113.7:8005", "tcp"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.2.7:53", policy.Translate("b", "10.2.0.5:1", "203.0.113.7:8000", "udp"));
        Assert.Equal("ask b", policy.Translate("b", "10.2.0.5:1", "203.0.113.7:8005", "udp"));
        Assert.Equal("ask b", policy.Translate("b", "10.2.0.5:1", "203.0.113.8:443", "tcp"));
    }

    [Fact]
    public void Forwards_that_only_partly_lie_in_a_masquerade_are_forwards_everywhere()
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/25", "203.0.113.0/25"), Forward("10.1.0.0/24", "203.0.113.0/24", "tcp 8080>80")) + ", " + B]);
        Assert.Equal("session b: 203.0.113.5:8080 > 10.2.0.5:1", policy.Translate("a", "10.1.0.5:80", "10.2.0.5:1", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("a", "10.1.0.200:80", "10.2.0.5:1", "tcp"));
        Assert.Equal("session a: 10.2.0.5:1 > 10.1.0.200:80", policy.Translate("b", "10.2.0.5:1", "203.0.113.200:8080", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:1", "203.0.113.200:8081", "tcp"));
        Assert.Equal("ask b", policy.Translate("b", "10.2.0.5:1", "203.0.113.100:8081", "tcp"));
    }

    [Fact]
    public void An_address_with_very_many_forwards_answers_for_each()
    {
        string[] forwards = [.. Enumerable.Range(0, 200).Select(static i => $"{(i % 2 == 0 ? "tcp" : "udp")} {2000 + 3 * i}-{2001 + 3 * i}>{12000 + 2 * i}-{12001 + 2 * i}")];
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32"), Forward("10.1.0.2/32", "203.0.113.1/32", forwards)) + ", " + B]);
        for (int port = 1990; port < 2610; port++)
        {
            foreach (string protocol in new[] { "tcp", "udp" })
            {
                int i = Math.DivRem(port - 2000, 3, out int offset);
                bool has = port >= 2000 && i < 200 && offset < 2 && i % 2 == (protocol == "tcp" ? 0 : 1);
                Assert.Equal(has ? $"session a: 10.2.0.5:1 > 10.1.0.2:{12000 + 2 * i + offset}" : "ask b", policy.Translate("b", "10.2.0.5:1", $"203.0.113.1:{port}", protocol));
            }
        }
    }

    [Fact]
    public void IPv6_is_forwarded_alike()
    {
        TestPolicy policy = Of([End("a", Masquerade("2001:db8:1::/64", "2001:db8:f::1/128"), Forward("2001:db8:1::2/128", "2001:db8:f::1/128", "tcp 22101>22")) + ", " + End("b", Plain("2001:db8:2::/64"))]);
        Assert.Equal("session a: [2001:db8:2::5]:1 > [2001:db8:1::2]:22", policy.Translate("b", "[2001:db8:2::5]:1", "[2001:db8:f::1]:22101", "tcp"));
        Assert.Equal("session b: [2001:db8:f::1]:22101 > [2001:db8:2::5]:1", policy.Translate("a", "[2001:db8:1::2]:22", "[2001:db8:2::5]:1", "tcp"));
        Assert.Equal("ask b", policy.Translate("b", "[2001:db8:2::5]:1", "[2001:db8:f::1]:22", "tcp"));
    }

    [Fact]
    public void Claims_are_what_forwards_have_by_realm_and_class()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32"), Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 22101>22", "tcp 22102-22105>30-33", "53>5353", "udp 54>5354")) + ", " + B,
            End("a", Forward("10.1.0.0/24", "203.0.113.0/24", "tcp 443>8443")) + ", " + End("c", Plain("10.3.0.0/24")),
        ]);
        IpAddress shared = IpAddress.Parse("203.0.113.1");
        var address = new IpRange(shared, shared);
        Assert.Equal(
            [
                new PortClaim(policy.Realm("b"), address, PortClass.Tcp, new PortRange(53, 53)),
                new PortClaim(policy.Realm("b"), address, PortClass.Tcp, new PortRange(22101, 22105)),
                new PortClaim(policy.Realm("b"), address, PortClass.Udp, new PortRange(53, 54)),
                new PortClaim(policy.Realm("c"), new IpRange(IpPrefix.Parse("203.0.113.0/24")), PortClass.Tcp, new PortRange(443, 443)),
            ],
            policy.Policy.PortClaims);
        Assert.Empty(Of([End("a", Static("10.1.0.0/24", "203.0.113.0/24")) + ", " + B]).Policy.PortClaims);
    }

    [Fact]
    public void Conduct_hides_the_forwarded_end_and_prolongs_from_outside_unless_told_not_to()
    {
        TestPolicy policy = Beside();
        Decision inbound = policy.Policy.Decide(policy.Packet("ext.net", "8.8.8.8:1", "203.0.113.1:22101", "tcp"));
        Assert.Equal((FlowConduct.KeepErrorSource, FlowConduct.None), (inbound.OriginalConduct, inbound.ReplyConduct));
        Decision outbound = policy.Policy.Decide(policy.Packet("a", "10.1.0.2:22", "8.8.8.8:1", "tcp"));
        Assert.Equal((FlowConduct.None, FlowConduct.KeepErrorSource), (outbound.OriginalConduct, outbound.ReplyConduct));

        foreach ((string refresh, FlowConduct expected) in new[] { ("auto", FlowConduct.None), ("off", FlowConduct.NoRefresh), ("on", FlowConduct.None) })
        {
            TestPolicy open = Of(
                [End("a", Forward("10.1.0.2/32", "203.0.113.1/32", "udp 53>5353")) + ", " + B],
                others: $$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: NatProfile
                metadata: { name: default }
                spec: { filtering: endpointIndependent, inboundRefresh: "{{refresh}}" }
                """);
            Decision udp = open.Policy.Decide(open.Packet("b", "10.2.0.5:1", "203.0.113.1:53", "udp"));
            Assert.Equal((FlowConduct.KeepErrorSource | expected, FlowConduct.None), (udp.OriginalConduct, udp.ReplyConduct));
        }
    }

    [Fact]
    public void A_forwards_own_idle_time_holds_for_its_sessions()
    {
        string forward = Forward("10.1.0.2/32", "203.0.113.1/32", "udp 53>5353").Replace("portForward: {", "portForward: { idleTimeout: 77s,", StringComparison.Ordinal);
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32", "idleTimeout: 155s"), forward) + ", " + B]);
        Assert.Equal(77_000u, policy.Policy.Timers[policy.Policy.Decide(policy.Packet("b", "10.2.0.5:1", "203.0.113.1:53", "udp")).Timers].Udp);
        Assert.Equal(77_000u, policy.Policy.Timers[policy.Policy.Decide(policy.Packet("a", "10.1.0.2:5353", "10.2.0.5:1", "udp")).Timers].Udp);
        Assert.Equal(155_000u, policy.Policy.Timers[policy.Policy.Decide(policy.Packet("a", "10.1.0.3:5353", "10.2.0.5:1", "udp")).Timers].Udp);
    }
}
