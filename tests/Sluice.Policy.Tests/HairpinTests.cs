using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>From a realm to a public endpoint that one of the realm's own exposes owns.</summary>
public class HairpinTests
{
    private static readonly string B = End("b", Plain("10.2.0.0/24"));

    private static readonly string Owner = Forward("10.1.0.2/32", "203.0.113.1/32", "tcp 8080>80");

    [Fact]
    public void A_forward_is_reached_with_the_senders_public_endpoint_as_source()
    {
        TestPolicy policy = Of([End("a", Owner, Masquerade("10.1.0.0/25", "203.0.113.1/32"), Static("10.1.0.128/26", "203.0.113.128/26"), Plain("10.1.0.192/26")) + ", " + B]);
        Assert.Equal("session a: 203.0.113.1:* > 10.1.0.2:80", policy.Translate("a", "10.1.0.3:99", "203.0.113.1:8080", "tcp"));
        Assert.Equal("session a: 203.0.113.130:99 > 10.1.0.2:80", policy.Translate("a", "10.1.0.130:99", "203.0.113.1:8080", "tcp"));
        Assert.Equal("session a: 10.1.0.200:99 > 10.1.0.2:80", policy.Translate("a", "10.1.0.200:99", "203.0.113.1:8080", "tcp"));
        Assert.Equal("session a: 203.0.113.1:8080 > 10.1.0.2:80", policy.Translate("a", "10.1.0.2:80", "203.0.113.1:8080", "tcp"));
        Assert.Equal("ask b as 203.0.113.1", policy.Translate("a", "10.1.0.3:99", "203.0.113.1:8081", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("a", "10.9.0.1:99", "203.0.113.1:8080", "tcp"));
    }

    [Fact]
    public void A_static_address_is_reached_the_same_way()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.0/26", "203.0.113.0/26"), Masquerade("10.1.0.64/26", "203.0.113.64/32"), Plain("10.1.0.128/26"), Forward("10.1.0.192/32", "203.0.113.192/32", "tcp 8080>80")) + ", " + B]);
        Assert.Equal("stateless a: 203.0.113.3:99 > 10.1.0.5:80", policy.Translate("a", "10.1.0.3:99", "203.0.113.5:80", "tcp"));
        Assert.Equal("stateless a: 203.0.113.5:80 > 10.1.0.3:99", policy.Translate("a", "10.1.0.5:80", "203.0.113.3:99", "tcp"));
        Assert.Equal("session a: 203.0.113.64:* > 10.1.0.5:80", policy.Translate("a", "10.1.0.70:99", "203.0.113.5:80", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("a", "10.1.0.192:80", "203.0.113.5:80", "tcp"));
    }

    [Fact]
    public void A_plain_senders_way_back_from_a_static_address_is_remembered()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.0/26", "203.0.113.0/26"), Plain("10.1.0.128/26")) + ", " + B]);
        Assert.Equal("session a: 10.1.0.130:99 > 10.1.0.5:80", policy.Translate("a", "10.1.0.130:99", "203.0.113.5:80", "tcp"));
        Assert.Equal("route a", policy.Translate("a", "10.1.0.5:80", "10.1.0.130:99", "tcp"));
    }

    [Fact]
    public void A_mapping_is_reached_by_static_and_forwarded_senders_too()
    {
        TestPolicy policy = Of([End("a", Owner, Masquerade("10.1.0.0/25", "203.0.113.1/32"), Static("10.1.0.128/26", "203.0.113.128/26")) + ", " + B]);
        FirstPacket packet = policy.Packet("a", "10.1.0.130:99", "203.0.113.1:5555", "tcp");
        Decision asked = policy.Policy.Decide(packet);
        Assert.Equal("ask b", policy.Say(asked));
        Decision decision = policy.Policy.DecideInbound(packet, asked.RealmTo, packet.Realm, Packets.Addresses.IpAddress.Parse("10.1.0.9"));
        Assert.Equal(("session a", "203.0.113.130", 99), (policy.Say(decision), decision.Source.ToString(), decision.SourcePort));

        packet = policy.Packet("a", "10.1.0.2:80", "203.0.113.1:5555", "tcp");
        decision = policy.Policy.DecideInbound(packet, asked.RealmTo, packet.Realm, Packets.Addresses.IpAddress.Parse("10.1.0.9"));
        Assert.Equal(("session a", "203.0.113.1", 8080), (policy.Say(decision), decision.Source.ToString(), decision.SourcePort));
    }

    [Fact]
    public void Ports_that_no_expose_of_the_realm_has_are_looked_for_elsewhere()
    {
        TestPolicy policy = Of([End("a", Owner, Plain("10.1.0.128/26")) + ", " + End("ext.net", Default)]);
        Assert.Equal("session a: 10.1.0.130:99 > 10.1.0.2:80", policy.Translate("a", "10.1.0.130:99", "203.0.113.1:8080", "tcp"));
        Assert.Equal("stateless ext.net: 10.1.0.130:99 > 203.0.113.1:8081", policy.Translate("a", "10.1.0.130:99", "203.0.113.1:8081", "tcp"));
    }
}
