using Sluice.Policy.Tests.Translations;
using Xunit;

namespace Sluice.Policy.Tests.SourceNats;

/// <summary>Live sessions of what leaves, under another policy.</summary>
public class RedecideLeavingTests
{
    private const string Pool = "198.51.100.9";
    private const string Service = "30.0.0.2 80 TCP vip";

    [Theory]
    [InlineData("the same", "addresses: [198.51.100.9]", Revalidation.Kept)]
    [InlineData("an exclusion added", "addresses: [198.51.100.9], exclude: [203.0.113.0/24]", Revalidation.Kept)]
    [InlineData("other links", "addresses: [198.51.100.9], links: [p2]", Revalidation.Kept)]
    [InlineData("another choice of address", "addresses: [198.51.100.1, 198.51.100.9]", Revalidation.Kept)]
    [InlineData("another policy", "addresses: [198.51.100.9], policy: k8s", Revalidation.Kept)]
    [InlineData("an address no longer owned", "addresses: [198.51.100.1]", Revalidation.Changed)]
    [InlineData("an address no longer owned, and excluded", "addresses: [198.51.100.1], exclude: [203.0.113.0/24]", Revalidation.Changed)]
    public void A_session_keeps_a_public_address_that_is_owned(string what, string after, Revalidation judged)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat(after));
        Assert.True(judged == policy.Policy.Redecide(policy.Live("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443", $"{Pool}:1000", "203.0.113.7:443", isPublic: true), out Decision decision), what);
        if (judged == Revalidation.Kept) Assert.Equal((1, DecisionKind.Session), (decision.SourceNat, decision.Kind));
    }

    [Fact]
    public void A_policy_that_is_gone_ends_its_sessions()
    {
        TestPolicy policy = LeavingPolicy.Of();
        Assert.Equal(Revalidation.Changed, policy.Policy.Redecide(policy.Live("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443", $"{Pool}:1000", "203.0.113.7:443", isPublic: true), out _));
    }

    [Theory]
    [InlineData("links: [p1]", Revalidation.Kept)]
    [InlineData("links: [uplink]", Revalidation.Changed)]
    [InlineData("links: [p2]", Revalidation.Changed)]
    public void A_session_without_translation_lives_while_its_answers_have_to_be_told(string links, Revalidation judged)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], {links}"));
        Assert.Equal(judged, policy.Policy.Redecide(policy.Live("uplink", "p1", "203.0.113.7:443", "10.1.0.5:1000", "203.0.113.7:443", "10.1.0.5:1000", isPublic: false), out _));
    }

    [Theory]
    [InlineData("198.51.100.9:1000", true, "addresses: [198.51.100.9], links: [p2]", Revalidation.Kept)]
    [InlineData("198.51.100.9:1000", true, "addresses: [198.51.100.1]", Revalidation.Changed)]
    [InlineData("10.1.0.5:1000", false, "addresses: [198.51.100.9], links: [p2]", Revalidation.Kept)]
    [InlineData("10.1.0.5:1000", false, "addresses: [198.51.100.9]", Revalidation.Changed)]
    public void A_session_to_a_virtual_ip_keeps_its_source_where_that_is_owned_or_nobody_takes_it(string source, bool isPublic, string after, Revalidation judged)
    {
        TestPolicy policy = LeavingPolicy.Of(ServicePolicy.Translation(Service, "", "10.3.0.7:8080", "10.3.0.8:8080"), LeavingPolicy.SourceNat(after));
        Assert.Equal(judged, policy.Policy.Redecide(policy.Live("p1", "tap0", "10.1.0.5:1000", "30.0.0.2:80", source, "10.3.0.8:8080", isPublic), out _));
    }

    [Theory]
    [InlineData("30.0.0.2:1000", false)]
    [InlineData("198.51.100.9:1000", true)]
    public void A_backend_that_is_its_own_client_goes_on_seeing_what_it_saw(string source, bool isPublic)
    {
        TestPolicy policy = LeavingPolicy.Of(ServicePolicy.Translation(Service, "", "10.3.0.7:8080"), LeavingPolicy.SourceNat($"addresses: [{Pool}]"));
        Assert.Equal(Revalidation.Kept, policy.Policy.Redecide(policy.Live("tap0", "tap0", "10.3.0.7:1000", "30.0.0.2:80", source, "10.3.0.7:8080", isPublic), out _));
    }

    [Theory]
    [InlineData("10.1.0.5:2000", "198.51.100.128", Revalidation.Changed)]
    [InlineData("198.51.100.133:1000", "198.51.100.128", Revalidation.Kept)]
    [InlineData("198.51.100.133:2000", "198.51.100.128", Revalidation.Kept)]
    [InlineData("198.51.100.133:1000", "198.51.100.0", Revalidation.Changed)]
    public void A_rewritten_prefix_keeps_its_sessions_and_their_changed_ports(string source, string to, Revalidation judged)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], policy: dnat-only, rewrites: [{{ prefix: 10.1.0.0/25, to: {to}, match: source }}]"));
        Assert.Equal(judged, policy.Policy.Redecide(policy.Live("p1", "uplink", "10.1.0.5:1000", "203.0.113.7:443", source, "203.0.113.7:443", isPublic: false), out _));
    }

    [Theory]
    [InlineData("20.0.0.0", Revalidation.Kept)]
    [InlineData("20.1.0.0", Revalidation.Changed)]
    public void A_redirected_prefix_keeps_its_sessions_while_it_leads_to_the_same_end(string to, Revalidation judged)
    {
        TestPolicy policy = LeavingPolicy.Of(LeavingPolicy.SourceNat($"addresses: [{Pool}], links: [p1], policy: dnat, rewrites: [{{ prefix: 172.31.0.0/16, to: {to} }}]"));
        Assert.Equal(judged, policy.Policy.Redecide(policy.Live("p1", "uplink", "10.1.0.5:1000", "172.31.0.7:443", $"{Pool}:1000", "20.0.0.7:443", isPublic: true), out _));
    }

    [Theory]
    [InlineData("addresses: [198.51.100.9]", Revalidation.Kept)]
    [InlineData("addresses: [198.51.100.1]", Revalidation.Changed)]
    public void A_session_through_a_peering_keeps_a_public_address_that_is_owned_there(string after, Revalidation judged)
    {
        string[] peerings = [$"{TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/8"))}, {TestPolicy.End("b", TestPolicy.Plain("172.16.0.0/16"))}"];
        TestPolicy policy = LeavingPolicy.Of(peerings, LeavingPolicy.SourceNat(after));
        Assert.Equal(judged, policy.Policy.Redecide(
            policy.Live("p1", "other", "10.1.0.5:1000", "172.16.0.7:443", $"{Pool}:1000", "172.16.0.7:443", isPublic: true, realmTo: "b"), out _));
    }
}
