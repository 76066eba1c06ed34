using Xunit;
using static Sluice.Config.Tests.Samples;

namespace Sluice.Config.Tests.Validation;

/// <summary>Addresses that are given by the name of a link.</summary>
public class LinkAddressRulesTests
{
    private const string Head = "apiVersion: sluice.dev/v1alpha1\nkind: ";

    private static string Gateway(string addresses) => $"{Head}Gateway\nmetadata: {{ name: gw }}\nspec: {{ links: [{{ name: l, driver: afpacket{addresses} }}] }}\n---\n";

    [Theory]
    [InlineData("addressOf: l, mode: real, port: 80", "until the kernel has one there, the translation is nowhere")]
    [InlineData("address: 30.0.0.2, port: 80, backends: [{ addressOf: l, port: 80 }]", "until the kernel has one there, the backend isn't there")]
    [InlineData("address: 30.0.0.2, port: 80, backends: [{ address: 20.0.0.1, source: { addressOf: l } }]", "until the kernel has one there, the backend isn't there")]
    public void A_link_without_the_address_that_it_stands_for_is_warned_of(string spec, string message)
    {
        string translation = $"{Head}Translation\nmetadata: {{ name: web }}\nspec: {{ {spec} }}\n";
        foreach (string addresses in new[] { "", ", addresses: ['fd00::1/64']" })
        {
            LoadResult loaded = Load(Gateway(addresses) + translation);
            ConfigError problem = Assert.Single(loaded.Problems);
            Assert.NotNull(loaded.Set);
            Assert.Equal((ConfigRule.AddressOfKernel, $"link 'l' lists no IPv4 address: {message}"), (problem.Rule, problem.Message));
        }

        Assert.DoesNotContain(Load(Gateway(", addresses: [10.0.0.1/24]") + translation).Problems, static problem => problem.Rule == ConfigRule.AddressOfKernel);
    }

    [Fact]
    public void Source_NAT_to_a_link_without_any_address_is_warned_of()
    {
        string source = $"{Head}SourceNat\nmetadata: {{ name: leaving }}\nspec: {{ addressesOf: [l] }}\n";
        Assert.Equal(ConfigRule.AddressOfKernel, Assert.Single(Load(Gateway("") + source).Problems).Rule);
        Assert.Empty(Load(Gateway(", addresses: ['fd00::1/64']") + source).Problems);
    }
}
