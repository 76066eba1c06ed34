using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>The kinds of both ends together: the direction rules of the reference, and stateful NAT on both ends.</summary>
public class CombinationTests
{
    // a is 10.1.0.0/24, public 203.0.113.x; b is 10.2.0.0/24, public 198.51.100.x. Forwards lead from 8080 to 80 on host 5.
    private static string[] Exposes(string end, string how)
    {
        (string ips, string publics) = end == "a" ? ("10.1.0", "203.0.113") : ("10.2.0", "198.51.100");
        string masquerade = Masquerade($"{ips}.0/24", $"{publics}.5/32"), forward = Forward($"{ips}.5/32", $"{publics}.5/32", "8080>80");
        return how switch
        {
            "none" => [Plain($"{ips}.0/24")],
            "static" => [Static($"{ips}.0/24", $"{publics}.0/24")],
            "masq" => [masquerade],
            "forward" => [forward],
            "both" => [masquerade, forward],
            _ => [Default],
        };
    }

    private static TestPolicy Between(string a, string b) => Of([End("a", Exposes("a", a)) + ", " + End("b", Exposes("b", b))]);

    // From host 5, port 80, of a to host 5 of b.
    [Theory]
    [InlineData("none", "none", "stateless b: 10.1.0.5:80 > 10.2.0.5:8080")]
    [InlineData("none", "static", "stateless b: 10.1.0.5:80 > 10.2.0.5:8080")]
    [InlineData("none", "masq", "ask a")]
    [InlineData("none", "forward", "session b: 10.1.0.5:80 > 10.2.0.5:80")]
    [InlineData("none", "both", "session b: 10.1.0.5:80 > 10.2.0.5:80")]
    [InlineData("none", "default", "stateless b: 10.1.0.5:80 > 10.2.0.5:8080")]
    [InlineData("static", "none", "stateless b: 203.0.113.5:80 > 10.2.0.5:8080")]
    [InlineData("static", "static", "stateless b: 203.0.113.5:80 > 10.2.0.5:8080")]
    [InlineData("static", "masq", "ask a")]
    [InlineData("static", "forward", "session b: 203.0.113.5:80 > 10.2.0.5:80")]
    [InlineData("static", "both", "session b: 203.0.113.5:80 > 10.2.0.5:80")]
    [InlineData("static", "default", "stateless b: 203.0.113.5:80 > 10.2.0.5:8080")]
    [InlineData("masq", "none", "session b: 203.0.113.5:* > 10.2.0.5:8080")]
    [InlineData("masq", "static", "session b: 203.0.113.5:* > 10.2.0.5:8080")]
    [InlineData("masq", "masq", "ask a")]
    [InlineData("masq", "forward", "session b: 203.0.113.5:* > 10.2.0.5:80")]
    [InlineData("masq", "both", "session b: 203.0.113.5:* > 10.2.0.5:80")]
    [InlineData("masq", "default", "session b: 203.0.113.5:* > 10.2.0.5:8080")]
    [InlineData("forward", "none", "drop NotExposed")]
    [InlineData("forward", "static", "drop NotExposed")]
    [InlineData("forward", "masq", "ask a")]
    [InlineData("forward", "forward", "drop NotExposed")]
    [InlineData("forward", "both", "drop NotExposed")]
    [InlineData("forward", "default", "drop NotExposed")]
    [InlineData("both", "none", "session b: 203.0.113.5:8080 > 10.2.0.5:8080")]
    [InlineData("both", "static", "session b: 203.0.113.5:8080 > 10.2.0.5:8080")]
    [InlineData("both", "masq", "ask a")]
    [InlineData("both", "forward", "session b: 203.0.113.5:8080 > 10.2.0.5:80")]
    [InlineData("both", "both", "session b: 203.0.113.5:8080 > 10.2.0.5:80")]
    [InlineData("both", "default", "session b: 203.0.113.5:8080 > 10.2.0.5:8080")]
    [InlineData("default", "none", "stateless b: 10.1.0.5:80 > 10.2.0.5:8080")]
    [InlineData("default", "static", "stateless b: 10.1.0.5:80 > 10.2.0.5:8080")]
    [InlineData("default", "masq", "ask a")]
    [InlineData("default", "forward", "session b: 10.1.0.5:80 > 10.2.0.5:80")]
    [InlineData("default", "both", "session b: 10.1.0.5:80 > 10.2.0.5:80")]
    public void Each_end_translates_its_own(string a, string b, string expected)
    {
        string destination = b is "none" or "default" ? "10.2.0.5:8080" : "198.51.100.5:8080";
        Assert.Equal(expected, Between(a, b).Translate("a", "10.1.0.5:80", destination, "tcp"));
    }

    [Theory]
    [InlineData("none", "session b")]
    [InlineData("static", "session b from 203.0.113.5:80")]
    [InlineData("masq", "session b as 203.0.113.5")]
    [InlineData("forward", "drop NotExposed")]
    [InlineData("both", "session b from 203.0.113.5:8080")]
    [InlineData("default", "session b")]
    public void Through_a_mapping_the_sender_is_seen_by_what_it_is_exposed_as(string a, string expected)
    {
        TestPolicy policy = Between(a, "masq");
        FirstPacket packet = policy.Packet("a", "10.1.0.5:80", "198.51.100.5:8080", "tcp");
        Decision decision = policy.Policy.DecideInbound(packet, policy.Realm("a"), policy.Realm("b"), Packets.Addresses.IpAddress.Parse("10.2.0.5"));
        Assert.Equal(expected, policy.Say(decision) + (decision.RewritesSource ? $" from {decision.Source}:{decision.SourcePort}" : ""));
        Assert.False(decision.RewritesDestination);
    }

    [Fact]
    public void The_rule_that_is_named_is_the_one_that_translates_most()
    {
        static string Rule(string a, string b, string destination = "198.51.100.5:8080") => Between(a, b).RuleFor("a", "10.1.0.5:80", destination, "tcp");
        Assert.Equal("peering p0, b expose 1 (static)", Rule("none", "static"));
        Assert.Equal("peering p0, a expose 1 (static)", Rule("static", "static"));
        Assert.Equal("peering p0, a expose 1 (masquerade)", Rule("masq", "static"));
        Assert.Equal("peering p0, b expose 1 (portForward 8080 to 80)", Rule("masq", "forward"));
        Assert.Equal("peering p0, a expose 2 (portForward 8080 to 80)", Rule("both", "none", "10.2.0.5:8080"));
    }

    [Fact]
    public void A_public_range_that_several_realms_share_is_one_pool_and_a_forward_beside_it_is_nobody_elses()
    {
        TestPolicy policy = Of(
        [
            End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("192.168.0.0/24")),
            End("b", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("192.168.0.0/24")),
            End("d", Forward("10.1.0.2/32", "203.0.113.2/32", "tcp 80>8080")) + ", " + End("c", Plain("192.168.0.0/24")),
        ]);
        Assert.Equal("session c: 203.0.113.1:* > 192.168.0.1:1", policy.Translate("a", "10.1.0.2:8080", "192.168.0.1:1", "tcp"));
        Assert.Equal("session c: 203.0.113.1:* > 192.168.0.1:1", policy.Translate("b", "10.1.0.2:8080", "192.168.0.1:1", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("d", "10.1.0.2:8080", "192.168.0.1:1", "tcp"));
        Assert.Equal("session d: 192.168.0.1:1 > 10.1.0.2:8080", policy.Translate("c", "192.168.0.1:1", "203.0.113.2:80", "tcp"));
        Assert.Equal("ask c", policy.Translate("c", "192.168.0.1:1", "203.0.113.1:80", "tcp"));
        Assert.Single(policy.Policy.Pools);
    }

    [Fact]
    public void The_same_private_range_in_several_realms_is_told_apart_by_its_public_one()
    {
        TestPolicy policy = Of(
        [
            End("a", Static("10.0.0.0/24", "203.0.113.0/24")) + ", " + End("c", Plain("192.168.0.0/24")),
            End("b", Static("10.0.0.0/24", "198.51.100.0/24")) + ", " + End("c", Plain("192.168.0.0/24")),
        ]);
        Assert.Equal("stateless a: 192.168.0.1:1 > 10.0.0.7:2", policy.Translate("c", "192.168.0.1:1", "203.0.113.7:2"));
        Assert.Equal("stateless b: 192.168.0.1:1 > 10.0.0.7:2", policy.Translate("c", "192.168.0.1:1", "198.51.100.7:2"));
        Assert.Equal("stateless c: 203.0.113.7:2 > 192.168.0.1:1", policy.Translate("a", "10.0.0.7:2", "192.168.0.1:1"));
        Assert.Equal("stateless c: 198.51.100.7:2 > 192.168.0.1:1", policy.Translate("b", "10.0.0.7:2", "192.168.0.1:1"));
    }
}
