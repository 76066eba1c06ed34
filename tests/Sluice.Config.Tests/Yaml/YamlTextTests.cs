using System.Text.Json;
using Sluice.Config.Yaml;
using Xunit;

namespace Sluice.Config.Tests.Yaml;

/// <summary>What programs say as JSON, written as YAML.</summary>
public class YamlTextTests
{
    [Fact]
    public void Objects_lists_and_values_keep_their_form() => Assert.Equal(
        """
        kind: GatewayAgent
        status:
          gen: 7
          rate: 1.5
          known: true
          none: null
          empty: {}
          list:
          - a
          - b: 1
          nothing: []

        """,
        Yaml("""{"kind":"GatewayAgent","status":{"gen":7,"rate":1.5,"known":true,"none":null,"empty":{},"list":["a",{"b":1}],"nothing":[]}}"""));

    [Theory]
    [InlineData("vpc-1->vpc-2", "vpc-1->vpc-2")]
    [InlineData("gwint.githedgehog.com/v1alpha1", "gwint.githedgehog.com/v1alpha1")]
    [InlineData("2026-01-31T12:00:00Z", "\"2026-01-31T12:00:00Z\"")]
    [InlineData("1.0", "\"1.0\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("Null", "\"Null\"")]
    [InlineData("", "\"\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("- a", "\"- a\"")]
    [InlineData("two\nlines", "\"two\\nlines\"")]
    [InlineData("a # b", "\"a # b\"")]
    public void A_text_is_quoted_where_a_reader_would_take_it_for_something_else(string text, string expected) =>
        Assert.Equal($"a: {expected}\n", Yaml(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = text })));

    private static string Yaml(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return YamlText.Of(document.RootElement);
    }
}
