using Sluice.Packets;
using Xunit;
using static Sluice.Policy.Tests.Acl.AclPolicy;

namespace Sluice.Policy.Tests.Acl;

/// <summary>What an access list makes of a first packet.</summary>
public class AclDecideTests
{
    private const string Packets = "scope: packet";

    [Fact]
    public void Without_a_list_what_is_exposed_passes()
    {
        TestPolicy policy = TestPolicy.Of([TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/16")) + ", " + TestPolicy.End("b", TestPolicy.Plain("192.168.0.0/16"))]);
        Assert.Equal("stateless b", Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
        Assert.False(policy.Policy.Decide(Packet(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80")).HasAcl);
    }

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        TestPolicy policy = Plain($$"""
            { default: deny, rules: [
              { name: deny-one, from: a, action: deny, match: { src: [{ cidr: 10.0.0.1/32 }] } },
              { name: allow-web, from: a, action: allow, {{Packets}}, match: { proto: tcp, dst: [{ ports: ["80"] }] } },
              { name: deny-web, from: a, action: deny, match: { proto: tcp, dst: [{ ports: ["80-90"] }] } },
              { name: allow-rest, from: a, action: allow, {{Packets}} }] }
            """);
        Assert.Equal("drop AclDenied by deny-one", Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
        Assert.Equal("stateless b by allow-web", Decide(policy, "a", "tcp 10.0.0.2:1000 > 192.168.0.1:80"));
        Assert.Equal("drop AclDenied by deny-web", Decide(policy, "a", "tcp 10.0.0.2:1000 > 192.168.0.1:90"));
        Assert.Equal("stateless b by allow-rest", Decide(policy, "a", "udp 10.0.0.2:1000 > 192.168.0.1:80"));
    }

    [Theory]
    [InlineData("deny", "drop AclDenied by default")]
    [InlineData("deny-unless-exposed", "stateless b")]
    public void What_no_rule_matches_is_left_to_the_default(string byDefault, string expected)
    {
        TestPolicy policy = Plain($"{{ default: {byDefault}, rules: [{{ name: r, from: a, action: deny, match: {{ proto: \"47\" }} }}] }}");
        Assert.Equal(expected, Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
    }

    [Fact]
    public void A_rule_is_of_one_direction()
    {
        TestPolicy policy = Plain($"{{ default: deny, rules: [{{ name: r, from: a, action: allow, {Packets} }}] }}");
        Assert.Equal("stateless b by r", Decide(policy, "a", "udp 10.0.0.1:1 > 192.168.0.1:2"));
        Assert.Equal("drop AclDenied by default", Decide(policy, "b", "udp 192.168.0.1:2 > 10.0.0.1:1"));
        policy = Plain($"{{ default: deny, rules: [{{ name: r, to: a, action: allow, {Packets} }}] }}");
        Assert.Equal("drop AclDenied by default", Decide(policy, "a", "udp 10.0.0.1:1 > 192.168.0.1:2"));
        Assert.Equal("stateless a by r", Decide(policy, "b", "udp 192.168.0.1:2 > 10.0.0.1:1"));
    }

    [Theory]
    [InlineData("tcp", "tcp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("tcp", "udp 10.0.0.1:1 > 192.168.0.1:2", false)]
    [InlineData("udp", "udp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("\"6\"", "tcp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("\"17\"", "udp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("icmp", "icmp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("icmp", "icmp6 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("\"1\"", "icmp 10.0.0.1:1 > 192.168.0.1:2", true)]
    [InlineData("\"1\"", "icmp6 10.0.0.1:1 > 192.168.0.1:2", false)]
    [InlineData("\"47\"", "47 10.0.0.1 > 192.168.0.1", true)]
    [InlineData("\"47\"", "50 10.0.0.1 > 192.168.0.1", false)]
    [InlineData("\"0\"", "0 10.0.0.1 > 192.168.0.1", true)]
    [InlineData("\"255\"", "255 10.0.0.1 > 192.168.0.1", true)]
    public void A_protocol_is_a_word_or_a_number(string proto, string packet, bool matches)
    {
        TestPolicy policy = Plain($"{{ default: deny, rules: [{{ name: r, from: a, action: allow, {Packets}, match: {{ proto: {proto} }} }}] }}");
        Assert.Equal(matches ? "stateless b by r" : "drop AclDenied by default", Decide(policy, "a", packet));
    }

    [Theory]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:80", true)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:8000", true)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:8100", true)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:7999", false)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:8101", false)]
    [InlineData("tcp 10.0.0.1:80 > 192.168.0.1:81", false)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.2:443", true)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:443", false)]
    [InlineData("tcp 10.0.0.1:1000 > 192.168.0.1:65535", false)]
    [InlineData("tcp 10.0.0.1 > 192.168.0.1", false)]
    public void Ports_belong_to_the_addresses_that_they_stand_beside(string packet, bool matches)
    {
        TestPolicy policy = Plain($$"""
            { default: deny, rules: [{ name: r, from: a, action: allow, {{Packets}}, match: { proto: tcp,
                dst: [{ cidr: 192.168.0.1/32, ports: ["80", "8000-8100"] }, { cidr: 192.168.0.2/32, ports: ["443"] }] } }] }
            """);
        Assert.Equal(matches ? "stateless b by r" : "drop AclDenied by default", Decide(policy, "a", packet));
    }

    [Fact]
    public void A_packet_without_ports_matches_only_rules_without_ports()
    {
        TestPolicy policy = Plain($$"""
            { default: deny, rules: [
              { name: from-zero, from: a, action: allow, {{Packets}}, match: { proto: udp, src: [{ ports: ["1-65535"] }] } },
              { name: any, from: a, action: allow, {{Packets}}, match: { proto: udp } }] }
            """);
        Assert.Equal("stateless b by from-zero", Decide(policy, "a", "udp 10.0.0.1:1 > 192.168.0.1:2"));
        Assert.Equal("stateless b by any", Decide(policy, "a", "udp 10.0.0.1 > 192.168.0.1"));
    }

    [Fact]
    public void Flow_scope_makes_a_session_where_no_side_is_stateful()
    {
        TestPolicy policy = Plain("{ default: deny, rules: [{ name: r, from: a, action: allow }] }");
        Decision decision = policy.Policy.Decide(Packet(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
        Assert.Equal(DecisionKind.Session, decision.Kind);
        Assert.True(decision.HasAcl);
        Assert.Equal(0, (int)((decision.OriginalConduct | decision.ReplyConduct) & Sluice.Sessions.FlowConduct.Cache));

        // Without ports there is nothing to remember it by.
        Assert.Equal("stateless b by r", Decide(policy, "a", "47 10.0.0.1 > 192.168.0.1"));
    }

    [Fact]
    public void The_default_keeps_no_flow()
    {
        TestPolicy policy = Plain("{ rules: [{ name: r, from: a, action: deny, match: { proto: udp } }] }");
        Assert.Equal("stateless b", Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
    }

    [Fact]
    public void What_is_not_exposed_is_not_judged()
    {
        TestPolicy policy = Plain("{ default: deny, rules: [{ name: r, from: a, action: allow }] }");
        Assert.Equal("drop NotExposed", Decide(policy, "a", "tcp 10.9.0.1:1000 > 192.168.0.1:80"));
        Assert.Equal("route a", Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.169.0.1:80"));
    }

    [Fact]
    public void A_rule_wider_than_what_is_exposed_matches_what_is()
    {
        TestPolicy policy = Plain($"{{ default: deny, rules: [{{ name: r, from: a, action: allow, {Packets}, match: {{ src: [{{ cidr: 10.0.0.0/8 }}], dst: [{{ cidr: 192.0.0.0/8 }}] }} }}] }}");
        Assert.Equal("stateless b by r", Decide(policy, "a", "udp 10.0.255.1:1 > 192.168.255.1:2"));
        Assert.Equal("drop NotExposed", Decide(policy, "a", "udp 10.1.0.1:1 > 192.168.255.1:2"));
    }

    [Fact]
    public void The_egress_allow_list_of_a_masqueraded_realm()
    {
        TestPolicy policy = Masqueraded("""
            { default: deny, rules: [
              { name: block-blackholed-ranges, from: a, action: deny, match: { dst: [{ cidr: 192.0.2.0/24 }, { cidr: 198.51.100.66/32 }] } },
              { name: allow-web, from: a, action: allow, match: { proto: tcp, dst: [{ ports: ["80", "443"] }] }, scope: flow },
              { name: allow-dns, from: a, action: allow, match: { proto: udp, dst: [{ ports: ["53"] }] }, scope: flow }] }
            """);
        const string as_ = " as 203.0.113.1";
        Assert.Equal($"session ext.net{as_} by allow-web", Decide(policy, "a", "tcp 10.0.0.1:1000 > 8.8.8.8:443"));
        Assert.Equal($"session ext.net{as_} by allow-dns", Decide(policy, "a", "udp 10.0.0.1:1000 > 8.8.8.8:53"));
        Assert.Equal("drop AclDenied by block-blackholed-ranges", Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.0.2.7:443"));
        Assert.Equal("drop AclDenied by block-blackholed-ranges", Decide(policy, "a", "udp 10.0.0.1:1000 > 198.51.100.66:53"));
        Assert.Equal("drop AclDenied by default", Decide(policy, "a", "tcp 10.0.0.1:1000 > 8.8.8.8:22"));
        Assert.Equal("drop AclDenied by default", Decide(policy, "a", "icmp 10.0.0.1:1000 > 8.8.8.8:0"));
        Assert.False(IsReplyDenied(policy, "a", "tcp 10.0.0.1:1000 > 8.8.8.8:443", "203.0.113.1"));
    }

    [Fact]
    public void A_packet_that_comes_in_through_a_mapping_is_judged_as_its_sender_sends_it()
    {
        TestPolicy policy = Masqueraded("""
            { default: deny, rules: [
              { name: in-web, to: a, action: allow, match: { proto: udp, dst: [{ cidr: 203.0.113.1/32, ports: ["2000"] }] } },
              { name: out, from: a, action: allow }] }
            """);
        FirstPacket packet = Packet(policy, "ext.net", "udp 8.8.8.8:53 > 203.0.113.1:2000");
        ushort a = policy.Realm("a");
        Assert.Equal("session a", policy.Say(policy.Policy.DecideInbound(packet, packet.Realm, a, Sluice.Packets.Addresses.IpAddress.Parse("10.0.0.1"))));
        packet.DestinationPort = 2001;
        Decision denied = policy.Policy.DecideInbound(packet, packet.Realm, a, Sluice.Packets.Addresses.IpAddress.Parse("10.0.0.1"));
        Assert.Equal((DropReason.AclDenied, " by default"), (denied.Reason, By(policy, denied.Rule)));
    }

    [Theory]
    [InlineData("allow", "session b by r, log")]
    [InlineData("deny", "drop AclDenied by r, log")]
    public void A_logged_match_asks_for_a_record_that_names_the_rule(string action, string expected)
    {
        TestPolicy policy = Plain($"{{ rules: [{{ name: r, from: a, action: {action}, log: true }}] }}");
        Assert.Equal(expected, Decide(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:80"));
        PolicyRule rule = policy.Policy.Rules[(int)policy.Policy.Decide(Packet(policy, "a", "tcp 10.0.0.1:1 > 192.168.0.1:80")).Rule];
        Assert.Equal($"peering p0, acl rule \"r\" ({(action == "allow" ? "allow, flow" : action)})", rule.Name);
        Assert.StartsWith("test.yaml:", rule.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subnet_stands_for_its_prefix()
    {
        TestPolicy policy = TestPolicy.Of(
            [Peering(TestPolicy.End("vpc-1", TestPolicy.Plain("10.0.0.0/24 10.0.1.0/24")), TestPolicy.End("b", TestPolicy.Plain("192.168.0.0/16")),
                $"{{ default: deny, rules: [{{ name: r, from: vpc-1, action: allow, {Packets}, match: {{ src: [{{ vpcSubnet: front }}] }} }}] }}")],
            others: """
                ---
                apiVersion: gateway.githedgehog.com/v1alpha1
                kind: VPCInfo
                metadata: { name: vpc-1 }
                spec: { vni: 100, subnets: { front: { cidr: 10.0.0.0/24 }, back: { cidr: 10.0.1.0/24 } } }
                """);
        Assert.Equal("stateless b by r", Decide(policy, "vpc-1", "udp 10.0.0.1:1 > 192.168.0.1:2"));
        Assert.Equal("drop AclDenied by default", Decide(policy, "vpc-1", "udp 10.0.1.1:1 > 192.168.0.1:2"));
    }
}
