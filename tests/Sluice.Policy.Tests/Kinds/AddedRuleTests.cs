using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Policy.Tests.Kinds;

/// <summary>Rules of added kinds decide for the addresses that they own, as the house's own look-ups do.</summary>
public class AddedRuleTests
{
    [Theory]
    [InlineData("203.0.113.7:80", "tcp", "stateless b: 10.0.0.9:1000 > 10.1.0.5:80")]
    [InlineData("203.0.113.13:13", "tcp", "drop AclDenied")]
    [InlineData("203.0.113.130:80", "udp", "session b: 10.0.0.9:1000 > 10.1.0.6:80")]
    [InlineData("203.0.113.200:80", "udp", "session b: 10.1.0.1-10.1.0.1:* > 10.1.0.7:80")]
    [InlineData("203.0.113.200:80", "47", "drop UnsupportedProtocol")]
    [InlineData("203.0.114.1:80", "tcp", "route a")]
    public void A_packet_to_an_owned_address_is_decided_by_its_rule(string destination, string protocol, string expected)
    {
        TestPolicy policy = Of(Lantern("lo", "203.0.113.0/25", "10.1.0.5"), Lantern("hi", "203.0.113.128/26", "10.1.0.6", ", remembers: true"), Lantern("top", "203.0.113.192/26", "10.1.0.7", ", seenAs: 10.1.0.1"));

        Assert.Equal(expected, policy.Translate("a", "10.0.0.9:1000", destination, protocol).Replace("10.1.0.1:*", "10.1.0.1-10.1.0.1:*", StringComparison.Ordinal));
    }

    [Fact]
    public void The_rule_is_named_by_its_kind_and_its_document()
    {
        TestPolicy policy = Of(Lantern("lo", "203.0.113.0/25", "10.1.0.5"), Lantern("hi", "203.0.113.128/25", "10.1.0.6"));

        Assert.Equal("Lantern hi", policy.RuleFor("a", "10.0.0.9:1000", "203.0.113.200:80"));
        Assert.Equal(["Lantern lo", "Lantern hi"], policy.Policy.NatRules.Select(rule => policy.Policy.Rules[(int)rule.Number].Name));
        Assert.Equal(DestinationFinding.Ruled, policy.Policy.Explain(policy.Packet("a", "10.0.0.9", "203.0.113.200")).Destination);
    }

    [Fact]
    public void The_profile_of_the_document_says_how_long_its_sessions_live()
    {
        const string Profile = "---\napiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: { name: brief }\nspec: { timers: { udp: 7s } }\n";
        TestPolicy policy = Of(Profile, Lantern("hi", "203.0.113.128/25", "10.1.0.6", ", remembers: true, profile: brief"));

        Decision decision = policy.Policy.Decide(policy.Packet("a", "10.0.0.9", "203.0.113.200"));

        Assert.Equal(7000u, policy.Policy.Timers[decision.Timers].Udp);
    }

    [Fact]
    public void Owned_addresses_are_the_gateways_in_their_realm()
    {
        TestPolicy policy = Of(Lantern("lo", "203.0.113.0/25", "10.1.0.5"), Lantern("six", "2001:db8::/64", "2001:db8:1::5"));
        ushort a = policy.Realm("a");

        Assert.True(policy.Policy.IsPublic(a, IpAddress.Parse("203.0.113.127")));
        Assert.True(policy.Policy.IsTaken(a, IpAddress.Parse("2001:db8::7")));
        Assert.False(policy.Policy.IsPublic(a, IpAddress.Parse("203.0.113.128")));
        Assert.False(policy.Policy.IsPublic(policy.Realm("b"), IpAddress.Parse("203.0.113.127")));
        Assert.Equal(2, policy.Policy.PublicAddresses(a).Count());
        Assert.Equal("stateless b: [2001:db8::9]:1000 > [2001:db8:1::5]:80", policy.Translate("a", "[2001:db8::9]:1000", "[2001:db8::1]:80", "tcp"));
    }

    [Theory]
    [InlineData("10.1.0.6", "203.0.113.200:80", Revalidation.Kept)]
    [InlineData("10.1.0.8", "203.0.113.200:80", Revalidation.Changed)]
    [InlineData("10.1.0.8", "203.0.113.200:7", Revalidation.Kept)]
    [InlineData("10.1.0.6", "203.0.113.200:13", Revalidation.Forbidden)]
    public void A_live_session_is_put_to_the_rule_of_its_destination(string inside, string destination, Revalidation expected)
    {
        TestPolicy next = Of(Lantern("hi", "203.0.113.128/25", inside, ", remembers: true"));
        TestPolicy now = Of(Lantern("hi", "203.0.113.128/25", "10.1.0.6", ", remembers: true"));
        LiveSession live = now.LiveOf("a", "10.0.0.9:1000", destination.Replace(":13", ":14", StringComparison.Ordinal));
        if (destination.EndsWith(":13", StringComparison.Ordinal)) live = live with { Original = live.Original with { DestinationPort = 13 } };

        Assert.Equal(expected, next.Policy.Redecide(live, out Decision decision));
        if (expected == Revalidation.Kept) Assert.Equal((live.Reply.Source, live.Reply.SourcePort), (decision.Destination, decision.DestinationPort));
    }

    [Fact]
    public void A_session_from_a_pool_lives_on_while_its_address_is_of_the_pool()
    {
        TestPolicy policy = Of(Lantern("top", "203.0.113.192/26", "10.1.0.7", ", seenAs: 10.1.0.1"));
        LiveSession live = policy.LiveOf("a", "10.0.0.9:1000", "203.0.113.200:80", publicSource: "10.1.0.1:5000");
        TestPolicy other = Of(Lantern("top", "203.0.113.192/26", "10.1.0.7", ", seenAs: 10.1.0.2"));

        Assert.Equal(Revalidation.Kept, policy.Policy.Redecide(live, out _));
        Assert.Equal(Revalidation.Changed, other.Policy.Redecide(live, out _));
    }

    [Theory]
    [InlineData("10.1.0.5:1000", "192.0.2.9:80", 0, "Stateless 203.0.113.0:1000 Lantern one")]
    [InlineData("10.1.0.5:1000", "192.0.2.9:80", 1, "Route")]
    [InlineData("10.1.0.6:1000", "192.0.2.9:80", 0, "Route")]
    [InlineData("10.1.0.5:1000", "192.0.2.9:13", 0, "Drop AclDenied Lantern one")]
    [InlineData("10.1.0.5:1000", "203.0.113.9:80", 0, "Stateless 203.0.113.0:1000 Lantern one")]
    [InlineData("10.1.0.5:1000", "203.0.113.29:80", 0, "Session 203.0.113.0:1000 Lantern one")]
    public void What_leaves_is_put_to_the_rules_of_its_realm_in_their_order(string source, string destination, int linkOut, string expected)
    {
        TestPolicy policy = Of(
            Lantern("one", "203.0.113.0/28", "10.1.0.5", ", realm: b, returns: true"), Lantern("two", "203.0.113.16/28", "10.1.0.5", ", realm: b, returns: true, remembers: true"));
        FirstPacket packet = policy.Packet("b", source, destination, "tcp");
        Decision decision = policy.Policy.Decide(packet);

        policy.Policy.Leave(packet, linkOut, ref decision);

        string what = decision.Kind == DecisionKind.Drop ? $" {decision.Reason}" : decision.RewritesSource ? $" {decision.Source}:{decision.SourcePort}" : "";
        string rule = decision.Rule == GatewayPolicy.NoRule ? "" : $" {policy.Policy.Rules[(int)decision.Rule].Name}";
        Assert.Equal(expected, $"{decision.Kind}{what}{rule}");
        Assert.True(policy.Policy.MayLeaveOtherwise(packet.Realm, DecisionKind.Session));
        Assert.False(policy.Policy.MayLeaveOtherwise(policy.Realm("a"), DecisionKind.Route));
    }

    [Fact]
    public void Asking_rules_allocates_nothing()
    {
        TestPolicy policy = Of(Lantern("one", "203.0.113.0/28", "10.1.0.5", ", realm: b, returns: true"), Lantern("two", "203.0.113.16/28", "10.1.0.5", ", realm: b, returns: true, seenAs: 10.1.0.1"));
        FirstPacket packet = policy.Packet("b", "10.1.0.5:1000", "203.0.113.9:80", "tcp");
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < 50; i++)
            {
                Decision decision = policy.Policy.Decide(packet);
                policy.Policy.Leave(packet, linkOut: 0, ref decision);
            }
        });
    }

    [Fact]
    public void A_session_that_left_by_a_rule_is_put_to_it_again()
    {
        TestPolicy policy = Of(Lantern("two", "203.0.113.16/28", "10.1.0.5", ", realm: b, returns: true, remembers: true"));
        TestPolicy without = Of(Lantern("two", "203.0.113.16/28", "10.1.0.6", ", realm: b, returns: true, remembers: true"));
        FirstPacket first = policy.Packet("b", "10.1.0.5:1000", "203.0.113.29:80", "tcp");
        var original = new FlowParts(first.Realm, first.Protocol, first.Source, first.SourcePort, first.Destination, first.DestinationPort);
        var reply = new FlowParts(first.Realm, first.Protocol, IpAddress.Parse("10.1.0.5"), 80, IpAddress.Parse("203.0.113.16"), 1000);
        var live = new LiveSession(original, reply, HasPublicSource: false, ThroughMapping: false) { LinkOut = 0 };

        Assert.Equal(Revalidation.Kept, policy.Policy.Redecide(live, out _));
        Assert.Equal(Revalidation.Changed, without.Policy.Redecide(live, out _));
    }

    private static string Lantern(string name, string address, string inside, string more = "") =>
        $"---\napiVersion: sluice.dev/v1alpha1\nkind: Lantern\nmetadata: {{ name: {name} }}\nspec: {{ {(more.Contains("realm:", StringComparison.Ordinal) ? "" : "realm: a, ")}to: b, address: '{address}', inside: '{inside}'{more} }}\n";

    private static TestPolicy Of(params string[] documents) => TestPolicy.Of([], others: string.Concat(documents), kinds: LanternDocument.Kinds);
}
