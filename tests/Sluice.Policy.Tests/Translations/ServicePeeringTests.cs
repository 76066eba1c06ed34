using Sluice.Policy.Tests.Acl;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

/// <summary>Virtual IPs of realm a, seen from realm b.</summary>
public sealed class ServicePeeringTests
{
    private static readonly string B = End("b", Plain("10.2.0.0/24"));
    private static readonly string Web = Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080");

    [Fact]
    public void A_peer_reaches_a_virtual_endpoint_that_is_shown_to_it()
    {
        TestPolicy policy = Of([End("a", Plain("30.0.0.0/24")) + ", " + B], [Web]);
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("drop NotExposed", policy.Serve("10.2.0.5:4", "30.0.0.2:81", realm: "b"));
        Assert.Equal("answer a", policy.Serve("10.2.0.5:4", "30.0.0.2:0", "ping", "b"));
        Assert.Equal("drop NotExposed", policy.Serve("10.2.1.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("drop NotExposed", policy.Serve("10.2.1.5:4", "30.0.0.2:0", "ping", "b"));
        Assert.Equal("stateless a: 10.2.0.5:4 > 30.0.0.3:80", policy.Serve("10.2.0.5:4", "30.0.0.3:80", realm: "b"));
    }

    [Fact]
    public void A_peer_does_not_reach_what_is_not_shown_to_it()
    {
        TestPolicy policy = Of([End("a", Plain("30.0.1.0/24")) + ", " + B], [Web]);
        Assert.Equal("route b", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "a"));
        Assert.Equal("route c", Of([End("a", Plain("30.0.0.0/24")) + ", " + B], [Web]).Serve("10.2.0.5:4", "30.0.0.2:80", realm: "c"));
    }

    [Fact]
    public void A_default_expose_shows_virtual_endpoints_too_but_not_where_the_peer_has_the_address_itself()
    {
        TestPolicy policy = Of([End("a", Default) + ", " + B], [Web]);
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        policy = Of([End("a", Default) + ", " + B], [Web], gateway: "  links: [{ name: lb, driver: memory, realm: b, addresses: [30.0.0.1/24], mac: \"02:00:00:00:00:01\" }]");
        Assert.Equal("route b", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
    }

    [Fact]
    public void Ports_of_an_expose_are_all_that_it_shows()
    {
        TestPolicy policy = Of([End("a", Plain("30.0.0.0/24@80-81")) + ", " + B], [Web, Translation("30.0.0.2 82 TCP vip", "", "20.0.0.1")]);
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("drop NotExposed", policy.Serve("10.2.0.5:4", "30.0.0.2:81", realm: "b"));
        Assert.Equal("route b", policy.Serve("10.2.0.5:4", "30.0.0.2:82", realm: "b"));
    }

    [Fact]
    public void The_sender_is_seen_as_its_peering_says_unless_the_backend_fixes_it()
    {
        string hidden = End("b", Masquerade("10.2.0.0/24", "203.0.113.1/32"));
        TestPolicy policy = Of([End("a", Plain("30.0.0.0/24")) + ", " + hidden], [Web, Translation("30.0.0.2 81 TCP vip", "", "20.0.0.1 source=1.2.3.4")]);
        Assert.Equal("session a: 203.0.113.1:* > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("session a: 1.2.3.4:4 > 20.0.0.1:81", policy.Serve("10.2.0.5:4", "30.0.0.2:81", realm: "b"));
        policy = Of([End("a", Plain("30.0.0.0/24")) + ", " + End("b", Static("10.2.0.0/24", "203.0.113.0/24"))], [Web]);
        Assert.Equal("session a: 203.0.113.5:4 > 20.0.0.1:8080", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
    }

    [Fact]
    public void An_access_list_judges_packets_to_a_virtual_endpoint_and_comes_before_its_refusal()
    {
        const string list = "{ default: deny-unless-exposed, rules: [{ name: no-five, from: b, action: deny, match: { src: [{ cidr: 10.2.0.5/32 }] } }] }";
        TestPolicy policy = Of([AclPolicy.Peering(End("a", Plain("30.0.0.0/24")), B, list)], [Web, Translation("30.0.0.2 81 TCP vip", "")]);
        Assert.Equal("drop AclDenied", policy.Serve("10.2.0.5:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("drop AclDenied", policy.Serve("10.2.0.5:4", "30.0.0.2:81", realm: "b"));
        Assert.Equal("drop AclDenied", policy.Serve("10.2.0.5:4", "30.0.0.2:0", "ping", "b"));
        Assert.Equal("session a: 10.2.0.6:4 > 20.0.0.1:8080", policy.Serve("10.2.0.6:4", "30.0.0.2:80", realm: "b"));
        Assert.Equal("drop NoBackend", policy.Serve("10.2.0.6:4", "30.0.0.2:81", realm: "b"));
        Assert.True(policy.Policy.Decide(policy.Packet("b", "10.2.0.6:4", "30.0.0.2:80", "tcp")).HasAcl);
    }
}
