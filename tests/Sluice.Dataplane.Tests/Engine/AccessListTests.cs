using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What access lists mean for sessions: flows that a rule remembers, replies that a rule denies, and errors about both.</summary>
public sealed class AccessListTests
{
    private const string AllowFlow = "{ name: out, from: vpc1, action: allow, scope: flow }";
    private const string DenyBack = "{ name: back, from: vpc2, action: deny, match: { proto: udp } }";

    private static string Plain(string acl) => Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
        [$"vpc1: {Net.Plain("10.0.0.0/24")}, vpc2: {Net.Plain("192.168.50.0/24")} }}, acl: {{ {acl}"]);

    private static string Masquerade(string acl, string publicAddress = "203.0.113.1/32") => Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
        [$"vpc1: {Net.Masquerading("10.0.0.0/24", publicAddress)}, vpc2: {Net.Plain("192.168.50.0/24")} }}, acl: {{ {acl}"]);

    private static string Static(string acl) => Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
        [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.0/24", "static: {}")}, vpc2: {Net.Plain("192.168.50.0/24")} }}, acl: {{ {acl}"]);

    [Fact]
    public void A_flow_that_a_rule_remembers_has_its_replies_and_errors_and_nothing_else_comes_back()
    {
        using var rig = new Rig(Plain($"default: deny, rules: [{AllowFlow}]"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 10.0.0.2:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.2:53 > 10.0.0.2:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            vpc2 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 192.168.50.2:53 udp]
              = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 192.168.50.2:53 udp]
            vpc2 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5001 > 192.168.50.2:53 udp]
              drop IcmpUnmatched
            """);
        Assert.Equal(1, rig.Engine.Store.Count().Udp);
        rig.In("vpc2", PacketScript.Parse("192.168.50.2:54 > 10.0.0.2:5000 udp"));
        Assert.Equal(["drop AclDenied"], rig.TakeVerdicts());
    }

    [Fact]
    public void Replies_and_errors_pass_after_a_reload_too()
    {
        string acl = $"default: deny, rules: [{AllowFlow}]";
        using var rig = new Rig(Masquerade(acl));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            """);
        rig.Reload(Masquerade(acl + ", "));
        new Play(rig).Run("""
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            vpc2 192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:5000 > 192.168.50.2:53 udp]
              = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 192.168.50.2:53 udp]
            """);
    }

    [Fact]
    public void A_reply_that_a_rule_denies_is_dropped_and_ends_the_session()
    {
        using var rig = new Rig(Masquerade($"default: deny-unless-exposed, rules: [{DenyBack}]"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:5000 > 192.168.50.2:53 udp]
              = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 192.168.50.2:53 udp]
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              drop AclDenied
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.Denied));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA
              = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
            """);
    }

    [Fact]
    public void A_reload_brings_denials_of_replies_and_takes_them_away()
    {
        string open = "default: deny-unless-exposed", denies = $"default: deny-unless-exposed, rules: [{DenyBack}]";
        using var rig = new Rig(Masquerade(open));
        const string Begin = """
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            """;
        new Play(rig).Run(Begin);
        rig.Reload(Masquerade(denies));
        new Play(rig).Run(Begin);
        rig.Reload(Masquerade(open));
        new Play(rig).Run("""
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            """);
        rig.Reload(Masquerade(denies));
        new Play(rig).Run("""
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              drop AclDenied
            """);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.Denied));
    }

    [Fact]
    public void A_protocol_without_ports_is_remembered_by_its_addresses()
    {
        using var rig = new Rig(Static($"default: deny, rules: [{AllowFlow}]"));
        new Play(rig).Run("""
            vpc1 10.0.0.2 > 192.168.50.2 protocol 47
              = vpc2 203.0.113.2 > 192.168.50.2 protocol 47
            vpc2 192.168.50.2 > 203.0.113.2 protocol 47
              = vpc1 192.168.50.2 > 10.0.0.2 protocol 47
            vpc2 192.168.50.2 > 203.0.113.2 icmp unreachable 2 [203.0.113.2 > 192.168.50.2 protocol 47]
              = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 2 [10.0.0.2 > 192.168.50.2 protocol 47]
            """);
        Assert.Equal(1, rig.Engine.Store.Count().Other);
        Assert.Equal(3, rig.Sessions.Count);
        Assert.Single(rig.Sessions.Distinct());
        rig.Reload(Static($"default: deny, rules: [{AllowFlow}], "));
        new Play(rig).Run("""
            vpc2 192.168.50.2 > 203.0.113.2 protocol 47
              = vpc1 192.168.50.2 > 10.0.0.2 protocol 47
            wait 301s
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        rig.In("vpc2", PacketScript.Parse("192.168.50.2 > 203.0.113.2 protocol 47"));
        Assert.Equal(["drop AclDenied"], rig.TakeVerdicts());
    }

    [Fact]
    public void What_a_list_denies_at_a_mapping_of_the_gateway_s_own_address_is_dropped_and_not_left_to_the_host()
    {
        using var rig = new Rig(Masquerade($"default: deny, rules: [{AllowFlow}]", "192.168.50.1/32"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 192.168.50.1:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.2:99 > 192.168.50.1:5000 udp
              drop AclDenied
            """);
    }

    [Fact]
    public void Without_state_each_direction_is_judged_by_itself_and_errors_by_what_they_quote()
    {
        using var rig = new Rig(Static("default: deny, rules: [{ name: out, from: vpc1, action: allow, scope: packet, match: { proto: udp } }]"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.2:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.2 > 203.0.113.2 icmp unreachable 3 [203.0.113.2:5000 > 192.168.50.2:53 udp]
              = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 192.168.50.2:53 udp]
            vpc2 192.168.50.2 > 203.0.113.2 icmp unreachable 3 [203.0.113.2:5000 > 192.168.50.2:53 tcp S]
              drop AclDenied
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        rig.In("vpc2", PacketScript.Parse("192.168.50.2:53 > 203.0.113.2:5000 udp"));
        Assert.Equal(["drop AclDenied"], rig.TakeVerdicts());
    }

    [Fact]
    public void IPv6_is_no_different()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "fd00:1::1/64", "fd00:1::2"), Net.Link("vpc2", "2001:db8:2::1/64", "2001:db8:2::2")],
            [$"vpc1: {Net.Masquerading("fd00:1::/112", "2001:db8:1::/112", "static: {}")}, vpc2: {Net.Plain("2001:db8:2::/64")} }}, acl: {{ default: deny, rules: [{AllowFlow}]"]));
        new Play(rig).Run("""
            vpc1 [fd00:1::2]:5000 > [2001:db8:2::2]:80 tcp S
              = vpc2 [2001:db8:1::2]:5000 > [2001:db8:2::2]:80 tcp S
            vpc2 [2001:db8:2::2]:80 > [2001:db8:1::2]:5000 tcp SA
              = vpc1 [2001:db8:2::2]:80 > [fd00:1::2]:5000 tcp SA
            vpc1 fd00:1::2 > 2001:db8:2::2 protocol 50
              = vpc2 2001:db8:1::2 > 2001:db8:2::2 protocol 50
            vpc2 2001:db8:2::2 > 2001:db8:1::2 protocol 50
              = vpc1 2001:db8:2::2 > fd00:1::2 protocol 50
            vpc2 2001:db8:2::2 > 2001:db8:1::2 icmp6 unreachable 4 [2001:db8:1::2 > 2001:db8:2::2 protocol 50]
              = vpc1 2001:db8:2::2 > fd00:1::2 icmp6 unreachable 4 [fd00:1::2 > 2001:db8:2::2 protocol 50]
            vpc2 2001:db8:2::2 > 2001:db8:1::2 icmp6 unreachable 4 [[2001:db8:1::2]:5001 > [2001:db8:2::2]:9 udp]
              drop IcmpUnmatched
            """);
        Assert.Equal((1, 1), (rig.Engine.Store.Count().Other, rig.Engine.Store.Count().TcpTransitory));
    }
}
