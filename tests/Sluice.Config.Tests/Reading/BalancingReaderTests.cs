using Sluice.Config.Documents;
using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Reading;

/// <summary>How a virtual IP chooses among its backends.</summary>
public class BalancingReaderTests
{
    private static string Translation(string balancing, string rest = "") =>
        $"apiVersion: sluice.dev/v1alpha1\nkind: Translation\nmetadata: {{ name: web }}\nspec: {{ address: 30.0.0.2, port: 80{rest}, backends: [{{ address: 20.0.0.1 }}],\n  loadBalancing: {balancing} }}\n";

    [Fact]
    public void Everything_of_it_is_read()
    {
        ConfigSet config = Accepted(Translation("{ method: maglev, tableSize: 101, hashFields: [srcAddr, dstPort], symmetric: true, reverse: true }"));
        TranslationDocument translation = Assert.Single(config.Translations);
        Assert.True(translation is { Maglev: true, TableSize: 101, SymmetricHash: true, ReverseHash: true });
        Assert.Equal(["srcAddr", "dstPort"], translation.HashFields);
        Assert.DoesNotContain(Load(Translation("{ method: maglev, tableSize: 101 }")).Problems, p => p.Rule == ConfigRule.Ignored);
    }

    [Fact]
    public void The_fields_of_a_hash_have_names() =>
        Assert.Equal(5, Refused(Translation("{ hashFields: [srcAdr] }"), ConfigRule.Invalid).Place.Line);

    [Theory]
    [InlineData("{ tableSize: 101 }", "", "'tableSize' has no effect here: it is the size of a Maglev table, and 'method' isn't 'maglev'")]
    [InlineData("{ hashFields: [srcPort] }", ", affinity: {}", "'hashFields' has no effect here: with 'affinity' the client's address alone decides")]
    [InlineData("{ symmetric: true }", ", affinity: {}", "'symmetric' has no effect here: with 'affinity' the client's address alone decides")]
    [InlineData("{ reverse: true }", ", affinity: {}", "'reverse' has no effect here: with 'affinity' the client's address alone decides")]
    public void A_field_without_effect_is_warned_of(string balancing, string rest, string message)
    {
        ConfigError problem = Assert.Single(Load(Translation(balancing, rest)).Problems, p => p.Rule == ConfigRule.Ignored);
        Assert.False(problem.IsError);
        Assert.Equal(message, problem.Message);
        Assert.Equal(5, problem.Place.Line);
    }
}
