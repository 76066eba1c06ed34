using Xunit;
using static Sluice.Config.Tests.Samples;
using static Sluice.Config.Tests.Validation.EndRulesTests;

namespace Sluice.Config.Tests.Validation;

/// <summary>Rules P1 to P4: the two ends of one peering.</summary>
public class PeeringRulesTests
{
    [Theory]
    [InlineData("[{default: true}]", "[{default: true}]", ConfigRule.Forbidden)]
    [InlineData("[{ips: [{cidr: 10.0.0.0/24}]}]", "[{ips: [{cidr: '2001:db8::/32'}]}]", ConfigRule.Forbidden)]
    public void The_ends_do_not_meet(string left, string right, ConfigRule rule) => Refused(Peering(left, right), rule);

    [Theory]
    [InlineData("none", "none")]
    [InlineData("none", "static")]
    [InlineData("none", "masquerade")]
    [InlineData("none", "forward")]
    [InlineData("static", "static")]
    [InlineData("static", "masquerade")]
    [InlineData("static", "forward")]
    [InlineData("masquerade", "masquerade")]
    [InlineData("masquerade", "forward")]
    [InlineData("forward", "forward")]
    public void Every_mode_may_stand_opposite_every_other_in_both_dialects(string left, string right)
    {
        foreach ((string a, string b) in new[] { (left, right), (right, left) })
        {
            string first = $"[{End(a, 1)}]", second = $"[{End(b, 2)}]";
            Accepted(Peering(first, second));
            Accepted(Peering(first, second, native: true));
        }
    }

    [Theory]
    [InlineData("{a: {expose: [{default: true}]}}")]
    [InlineData("{a: {expose: [{default: true}]}, b: {expose: [{ips: [{cidr: 10.0.0.0/24}]}]}, c: {expose: [{ips: [{cidr: 10.0.1.0/24}]}]}}")]
    [InlineData("{}")]
    public void A_peering_joins_exactly_two(string map) => Refused($$"""
        apiVersion: {{Fabric}}
        kind: GatewayPeering
        metadata: { name: p }
        spec: { peering: {{map}} }
        """, ConfigRule.Invalid);

    [Fact]
    public void A_vpc_has_a_name() => Refused(Peering("[{default: true}]", "[{ips: [{cidr: 10.0.0.0/24}]}]", leftRealm: "''"), ConfigRule.MissingIdentifier);

    [Fact]
    public void What_is_wrong_at_one_place_hides_nothing_at_another()
    {
        LoadResult result = Load(Vpc("vpc-1") + Peering(
            $"[{{ips: [{{cidr: 127.0.0.0/8}}, {{cidr: 224.0.0.0/4}}], as: [{{cidr: 0.0.0.0/32}}], nat: {{static: {{}}}}}}, {None("10.0.0.0/16")}, {None("10.0.1.0/24")}, {{ips: [{{cidr: 10.2.0.0}}]}}]",
            "[{default: true, nat: {static: {}}}]", acl: "{rules: [{name: a, from: vpc-1, action: allow}, {name: a, to: vpc-3, action: deny}]}"));
        Assert.Equal(
            [ConfigRule.SpecialUsePrefix, ConfigRule.SpecialUsePrefix, ConfigRule.SpecialUsePrefix, ConfigRule.OverlappingPrefixes, ConfigRule.Invalid, ConfigRule.NoSuchVpc, ConfigRule.Invalid],
            result.Errors());
        Assert.Equal(
            [ConfigRule.InvalidAcl, ConfigRule.InvalidAcl],
            Load(Vpc("vpc-1") + Vpc("vpc-2") + Peering("[{default: true, ips: [{cidr: 10.0.0.0/8}]}]", $"[{None("10.0.0.0/16")}]",
                acl: "{rules: [{name: a, from: vpc-1, action: allow}, {name: a, to: vpc-3, action: deny}]}")).Errors()[1..]);
    }

    private static string End(string kind, int vpc) => kind switch
    {
        "static" => Static($"10.{vpc}.0.0/24", $"2.{vpc}.0.0/24"),
        "masquerade" => Masquerade($"10.{vpc}.0.0/24", $"2.{vpc}.0.0/32"),
        "forward" => Forward($"10.{vpc}.0.1/32", "80", $"2.{vpc}.0.1/32", "8080"),
        _ => None($"10.{vpc}.0.0/24"),
    };
}
