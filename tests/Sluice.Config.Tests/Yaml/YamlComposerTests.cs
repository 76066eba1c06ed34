using System.Text;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Yaml;

/// <summary>The text itself: syntax, limits, aliases, JSON.</summary>
public class YamlComposerTests
{
    [Theory]
    [InlineData("a: [", ConfigRule.Syntax)]
    [InlineData("a: b: c", ConfigRule.Syntax)]
    [InlineData("a: *nowhere", ConfigRule.Syntax)]
    [InlineData("a: &a [*a]", ConfigRule.Syntax)]
    [InlineData("? [a, b]\n: c", ConfigRule.Syntax)]
    [InlineData("a: !!binary AAAA", ConfigRule.Syntax)]
    [InlineData("a: \"\\q\"", ConfigRule.Syntax)]
    [InlineData("- 1\n- 2", ConfigRule.WrongType)]
    [InlineData("hello", ConfigRule.WrongType)]
    [InlineData("a: 1", ConfigRule.UnknownKind)]
    public void Broken_text_is_refused(string text, ConfigRule rule) => Refused(text, rule);

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n# nothing\n")]
    [InlineData("\uFEFF# with a byte order mark\n")]
    public void Nothing_is_an_empty_configuration(string text) => Assert.Empty(Accepted(text).Peerings);

    [Fact]
    public void A_syntax_error_keeps_the_documents_before_it_and_says_where_it_is()
    {
        LoadResult result = Load(Vpc("vpc-1", "{vni: 0}") + "---\nkind: [");
        Assert.Equal([ConfigRule.InvalidVpcVni, ConfigRule.Syntax], result.Errors());
    }

    [Fact]
    public void A_field_twice_is_an_error_that_names_both_places()
    {
        ConfigError error = Refused("apiVersion: sluice.dev/v1alpha1\nkind: NatProfile\nmetadata: { name: default }\nspec:\n  ports: '1-2'\n  ports: '3-4'\n", ConfigRule.DuplicateField);
        Assert.Equal("t.yaml:6:3: DuplicateField: NatProfile 'default': field 'ports' is here for the second time (see t.yaml:5:3)", error.ToString());
        Assert.Equal("spec.ports", error.Path);
    }

    [Fact]
    public void A_mapping_of_many_fields_finds_the_one_that_is_twice()
    {
        StringBuilder text = new("apiVersion: gateway.githedgehog.com/v1alpha1\nkind: VPCInfo\nmetadata: { name: a }\nspec:\n  subnets:\n");
        for (int i = 0; i < 40; i++) text.Append($"    s{i % 39}: {{ cidr: 10.0.{i}.0/24 }}\n");
        Assert.Equal((45, 5), (Refused(text.ToString(), ConfigRule.DuplicateField).Place.Line, Refused(text.ToString(), ConfigRule.DuplicateField).Place.Column));
    }

    [Fact]
    public void An_alias_stands_for_its_anchor() =>
        Assert.Equal(TimeSpan.FromMinutes(5), Accepted("""
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: default }
            spec:
              timers:
                tcpClosing: &t 5m
                udp: *t
              holdTime: *t
            """).DefaultProfile.HoldTime);

    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Refused(text.ToString(), ConfigRule.TooLarge);
    }

    [Fact]
    public void Deep_nesting_is_refused_without_taking_the_stack() => Refused(new string('[', 100_000), ConfigRule.TooLarge);

    [Fact]
    public void A_long_list_is_refused() =>
        Refused(Peering($"[{{ips: [{string.Join(", ", Enumerable.Repeat("{cidr: 10.0.0.0/24}", 65_537))}]}}]", "[{default: true}]"), ConfigRule.TooLarge);

    [Fact]
    public void Json_is_read_too()
    {
        ConfigSet set = Accepted("""
            {
            	"apiVersion": "gateway.githedgehog.com/v1alpha1", "kind": "GatewayPeering",
            	"metadata": {"name": "p", "namespace": "default", "creationTimestamp": null},
            	"spec": {"gatewayGroup": "default", "peering": {
            		"a": {"expose": [{"ips": [{"cidr": "10.0.0.0/24"}]}]},
            		"b": {"expose": [{"default": true}]}
            	}}
            }
            """);
        Assert.Equal("p", Assert.Single(set.Peerings).Name);
    }

    [Fact]
    public void A_list_of_a_cluster_is_read_item_by_item()
    {
        ConfigSet set = Accepted("""
            apiVersion: v1
            kind: List
            items:
              - { apiVersion: gateway.githedgehog.com/v1alpha1, kind: VPCInfo, metadata: { name: a, uid: x, resourceVersion: "1" }, spec: { vni: 1 } }
              - { apiVersion: gateway.githedgehog.com/v1alpha1, kind: VPCInfo, metadata: { name: b }, spec: { vni: 2 }, status: { internalID: AAAAB } }
            metadata: { resourceVersion: "" }
            """);
        Assert.Equal(["a", "b"], set.Vpcs.Select(vpc => vpc.Name));
    }

    [Fact]
    public void A_thousand_errors_are_listed_and_no_more()
    {
        StringBuilder text = new();
        for (int i = 0; i < 1500; i++) text.Append(Vpc($"v{i}", "{vni: 0}"));
        LoadResult result = Load(text.ToString());
        Assert.Equal(1001, result.Problems.Length);
        Assert.Equal(ConfigRule.TooLarge, result.Problems[^1].Rule);
    }

    [Fact]
    public void Problems_are_ordered_by_place()
    {
        LoadResult result = Load(Peering("[{ips: [{cidr: 10.0.0.0/33}]}]", "[{defualt: true}]") + Vpc("vpc-1", "{vni: 0}") + Vpc("vpc-1", "{vnii: 1}"));
        Assert.Equal(result.Problems.OrderBy(p => p.Place), result.Problems);
        Assert.True(result.Problems.Length >= 4, Show(result.Problems));
    }
}
