using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Policy.Tests.Translations;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Policy.Tests.SourceNats;

public class LeaveTests
{
    private const string Pool = "198.51.100.9";
    private const string Web = "10.3.0.7:8080";

    private static readonly string[] Plain = [$"{TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/8"))}, {TestPolicy.End("b", TestPolicy.Plain("172.16.0.0/16"))}"];

    [Fact]
    public void Without_policy_and_translation_nothing_is_asked()
    {
        TestPolicy policy = LeavingPolicy.Of(Plain, []);
        Assert.False(policy.Policy.MayLeaveOtherwise(policy.Realm("a"), DecisionKind.Route));
        Assert.Equal("route a", policy.Leaves("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443"));
    }

    [Fact]
    public void A_peering_without_nat_is_left_with_an_address_that_is_public_at_the_peer()
    {
        TestPolicy policy = LeavingPolicy.Of(Plain, LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        Assert.Equal($"session b: {Pool}:* > 172.16.0.7:443", policy.Leaves("p1", "other", "10.1.0.5:1000", "172.16.0.7:443"));
        Assert.True(policy.Policy.IsPublic(policy.Realm("b"), IpAddress.Parse(Pool)));
        Assert.Equal("ask b", policy.Decide("b", "172.16.0.7", Pool));
        Assert.Equal("session a", policy.Inbound("b", "172.16.0.7", Pool, "b", "a", "10.1.0.5"));
        Assert.Equal("drop NotExposed", policy.Inbound("b", "172.17.0.7", Pool, "b", "a", "10.1.0.5"));
    }

    [Theory]
    [InlineData("{ ips: [{ cidr: 10.0.0.0/8 }], as: [{ cidr: 192.168.0.1/32 }], nat: { masquerade: {} } }", "session b: 192.168.0.1:* > 172.16.0.7:443")]
    [InlineData("{ ips: [{ cidr: 10.1.0.0/24 }], as: [{ cidr: 192.168.0.0/24 }], nat: { static: {} } }", "stateless b: 192.168.0.5:1000 > 172.16.0.7:443")]
    public void A_peering_with_nat_is_left_as_it_says(string expose, string leaves)
    {
        TestPolicy policy = LeavingPolicy.Of([$"{TestPolicy.End("a", expose)}, {TestPolicy.End("b", TestPolicy.Plain("172.16.0.0/16"))}"], LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        Assert.Equal(leaves, policy.Leaves("p1", "other", "10.1.0.5:1000", "172.16.0.7:443"));
    }

    [Fact]
    public void What_a_policy_takes_over_from_a_peering_is_no_cached_decision()
    {
        TestPolicy policy = LeavingPolicy.Of(Plain, LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        Decision decision = policy.Leave(policy.Packet("a", "10.1.0.5:1000", "172.16.0.7:443", "tcp"), "p1", "other");
        Assert.Equal((FlowConduct.None, FlowConduct.KeepErrorSource), (decision.OriginalConduct, decision.ReplyConduct));
        Assert.Equal(1, decision.SourceNat);
        Assert.Equal("source NAT leaving", policy.Policy.Rules[(int)decision.Rule].Name);
    }

    [Fact]
    public void What_is_covered_leaves_by_no_link_as_it_is_whether_the_policy_knows_the_link_or_not()
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        FirstPacket first = policy.Packet("a", "10.1.0.5:1000", "203.0.113.7:443", "tcp") with { Link = GatewayPolicy.NoLink, TcpFlags = TcpFlag.Syn };
        Decision decision = policy.Policy.Decide(first);
        policy.Policy.Leave(first, GatewayPolicy.NoLink, ref decision);
        Assert.Equal((DecisionKind.Session, 1), (decision.Kind, (int)decision.SourceNat));
    }

    [Fact]
    public void The_first_policy_that_speaks_of_a_packet_decides()
    {
        TestPolicy policy = LeavingPolicy.Of(
            LeavingPolicy.SourceNat("links: [p1], addresses: [198.51.100.1], exclude: [20.0.0.0/8]", "first"),
            LeavingPolicy.SourceNat("addresses: [198.51.100.2]", "second"));
        Assert.Equal("session a: 198.51.100.1:* > 203.0.113.7:443", policy.Leaves("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443"));
        Assert.Equal("session a: 198.51.100.2:* > 20.0.0.7:443", policy.Leaves("p1", "uplink", "10.1.0.5:1000", "20.0.0.7:443"));
        Assert.Equal("session a: 198.51.100.2:* > 203.0.113.7:443", policy.Leaves("p2", "uplink", "10.2.0.5:1000", "203.0.113.7:443"));
    }

    [Theory]
    [InlineData("addressesOf: [uplink]", "10.1.0.5:1000", "203.0.113.7:443", "session a: 192.0.2.1:* > 203.0.113.7:443")]
    [InlineData("addressesOf: [uplink]", "[fd01::5]:1000", "[2001:db8::7]:443", "drop PoolExhausted")]
    [InlineData("addresses: [198.51.100.9]", "[fd01::5]:1000", "[2001:db8::7]:443", "drop PoolExhausted")]
    [InlineData("addresses: [198.51.100.9], addressesOf: [p1]", "10.1.0.5:1000", "203.0.113.7:443", "session a: 198.51.100.9 10.1.0.1:* > 203.0.113.7:443")]
    public void An_address_that_is_not_known_is_a_drop(string addresses, string source, string destination, string leaves) =>
        Assert.Equal(leaves, LeavingPolicy.Of(LeavingPolicy.SourceNat(addresses)).Leaves("p1", "uplink", source, destination));

    [Fact]
    public void What_has_no_ports_never_leaves_with_its_own_address()
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], links: [p1]"));
        FirstPacket first = policy.Packet("a", "10.1.0.5", "203.0.113.7", (byte)47, hasPorts: false);
        Assert.Equal("drop UnsupportedProtocol", policy.Say(policy.Leave(first, "p1", "uplink")));
        Assert.Equal("route a", policy.Say(policy.Leave(first, "p2", "uplink")));
    }

    [Fact]
    public void A_virtual_ip_is_left_with_both_ends_rewritten_and_its_own_rule()
    {
        TestPolicy policy = LeavingPolicy.Of(ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", Web), LeavingPolicy.SourceNat($"addresses: [{Pool}], exclude: [30.0.0.0/8]"));
        Assert.Equal($"session a: {Pool}:* > {Web}", policy.Leaves("p1", "tap0", "10.1.0.5:1000", "30.0.0.2:80"));
        Decision decision = policy.Leave(policy.Packet("a", "10.1.0.5:1000", "30.0.0.2:80", "tcp"), "p1", "tap0");
        Assert.StartsWith("translation ", policy.Policy.Rules[(int)decision.Rule].Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Web + " source=1.2.3.4", "session a: 1.2.3.4:1000 > " + Web)]
    [InlineData("10.3.0.7:0 mode=direct", "session a: 10.1.0.5:1000 > 30.0.0.2:80")]
    public void A_backend_that_says_its_own_source_or_gets_packets_as_they_are_is_left_alone(string backend, string leaves) =>
        Assert.Equal(leaves, LeavingPolicy.Of(ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", backend), LeavingPolicy.SourceNat($"addresses: [{Pool}]"))
            .Leaves("p1", "tap0", "10.1.0.5:1000", "30.0.0.2:80"));

    [Theory]
    [InlineData("[tap0]", "session a: 198.51.100.9:* > " + Web)]
    [InlineData("[p1]", "session a: 30.0.0.2:1000 > " + Web)]
    public void A_backend_that_is_its_own_client_sees_the_policys_address_or_the_virtual_one(string links, string leaves) =>
        Assert.Equal(leaves, LeavingPolicy.Of(ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", Web), LeavingPolicy.SourceNat($"addresses: [{Pool}], links: {links}"))
            .Leaves("tap0", "tap0", "10.3.0.7:1000", "30.0.0.2:80"));

    [Theory]
    [InlineData("uplink", "p1", "203.0.113.7:443", "10.1.0.5:1000", "tcp", "session a: 203.0.113.7:443 > 10.1.0.5:1000")]
    [InlineData("uplink", "p1", "203.0.113.7:443", "10.1.0.5:1000", "udp", "session a: 203.0.113.7:443 > 10.1.0.5:1000")]
    [InlineData("uplink", "p2", "203.0.113.7:443", "10.2.0.5:1000", "tcp", "route a")]
    [InlineData("uplink", "p1", "20.0.0.7:443", "10.1.0.5:1000", "tcp", "route a")]
    public void What_begins_towards_hosts_of_a_policy_is_remembered(string linkIn, string linkOut, string source, string destination, string protocol, string leaves) =>
        Assert.Equal(leaves, LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], links: [p1], exclude: [20.0.0.0/8]")).Leaves(linkIn, linkOut, source, destination, protocol));

    [Fact]
    public void A_segment_that_begins_nothing_is_not_remembered()
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], links: [p1]"));
        FirstPacket first = policy.Packet("a", "203.0.113.7:443", "10.1.0.5:1000", "tcp");
        first.TcpFlags = TcpFlag.Syn | TcpFlag.Ack;
        Assert.Equal("route a", policy.Say(policy.Leave(first, "uplink", "p1")));
    }

    [Theory]
    [InlineData(Web, "tcp", "session a: 10.1.0.5:1000 > " + Web)]
    [InlineData(Web, "udp", "route a")]
    [InlineData("10.3.0.7:22", "tcp", "route a")]
    [InlineData("10.3.0.8:8080", "tcp", "route a")]
    public void What_goes_directly_to_a_backends_endpoint_is_remembered(string destination, string protocol, string leaves) =>
        Assert.Equal(leaves, LeavingPolicy.Of(ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", Web)).Leaves("p1", "tap0", "10.1.0.5:1000", destination, protocol));

    [Fact]
    public void What_goes_to_a_backends_endpoint_through_a_peering_is_remembered()
    {
        TestPolicy policy = LeavingPolicy.Of(Plain, ServicePolicy.Translation("30.0.0.2 80 TCP vip", "", Web));
        FirstPacket first = policy.Packet("b", "172.16.0.7:1000", Web, "udp");
        Assert.Equal("stateless a", policy.Say(policy.Leave(first, "other", "tap0")));
        Assert.Equal("session a", policy.Say(policy.Leave(first with { Protocol = IpProtocol.Tcp }, "other", "tap0")));
    }

    [Theory]
    [InlineData("p1", "p1", "links: [p1]", Pool + ":*")]
    [InlineData("p2", "p1", "links: [p1]", "10.2.0.5:1000")]
    [InlineData("p2", "p1", "links: [p1, p2]", Pool + ":*")]
    [InlineData("p2", "p1", "", "10.2.0.5:1000")]
    [InlineData("p1", "p1", "", Pool + ":*")]
    public void A_host_of_the_policy_that_comes_through_a_mapping_is_seen_as_the_policy_shows_it(string linkIn, string linkOut, string links, string seenAs)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}]{(links.Length == 0 ? "" : ", " + links)}"));
        FirstPacket first = policy.Packet("a", "10.2.0.5:1000", $"{Pool}:40000", "udp");
        first.Link = policy.Link(linkIn);
        Assert.Equal("ask a", policy.Say(policy.Policy.Decide(first)));
        Decision decision = policy.Policy.DecideInbound(first, policy.Realm("a"), policy.Realm("a"), IpAddress.Parse("10.1.0.9"));
        Assert.Equal(DecisionKind.Session, decision.Kind);
        policy.Policy.LeaveInbound(first, IpAddress.Parse("10.1.0.9"), policy.Link(linkOut), ref decision);
        Assert.Equal(seenAs, decision.SourcePool == Decision.NoPool ? "10.2.0.5:1000" : policy.Policy.Pools[decision.SourcePool].Addresses[0] + ":*");
    }

    [Fact]
    public void Policies_share_a_pool_with_a_masquerade_of_the_same_addresses_and_profile()
    {
        TestPolicy policy = LeavingPolicy.Of(
            [$"{TestPolicy.End("b", TestPolicy.Masquerade("172.16.0.0/16", Pool + "/32"))}, {TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/8"))}"],
            LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        Assert.Equal(2, policy.Policy.Pools.Length);
        Assert.Equal("session a as " + Pool, policy.Decide("b", "172.16.0.7", "10.1.0.5"));
        Assert.Equal($"session a: {Pool}:* > 203.0.113.7:443", policy.Leaves("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443"));
        Assert.Equal("session b", policy.Inbound("a", "10.1.0.5", Pool, "a", "b", "172.16.0.7"));
        Assert.Equal("session a", policy.Inbound("a", "10.2.0.5", Pool, "a", "a", "10.1.0.5"));
    }
}
