using Xunit;
using static Sluice.Policy.Tests.Acl.AclPolicy;

namespace Sluice.Policy.Tests.Acl;

/// <summary>What an access list makes of answers, of errors, and of sessions after a reload.</summary>
public class AclReplyTests
{
    private const string Web = "tcp 10.0.0.1:1000 > 192.168.0.1:80";

    [Theory]
    [InlineData("deny", "flow", false)]
    [InlineData("deny", "packet", true)]
    [InlineData("deny-unless-exposed", "flow", false)]
    [InlineData("deny-unless-exposed", "packet", false)]
    public void Answers_that_no_rule_matches_go_with_a_flow_or_by_the_default(string byDefault, string scope, bool denied)
    {
        string acl = $"{{ default: {byDefault}, rules: [{{ name: r, from: a, action: allow, scope: {scope} }}] }}";
        Assert.Equal(denied, IsReplyDenied(Plain(acl), "a", Web));
        Assert.Equal(denied, IsReplyDenied(Masqueraded(acl), "a", "tcp 10.0.0.1:1000 > 8.8.8.8:80", "203.0.113.1"));
    }

    [Theory]
    [InlineData("deny", true)]
    [InlineData("allow", false)]
    public void A_rule_that_matches_the_answers_decides_on_them(string action, bool denied)
    {
        TestPolicy policy = Plain($$"""
            { default: deny, rules: [
              { name: out, from: a, action: allow },
              { name: back, to: a, action: {{action}}, match: { proto: tcp, src: [{ ports: ["80"] }] } }] }
            """);
        Assert.Equal(denied, IsReplyDenied(policy, "a", Web));
        Assert.False(IsReplyDenied(policy, "a", "tcp 10.0.0.1:1000 > 192.168.0.1:81"));
    }

    [Fact]
    public void Answers_are_judged_with_the_public_address_that_they_are_sent_to()
    {
        TestPolicy policy = Masqueraded("""
            { rules: [{ name: r, to: a, action: deny, match: { dst: [{ cidr: 203.0.113.1/32 }] } }] }
            """);
        Assert.True(IsReplyDenied(policy, "a", "udp 10.0.0.1:1000 > 8.8.8.8:53", "203.0.113.1"));
        Assert.False(IsReplyDenied(policy, "a", "udp 10.0.0.1:1000 > 8.8.8.8:53", "203.0.113.2"));
    }

    [Fact]
    public void A_flow_allowed_by_the_default_has_answers_by_the_default()
    {
        TestPolicy policy = Plain("{ rules: [{ name: r, from: b, action: deny, match: { proto: udp } }] }");
        Assert.False(IsReplyDenied(policy, "a", Web));
        Assert.True(IsReplyDenied(policy, "a", "udp 10.0.0.1:1 > 192.168.0.1:2"));
    }

    [Fact]
    public void Without_a_list_no_answer_is_denied()
    {
        TestPolicy policy = TestPolicy.Of([TestPolicy.End("a", TestPolicy.Plain("10.0.0.0/16")) + ", " + TestPolicy.End("b", TestPolicy.Plain("192.168.0.0/16"))]);
        Assert.False(IsReplyDenied(policy, "a", Web));
    }

    [Fact]
    public void An_icmp_error_is_judged_by_what_it_quotes()
    {
        TestPolicy policy = Plain("{ default: deny, rules: [{ name: r, from: a, action: allow, scope: packet, match: { proto: tcp } }] }");
        FirstPacket error = Packet(policy, "b", "icmp 192.168.0.1 > 10.0.0.1");
        Assert.Equal("drop AclDenied", policy.Say(policy.Policy.Decide(error)));
        error.IsError = true;
        Assert.Equal("stateless a", policy.Say(policy.Policy.Decide(error)));
        Assert.False(policy.Policy.Judge(policy.Realm("b"), Packet(policy, "a", Web)).Denies);
        Assert.True(policy.Policy.Judge(policy.Realm("b"), Packet(policy, "a", "udp 10.0.0.1:1000 > 192.168.0.1:80")).Denies);
    }

    [Fact]
    public void A_reload_keeps_what_the_new_list_allows_and_forbids_what_it_denies()
    {
        const string allow = "{ default: deny, rules: [{ name: r, from: a, action: allow }] }";
        const string deny = "{ default: deny, rules: [{ name: other, from: a, action: allow, match: { proto: icmp } }] }";
        TestPolicy before = Plain(allow);
        LiveSession live = before.Live("a", "10.0.0.1", "192.168.0.1");
        Assert.Equal(Revalidation.Kept, Plain(allow).Policy.Redecide(live, out Decision decision));
        Assert.Equal(DecisionKind.Session, decision.Kind);
        Assert.Equal(Revalidation.Forbidden, Plain(deny).Policy.Redecide(live, out decision));
        Assert.Equal(" by default", By(Plain(deny), decision.Rule));
    }
}
