using Xunit;
using static Sluice.Config.Tests.Samples;
using static Sluice.Config.Tests.Validation.EndRulesTests;

namespace Sluice.Config.Tests.Validation;

public class SupportCheckTests
{
    private const string Other = "[{ips: [{cidr: 192.168.0.0/16}]}]";

    [Fact]
    public void What_this_version_only_judges_is_refused_at_load()
    {
        const string yaml = "apiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: { name: gw }\nspec: { links: [{ name: l, driver: tap }] }";
        Accepted(yaml);
        LoadResult result = ConfigLoader.LoadText("t.yaml", yaml);
        Assert.Null(result.Set);
        ConfigError error = Assert.Single(result.Problems);
        Assert.Equal((ConfigRule.NotYetSupported, "spec.links[0].driver"), (error.Rule, error.Path));
        Assert.True(error.Place.Line > 1);
    }

    [Fact]
    public void Every_kind_of_expose_and_access_lists_are_done()
    {
        foreach (string yaml in new[]
        {
            Peering($"[{Static("10.0.0.0/24", "2.0.0.0/24")}]", Other),
            Peering($"[{Forward("10.0.0.1/32", "22", "2.0.0.1/32", "22101")}]", Other),
            Peering("[{ips: [{cidr: 10.0.0.0/24, ports: '80'}]}]", Other, native: true),
            Peering($"[{None("10.0.0.0/24")}]", Other, acl: "{default: deny, rules: [{from: vpc-1, action: allow}]}"),
        })
            Assert.Empty(ConfigLoader.LoadText("t.yaml", yaml).Errors());
    }

    [Fact]
    public void Fields_of_a_profile_without_effect_are_warnings_with_their_place()
    {
        LoadResult result = ConfigLoader.LoadText("t.yaml", """
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: default }
            spec:
              holdTime: 2m
              mssClamp: 1360
              midstream: adopt
              refuse: { inside: silent }
            """);
        Assert.NotNull(result.Set);
        Assert.Equal([(6, 13), (7, 14), (8, 11)], result.Set.Warnings.Select(warning => (warning.Place.Line, warning.Place.Column)));
        Assert.All(result.Problems, problem => Assert.Equal(ConfigRule.NotYetSupported, problem.Rule));
    }

    [Fact]
    public void What_is_wrong_for_good_is_said_before_what_a_later_version_does() =>
        Assert.Equal([ConfigRule.MismatchedPrefixSizes], ConfigLoader.LoadText("t.yaml", Peering($"[{Static("10.0.0.0/24", "2.0.0.0/25")}]", Other)).Errors());
}
