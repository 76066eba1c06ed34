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
    [InlineData("none", "none", true)]
    [InlineData("none", "static", true)]
    [InlineData("none", "masquerade", true)]
    [InlineData("none", "forward", true)]
    [InlineData("static", "static", true)]
    [InlineData("static", "masquerade", true)]
    [InlineData("static", "forward", true)]
    [InlineData("masquerade", "masquerade", false)]
    [InlineData("masquerade", "forward", false)]
    [InlineData("forward", "forward", false)]
    public void Stateful_nat_stands_at_one_end_of_a_reference_peering_and_at_both_of_a_native_one(string left, string right, bool allowed)
    {
        foreach ((string a, string b) in new[] { (left, right), (right, left) })
        {
            string first = $"[{End(a, 1)}]", second = $"[{End(b, 2)}]";
            if (allowed) Accepted(Peering(first, second));
            else Refused(Peering(first, second), ConfigRule.IncompatibleNatModes);
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

    private static string End(string kind, int vpc) => kind switch
    {
        "static" => Static($"10.{vpc}.0.0/24", $"2.{vpc}.0.0/24"),
        "masquerade" => Masquerade($"10.{vpc}.0.0/24", $"2.{vpc}.0.0/32"),
        "forward" => Forward($"10.{vpc}.0.1/32", "80", $"2.{vpc}.0.1/32", "8080"),
        _ => None($"10.{vpc}.0.0/24"),
    };
}
