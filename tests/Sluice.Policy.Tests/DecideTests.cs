using Sluice.Packets;
using Sluice.Sessions;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>First packets, by what the two ends of the peering are.</summary>
public class DecideTests
{
    // a is 10.1.0.0/24, seen as 203.0.113.1 where masqueraded; b is 10.2.0.0/24, seen as 198.51.100.1.
    private static string Expose(string end, string how, bool v6) => (end, how, v6) switch
    {
        (_, "default", _) => Default,
        ("a", "none", false) => Plain("10.1.0.0/24"),
        ("b", "none", false) => Plain("10.2.0.0/24"),
        ("a", _, false) => Masquerade("10.1.0.0/24", "203.0.113.1/32"),
        ("b", _, false) => Masquerade("10.2.0.0/24", "198.51.100.1/32"),
        ("a", "none", true) => Plain("2001:db8:1::/64"),
        ("b", "none", true) => Plain("2001:db8:2::/64"),
        ("a", _, true) => Masquerade("2001:db8:1::/64", "2001:db8:a::1/128"),
        _ => Masquerade("2001:db8:2::/64", "2001:db8:b::1/128"),
    };

    [Theory]
    [InlineData("none", "none", "stateless b")]
    [InlineData("none", "masquerade", "ask a")]
    [InlineData("none", "default", "stateless b")]
    [InlineData("masquerade", "none", "session b as PUBLIC")]
    [InlineData("masquerade", "masquerade", "ask a")]
    [InlineData("masquerade", "default", "session b as PUBLIC")]
    [InlineData("default", "none", "stateless b")]
    [InlineData("default", "masquerade", "ask a")]
    public void The_source_end_and_the_destination_end_decide_together(string source, string destination, string expected)
    {
        foreach (bool v6 in new[] { false, true })
        {
            TestPolicy policy = Of([End("a", Expose("a", source, v6)) + ", " + End("b", Expose("b", destination, v6))]);
            string from = v6 ? "2001:db8:1::5" : "10.1.0.5";
            string to = (destination, v6) switch
            {
                ("masquerade", false) => "198.51.100.1",
                ("masquerade", true) => "2001:db8:b::1",
                (_, false) => "10.2.0.5",
                _ => "2001:db8:2::5",
            };
            Assert.Equal(expected.Replace("PUBLIC", v6 ? "2001:db8:a::1" : "203.0.113.1", StringComparison.Ordinal), policy.Decide("a", from, to));
        }
    }

    [Fact]
    public void The_inside_address_of_a_masquerade_is_not_there_for_the_peer()
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.Equal("route b", policy.Decide("b", "10.2.0.5", "10.1.0.5"));
        Assert.Equal("ask b", policy.Decide("b", "10.2.0.5", "203.0.113.1"));
    }

    [Fact]
    public void What_is_not_exposed_does_not_pass_and_what_nobody_exposes_stays_in_its_realm()
    {
        TestPolicy policy = Of([End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.Equal("drop NotExposed", policy.Decide("a", "10.1.1.5", "10.2.0.5"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", "10.2.1.5"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", "10.1.0.6"));
        Assert.Equal("route c", policy.Decide("c", "10.1.0.5", "10.2.0.5"));
        Assert.Equal("route a", policy.Decide("a", "2001:db8::1", "2001:db8::2"));
    }

    [Fact]
    public void Realms_that_the_policy_has_never_heard_of_are_routed_within()
    {
        TestPolicy policy = Of([End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        FirstPacket packet = policy.Packet("a", "10.1.0.5", "10.2.0.5");
        packet.Realm = 4711;
        Decision decision = policy.Policy.Decide(packet);
        Assert.Equal((DecisionKind.Route, 4711), (decision.Kind, decision.RealmTo));
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, true, true)]
    [InlineData(IpProtocol.Udp, true, true)]
    [InlineData(IpProtocol.Icmp, true, true)]
    [InlineData(IpProtocol.Icmp, false, false)]
    [InlineData(IpProtocol.Sctp, true, true)]
    [InlineData(IpProtocol.UdpLite, true, false)]
    [InlineData((byte)47, false, false)]
    public void A_masquerade_takes_what_has_a_port_or_a_query_identifier(byte protocol, bool hasPorts, bool taken)
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        const string refused = "drop UnsupportedProtocol";
        Assert.Equal(taken ? "session b as 203.0.113.1" : refused, policy.Decide("a", "10.1.0.5", "10.2.0.5", protocol, hasPorts));
        Assert.Equal(taken ? "ask b" : refused, policy.Decide("b", "10.2.0.5", "203.0.113.1", protocol, hasPorts));
        Assert.Equal(taken ? "ask b as 203.0.113.1" : refused, policy.Decide("a", "10.1.0.5", "203.0.113.1", protocol, hasPorts));
    }

    [Fact]
    public void Without_translation_every_protocol_passes()
    {
        TestPolicy policy = Of([End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.Equal("stateless b", policy.Decide("a", "10.1.0.5", "10.2.0.5", protocol: 47, hasPorts: false));
    }

    [Fact]
    public void A_default_expose_is_what_no_other_expose_and_no_prefix_of_the_realm_itself_covers()
    {
        TestPolicy policy = Of(
            [
                End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("ext.net", Default),
                End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24")),
            ],
            gateway: """
              links:
                - { name: l0, driver: tun, realm: a, addresses: [10.1.0.1/24, 192.0.2.129/25], routes: [{ to: 10.7.0.0/16, via: 10.1.0.254 }] }
            """);
        Assert.Equal("session ext.net as 203.0.113.1", policy.Decide("a", "10.1.0.5", "8.8.8.8"));
        Assert.Equal("stateless b", policy.Decide("a", "10.1.0.5", "10.2.0.5"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", "10.1.0.77"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", "10.7.1.1"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", "192.0.2.200"));
        Assert.Equal("session ext.net as 203.0.113.1", policy.Decide("a", "10.1.0.5", "192.0.2.1"));
        Assert.Equal("drop NotExposed", policy.Decide("a", "10.1.1.5", "8.8.8.8"));
        // The peering is of IPv4: its default is 0.0.0.0/0.
        Assert.Equal("route a", policy.Decide("a", "2001:db8::1", "2001:db8:ffff::1"));
    }

    [Theory]
    [InlineData("224.0.0.5")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.1.1")]
    [InlineData("127.0.0.1")]
    public void A_default_expose_does_not_reach_into_special_use_space(string special)
    {
        TestPolicy policy = Of([End("a", Plain("10.1.0.0/24")) + ", " + End("ext.net", Default)]);
        Assert.Equal("route a", policy.Decide("a", "10.1.0.5", special));
        Assert.Equal("drop NotExposed", policy.Decide("ext.net", special, "10.1.0.5"));
        Assert.Equal("stateless a", policy.Decide("ext.net", "8.8.8.8", "10.1.0.5"));
    }

    [Fact]
    public void A_longer_prefix_of_the_realm_itself_wins_over_a_peers_and_an_equal_one_does_not()
    {
        TestPolicy policy = Of(
            [End("a", Plain("10.0.0.0/8")) + ", " + End("b", Plain("172.16.0.0/12 !172.17.0.0/16"))],
            gateway: """
              links:
                - { name: l0, driver: tun, realm: a, addresses: [172.16.1.1/24] }
                - { name: l1, driver: tun, realm: b, addresses: [10.0.0.1/8] }
            """);
        Assert.Equal("route a", policy.Decide("a", "10.0.0.5", "172.16.1.9"));
        Assert.Equal("stateless b", policy.Decide("a", "10.0.0.5", "172.16.2.9"));
        Assert.Equal("route a", policy.Decide("a", "10.0.0.5", "172.17.2.9"));
        Assert.Equal("stateless a", policy.Decide("b", "172.16.0.5", "10.0.0.9"));
        Assert.Equal("route b", policy.Decide("b", "172.16.0.5", "10.0.0.1"));
    }

    [Fact]
    public void Exclusions_subtract_whatever_their_order_on_both_lists()
    {
        TestPolicy policy = Of([End("a", Masquerade("!10.1.0.128/25 10.1.0.0/24 10.3.0.0/24", "203.0.113.8/29 !203.0.113.9/32")) + ", " + End("b", Plain("10.2.0.0/24 !10.2.0.64/26"))]);
        Assert.Equal("session b as 203.0.113.8 203.0.113.10-203.0.113.15", policy.Decide("a", "10.1.0.127", "10.2.0.5"));
        Assert.Equal("session b as 203.0.113.8 203.0.113.10-203.0.113.15", policy.Decide("a", "10.3.0.200", "10.2.0.5"));
        Assert.Equal("drop NotExposed", policy.Decide("a", "10.1.0.128", "10.2.0.5"));
        Assert.Equal("route a", policy.Decide("a", "10.1.0.1", "10.2.0.64"));
        Assert.Equal("ask b", policy.Decide("b", "10.2.0.1", "203.0.113.10"));
        Assert.Equal("route b", policy.Decide("b", "10.2.0.1", "203.0.113.9"));
    }

    [Fact]
    public void A_pool_keeps_the_order_in_which_its_addresses_are_written()
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.40-203.0.113.42 203.0.113.8/31 203.0.113.41-203.0.113.44")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.Equal("session b as 203.0.113.40-203.0.113.42 203.0.113.8-203.0.113.9 203.0.113.43-203.0.113.44", policy.Decide("a", "10.1.0.1", "10.2.0.5"));
    }

    [Fact]
    public void Two_realms_with_the_same_private_range_have_decisions_of_their_own()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.0.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("192.168.0.0/24")),
            End("b", Masquerade("10.0.0.0/25", "203.0.113.2/32")) + ", " + End("c", Plain("192.168.0.0/24")),
        ]);
        Assert.Equal("session c as 203.0.113.1", policy.Decide("a", "10.0.0.200", "192.168.0.1"));
        Assert.Equal("session c as 203.0.113.2", policy.Decide("b", "10.0.0.5", "192.168.0.1"));
        Assert.Equal("drop NotExposed", policy.Decide("b", "10.0.0.200", "192.168.0.1"));
        Assert.Equal("session a", policy.Inbound("c", "192.168.0.1", "203.0.113.1", "c", "a", "10.0.0.5"));
        Assert.Equal("drop NotExposed", policy.Inbound("c", "192.168.0.1", "203.0.113.1", "c", "b", "10.0.0.5"));
    }

    [Fact]
    public void Realms_that_share_a_public_range_share_a_pool()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("192.168.0.0/24")),
            End("b", Masquerade("10.2.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("192.168.0.0/24")),
        ]);
        Decision one = policy.Policy.Decide(policy.Packet("a", "10.1.0.1", "192.168.0.1"));
        Decision other = policy.Policy.Decide(policy.Packet("b", "10.2.0.1", "192.168.0.1"));
        Assert.Equal(one.SourcePool, other.SourcePool);
        Assert.Single(policy.Policy.Pools);
        Assert.NotEqual(one.Rule, other.Rule);
        Assert.Equal("session b", policy.Inbound("c", "192.168.0.1", "203.0.113.1", "c", "b", "10.2.0.5"));
    }

    [Fact]
    public void The_gateway_knows_its_public_addresses_by_realm()
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.True(policy.Policy.IsPublic(policy.Realm("b"), Packets.Addresses.IpAddress.Parse("203.0.113.1")));
        Assert.False(policy.Policy.IsPublic(policy.Realm("a"), Packets.Addresses.IpAddress.Parse("203.0.113.1")));
        Assert.False(policy.Policy.IsPublic(policy.Realm("b"), Packets.Addresses.IpAddress.Parse("203.0.113.2")));
        Assert.Equal("203.0.113.1", Assert.Single(policy.Policy.PublicAddresses(policy.Realm("b"))).ToString());
        Assert.Empty(policy.Policy.PublicAddresses(policy.Realm("a")));
    }

    [Fact]
    public void A_public_address_inside_of_the_peers_own_prefix_is_the_gateways()
    {
        TestPolicy policy = Of(
            [End("a", Masquerade("10.1.0.0/24", "203.0.112.0/23")) + ", " + End("b", Plain("203.0.113.0/24"))],
            gateway: """
              links:
                - { name: l0, driver: tun, realm: b, addresses: [203.0.113.1/24] }
            """);
        Assert.Equal("ask b", policy.Decide("b", "203.0.113.77", "203.0.113.1"));
    }

    [Fact]
    public void Conduct_says_whose_packets_prolong_and_whose_errors_keep_their_source()
    {
        TestPolicy policy = Of(
            [End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32", "profile: open")) + ", " + End("b", Plain("10.2.0.0/24"))],
            others: """
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: open }
            spec: { filtering: endpointIndependent }
            """);
        Decision udp = policy.Policy.Decide(policy.Packet("a", "10.1.0.5", "10.2.0.5"));
        Assert.Equal(FlowConduct.None, udp.OriginalConduct);
        Assert.Equal(FlowConduct.KeepErrorSource | FlowConduct.NoRefresh, udp.ReplyConduct);
        Decision tcp = policy.Policy.Decide(policy.Packet("a", "10.1.0.5", "10.2.0.5", IpProtocol.Tcp));
        Assert.Equal(FlowConduct.KeepErrorSource, tcp.ReplyConduct);
        Decision inbound = policy.Policy.DecideInbound(
            policy.Packet("b", "10.2.0.5", "203.0.113.1"), policy.Realm("b"), policy.Realm("a"), Packets.Addresses.IpAddress.Parse("10.1.0.5"));
        Assert.Equal(FlowConduct.KeepErrorSource | FlowConduct.NoRefresh, inbound.OriginalConduct);
        Assert.Equal(FlowConduct.None, inbound.ReplyConduct);
        TestPolicy plain = Of([End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Decision cached = plain.Policy.Decide(plain.Packet("a", "10.1.0.5", "10.2.0.5"));
        Assert.Equal(FlowConduct.Cache | FlowConduct.Identity | FlowConduct.KeepErrorSource, cached.OriginalConduct);
        Assert.Equal(cached.OriginalConduct, cached.ReplyConduct);
    }
}
