using Sluice.Config;
using Sluice.Config.Comparison;
using Sluice.Config.Kinds;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests;

/// <summary>What a document may say, and what is said where it is wrong.</summary>
public class DocumentTests
{
    private static readonly DocumentKinds Kinds = new(PrefixNatDocument.DocumentKind);

    [Fact]
    public void The_example_is_accepted()
    {
        LoadResult result = ConfigLoader.Load([Path.Combine(AppContext.BaseDirectory, "configurations", "site.yaml")], Kinds);

        Assert.Empty(result.Problems);
        Assert.Equal(["site", "site-v4"], result.Set!.Added.Select(document => document.Name));
        PrefixNatDocument site = Assert.IsType<PrefixNatDocument>(result.Set.Added[0]);
        Assert.Equal("2001:db8:1::/48", site.Prefixes.Outside.ToString());
        Assert.Equal(["wan"], site.Links);
    }

    [Theory]
    [InlineData("{ inside: 10.20.0.0/16 }", "1:84: MissingParameter: PrefixNat 's': 'outside' is missing")]
    [InlineData("{ inside: 10.20.0.0/16, outsde: 198.18.0.0/16 }", "1:108: UnknownField: PrefixNat 's': unknown field 'outsde'; did you mean 'outside'?")]
    [InlineData("{ inside: 10.20.0.0/16, outside: fd00::/16 }", "1:117: InconsistentIpVersion: PrefixNat 's': fd00::/16 can't stand for 10.20.0.0/16: the families differ")]
    [InlineData("{ inside: 10.20.0.0/16, outside: 198.18.0.0/15 }", "1:117: MismatchedPrefixSizes: PrefixNat 's': 198.18.0.0/15 can't stand for 10.20.0.0/16: both have one length")]
    [InlineData("{ inside: 10.20.3.0/24, outside: 198.18.3.0/24 }",
        "1:94: Invalid: PrefixNat 's': 10.20.3.0/24 leaves no 16 bits to adjust: an IPv4 prefix is a /16 or shorter, an IPv6 prefix a /64 or shorter")]
    [InlineData("{ inside: 10.20.0.0/16, outside: 10.20.0.0/16 }", "1:117: OverlappingPrefixes: PrefixNat 's': 10.20.0.0/16 and 10.20.0.0/16 share addresses")]
    [InlineData("{ inside: 10.20.0.0/16, outside: 198.18.0.0/16, links: [wan] }", "1:140: NoSuchLink: PrefixNat 's': no link is named 'wan'")]
    public void What_is_wrong_is_said_at_its_place(string spec, string expected)
    {
        string text = $"{{ apiVersion: samples.sluice.dev/v1, kind: PrefixNat, metadata: {{ name: s }}, spec: {spec} }}\n---\napiVersion: sluice.dev/v1alpha1\nkind: Gateway\nmetadata: {{ name: g }}\nspec: {{}}\n";

        LoadResult result = ConfigLoader.LoadText("site.yaml", text, Kinds);

        Assert.Null(result.Set);
        Assert.Equal([$"site.yaml:{expected}"], result.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_change_is_told_by_its_fields()
    {
        const string Text = "{ apiVersion: samples.sluice.dev/v1, kind: PrefixNat, metadata: { name: s }, spec: { inside: 10.20.0.0/16, outside: 198.18.0.0/16 } }";
        ConfigSet old = ConfigLoader.LoadText("site.yaml", Text, Kinds).Set!;
        ConfigSet next = ConfigLoader.LoadText("site.yaml", Text.Replace("198.18", "198.19", StringComparison.Ordinal), Kinds).Set!;

        ConfigChange change = Assert.Single(ConfigComparison.Compare(old, next));

        Assert.Equal("PrefixNat", change.Item.Kind);
        Assert.Equal([("outside", "198.18.0.0/16", "198.19.0.0/16")], change.Fields.Select(field => (field.Name, field.From!, field.To!)));
    }
}
