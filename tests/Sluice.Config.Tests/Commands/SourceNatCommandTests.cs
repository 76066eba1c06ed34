using Sluice.Config.Documents;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

public class SourceNatCommandTests
{
    private const string Begin = "set cnat snat-policy addr 198.51.100.1\nset cnat feature tap0\n";

    [Fact]
    public void Addresses_of_both_families_and_of_links_add_up()
    {
        SourceNatDocument nat = SourceNat("set cnat snat-policy addr 198.51.100.1 30::1\ncnat snat with 198.51.100.2\nset cnat snat-policy addr wan\nset cnat feature tap0");
        Assert.Equal(["198.51.100.1", "30::1", "198.51.100.2"], nat.Addresses.Select(range => range.ToString()));
        Assert.Equal(["wan"], Names(nat.AddressesOf));
    }

    [Fact]
    public void Without_an_address_source_NAT_is_taken_back()
    {
        Assert.Empty(Accepted(Begin + "set cnat snat-policy addr").SourceNats);
        ConfigSet set = Accepted(Begin + "set cnat snat-policy k8s\nset cnat snat-policy addr");
        Assert.Empty(set.SourceNats);
        Assert.Equal((ConfigRule.Ignored, 3), (Assert.Single(set.Warnings).Rule, set.Warnings[0].Place.Line));
    }

    [Fact]
    public void A_policy_without_any_address_is_an_error_at_its_line()
    {
        ConfigError error = Error("set cnat feature tap0\ncnat snat exclude 20::/100");
        Assert.Equal((ConfigRule.MissingParameter, 2, "source NAT has no address: say 'set cnat snat-policy addr ADDRESS'"), (error.Rule, error.Place.Line, error.Message));
    }

    [Theory]
    [InlineData("set cnat feature nope", 18)]
    [InlineData("set interface feature nope cnat-snat-ip6 arc ip6-unicast", 23)]
    [InlineData("set cnat snat-policy addr\nset cnat snat-policy if table k8s nope", 35)]
    public void A_link_that_nobody_has_is_an_error_also_while_there_is_no_address(string commands, int column)
    {
        const string gateway = "apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw }\nspec: { links: [{ name: tap0, driver: tun }] }";
        ConfigError error = Assert.Single(Load(commands, gateway).Problems, problem => problem.IsError);
        Assert.Equal((ConfigRule.NoSuchLink, column, "no link is named 'nope'"), (error.Rule, error.Place.Column, error.Message));
        Accepted(commands.Replace("nope", "tap0", StringComparison.Ordinal), gateway);
        Accepted(commands);
    }

    [Fact]
    public void Features_make_links_by_family()
    {
        SourceNatDocument nat = SourceNat("""
            cnat snat with 198.51.100.1
            set cnat feature both
            set interface feature four ip4-cnat-snat arc ip4-unicast
            set interface feature six cnat-snat-ip6 arc ip6-unicast
            set interface feature each cnat-snat-ip6 arc ip6-unicast
            set interface feature each cnat-snat-ip4 arc ip4-unicast
            set cnat feature gone
            set cnat feature gone disable
            set cnat feature half
            set interface feature half cnat-snat-ip4 arc ip4-unicast disable
            """);
        Assert.Equal(["both", "each"], Names(nat.Links));
        Assert.Equal(["four"], Names(nat.LinksV4));
        Assert.Equal(["six", "half"], Names(nat.LinksV6));
    }

    [Fact]
    public void Without_a_feature_no_link_is_covered_and_a_notice_says_so()
    {
        ConfigSet set = Accepted("\ncnat snat with 198.51.100.1");
        Assert.True(set.SourceNats[0].CoversNoLink);
        Assert.False(set.SourceNats[0].CoversAllLinks);
        Assert.Equal((ConfigRule.Ignored, 2), (Assert.Single(set.Warnings).Rule, set.Warnings[0].Place.Line));
    }

    [Theory]
    [InlineData("none", SourceNatPolicy.None)]
    [InlineData("if-pfx", SourceNatPolicy.IfPfx)]
    [InlineData("k8s", SourceNatPolicy.K8s)]
    [InlineData("dnat", SourceNatPolicy.Dnat)]
    [InlineData("dnat-only", SourceNatPolicy.DnatOnly)]
    public void The_policy_is_chosen_by_name_before_or_after_the_address(string name, SourceNatPolicy policy)
    {
        Assert.Equal(policy, SourceNat($"{Begin}set cnat snat-policy {name}").Policy);
        Assert.Equal(policy, SourceNat($"set cnat snat-policy {name} fib 0\n{Begin}set cnat snat-policy {name}").Policy);
    }

    [Fact]
    public void Tables_are_filled_in_any_order_of_words()
    {
        SourceNatTables tables = SourceNat(Begin + """
            set cnat snat-policy if p1
            set cnat snat-policy if p2 table include-v6
            set cnat snat-policy if table k8s p1
            set cnat snat-policy if table k8s p2
            set cnat snat-policy if table k8s p2
            set cnat snat-policy if table host tap0
            set cnat snat-policy if table k8s p1 del
            set cnat snat-policy if del table host never
            """).Tables;
        Assert.Equal(["p1|p2|p2|tap0"], [string.Join('|', tables.IncludeV4.Concat(tables.IncludeV6).Concat(tables.Pod).Concat(tables.Host).Select(link => link.Name))]);
    }

    [Fact]
    public void Prefixes_are_excluded_or_rewritten()
    {
        SourceNatDocument nat = SourceNat(Begin + """
            set cnat snat-policy prefix 10.0.0.0/8
            set cnat snat-policy prefix 10.0.0.0/8
            set cnat snat-policy prefix 11.0.0.0/8
            cnat snat exclude del 11.0.0.0/8
            cnat snat exclude 12.0.0.0/8 del
            set cnat snat-policy prefix 20.0.0.0/24 rw 30.0.0.0
            set cnat snat-policy prefix 20.0.0.0/24 src rw 31.0.0.0
            set cnat snat-policy prefix rw 32.0.0.0 20.0.1.0/24 fib 0
            set cnat snat-policy prefix 20.0.1.0/24 rw 33.0.0.0
            set cnat snat-policy prefix 20.0.2.0/24 rw 34.0.0.0
            set cnat snat-policy prefix 20.0.2.0/24 del
            set cnat snat-policy prefix 20.0.3.0/24 src rw 35.0.0.0
            set cnat snat-policy prefix 20.0.3.0/24 src del
            """);
        Assert.Equal(["10.0.0.0/8"], nat.Exclude.Select(prefix => prefix.ToString()));
        Assert.Equal(["20.0.0.0/24 30.0.0.0 False", "20.0.0.0/24 31.0.0.0 True", "20.0.1.0/24 33.0.0.0 False"], nat.Rewrites.Select(rewrite => $"{rewrite.Prefix} {rewrite.To} {rewrite.MatchSource}"));
    }

    [Fact]
    public void Links_of_commands_are_those_of_the_gateway()
    {
        LoadResult result = Load(
            "cnat snat with 198.51.100.1\nset cnat feature tap1\nset cnat snat-policy if tap2\ncnat translation add vip tap0 80",
            "apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw }\nspec: { links: [{ name: tap0, driver: tun }] }");
        Assert.Equal(
            [(ConfigRule.NoSuchLink, 2, 18), (ConfigRule.NoSuchLink, 3, 25), (ConfigRule.Forbidden, 4, 26)],
            result.Problems.Where(problem => problem.IsError).Select(problem => (problem.Rule, problem.Place.Line, problem.Place.Column)));
    }
}
