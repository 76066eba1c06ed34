using Xunit;
using static Sluice.Config.Tests.Samples;
using static Sluice.Config.Tests.Validation.EndRulesTests;

namespace Sluice.Config.Tests.Validation;

/// <summary>The rules of access lists.</summary>
public class AclRulesTests
{
    private static readonly string Vpcs = Vpc("vpc-1", "{subnets: {a: {cidr: 10.0.0.0/24}, b: {cidr: 10.0.1.0/24}}}") + Vpc("vpc-2");

    private static string With(string acl) => Vpcs + Peering(
        $"[{Masquerade("10.0.0.0/24", "2.0.0.1/32")}]", $"[{None("192.168.0.0/16")}]", acl: acl);

    private static string Rule(string rule) => With($"{{default: deny, rules: [{rule}]}}");

    [Theory]
    [InlineData("{}")]
    [InlineData("{default: deny-unless-exposed}")]
    public void A_list_without_rules_is_the_default(string acl) => Assert.Null(Accepted(With(acl)).Peerings[0].Acl);

    [Theory]
    [InlineData("{rules: []}", ConfigRule.InvalidAcl)]
    [InlineData("{default: deny}", ConfigRule.InvalidAcl)]
    [InlineData("{default: allow, rules: [{from: vpc-1, action: deny}]}", ConfigRule.Invalid)]
    public void A_list_is_refused(string acl, ConfigRule rule) => Refused(With(acl), rule);

    [Theory]
    [InlineData("{name: r1, from: vpc-1, action: allow}, {name: r1, from: vpc-2, action: allow}", ConfigRule.InvalidAcl)]
    [InlineData("{name: '', from: vpc-1, action: allow}", ConfigRule.InvalidAcl)]
    [InlineData("{action: allow}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-3, action: allow}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, to: vpc-1, action: allow}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1}", ConfigRule.MissingParameter)]
    [InlineData("{from: vpc-1, action: drop}", ConfigRule.Invalid)]
    [InlineData("{from: vpc-1, action: allow, match: {dst: [{ports: ['80']}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {proto: '1', dst: [{ports: ['80']}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {proto: tcp, dst: [{ports: []}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {proto: tcp, dst: [{ports: [80]}]}}", ConfigRule.WrongType)]
    [InlineData("{from: vpc-1, action: allow, match: {proto: '256'}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {proto: sctp}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{cidr: 10.0.0.0/24}], dst: [{cidr: '2001:db8::/32'}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{cidr: 99.0.0.0/24}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {dst: [{cidr: 10.0.0.0/24}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-2, action: allow, match: {dst: [{cidr: 10.0.0.0/24}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{vpcSubnet: c}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {dst: [{vpcSubnet: a}]}}", ConfigRule.InvalidAcl)]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{cidr: 10.0.0.0/24, vpcSubnet: a}]}}", ConfigRule.Forbidden)]
    public void A_rule_is_refused(string rule, ConfigRule broken) => Refused(Rule(rule), broken);

    [Theory]
    [InlineData("{name: r1, from: vpc-1, action: allow}, {name: r2, to: vpc-1, action: deny}")]
    [InlineData("{from: vpc-1, action: allow, match: {proto: tcp, dst: [{ports: ['80', '8000-8100']}]}, scope: flow, log: true}")]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{cidr: 10.0.0.0/8}]}}")]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{vpcSubnet: a}], proto: icmp}}")]
    [InlineData("{from: vpc-1, action: allow, match: {proto: '6', dst: [{cidr: 192.168.1.0/24, ports: ['80']}]}, scope: packet}")]
    [InlineData("{from: vpc-2, action: allow, match: {dst: [{cidr: 2.0.0.1/32}]}}")]
    [InlineData("{from: vpc-1, action: allow, match: {src: [{}]}}")]
    public void A_rule_is_accepted(string rule) => Assert.NotNull(Accepted(Rule(rule)).Peerings[0].Acl);

    [Fact]
    public void Omitted_names_and_ends_are_filled_in()
    {
        var rules = Accepted(Rule("{to: vpc-1, action: deny, match: {proto: icmp}}")).Peerings[0].Acl!.Rules;
        Assert.Equal(("rule-1", "vpc-2", "vpc-1"), (rules[0].Name, rules[0].From, rules[0].To));
        Assert.Equal([1, 58], rules[0].Protocols.ToArray());
    }

    [Fact]
    public void Flow_scope_is_accepted_on_every_peering() =>
        Accepted(Vpcs + Peering($"[{None("10.0.0.0/24")}]", $"[{Static("192.168.0.0/24", "3.0.0.0/24")}]", acl: "{rules: [{from: vpc-1, action: allow, scope: flow}]}"));
}
