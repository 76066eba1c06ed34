using Sluice.Config.Documents;
using Xunit;
using static Sluice.Config.Tests.Commands.CommandSamples;

namespace Sluice.Config.Tests.Commands;

/// <summary>The three examples of the 2020 document, as files.</summary>
public class DocumentExamplesTests
{
    [Fact]
    public void A_virtual_IP()
    {
        ConfigSet set = Accepted(Text("vip.cnat"));
        Assert.Equal(["Translation: realm default; address 30.0.0.2; port 80; protocol 6; mode vip; loadBalancing.method hash; onRemove end; backends 20.0.0.1 port 8080 weight 100"], Asked(set));
        Assert.Equal(2, set.Questions.Length);
    }

    [Fact]
    public void An_address_of_the_host_with_a_source_towards_the_backend() => Assert.Equal(
        ["Translation: realm default; address 30.0.0.2; port 80; protocol 6; mode real; loadBalancing.method hash; onRemove end; backends 20.0.0.1 port 8080 weight 100 source 1.2.3.4 "],
        Asked(Accepted(Text("real.cnat"))));

    [Fact]
    public void Source_NAT_of_what_enters_by_a_link()
    {
        SourceNatDocument nat = SourceNat(Text("source-nat.cnat"));
        Assert.Equal(("default", SourceNatPolicy.None, "30::1", false), (nat.Realm, nat.Policy, Assert.Single(nat.Addresses).First.ToString(), nat.CoversAllLinks));
        Assert.Equal(["20::/100", "10::/100"], nat.Exclude.Select(prefix => prefix.ToString()));
        Assert.Equal("tap0", Assert.Single(nat.LinksV6).Name);
        Assert.Empty(nat.Links);
        Assert.Empty(nat.LinksV4);
    }

    [Fact]
    public void They_ask_for_what_documents_ask_for() => Assert.Equal(
        Asked(Samples.Accepted("""
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: web }
            spec: { address: 30.0.0.2, port: 80, mode: real, backends: [{ address: 20.0.0.1, port: 8080, source: { address: 1.2.3.4 } }] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: SourceNat
            metadata: { name: leaving }
            spec: { linksV6: [tap0], addresses: ["30::1"], exclude: ["20::/100", "10::/100"] }
            """)),
        Asked(Accepted(Text("real.cnat") + Text("source-nat.cnat"))));

    /// <summary>Such a file stands wherever a configuration file does.</summary>
    [Theory]
    [InlineData("vip.cnat")]
    [InlineData("real.cnat")]
    [InlineData("source-nat.cnat")]
    public void They_are_configurations_as_files(string file) => Assert.NotNull(ConfigLoader.Load([Path(file)]).Set);

    [Fact]
    public void A_directory_has_its_command_files_read_too()
    {
        LoadResult result = ConfigLoader.Load([System.IO.Path.GetDirectoryName(Path("vip.cnat"))!]);
        ConfigError error = Assert.Single(result.Problems, problem => problem.IsError);
        Assert.Equal(ConfigRule.DuplicateAddress, error.Rule);
        Assert.EndsWith("vip.cnat", error.Place.File, StringComparison.Ordinal);
        Assert.EndsWith("real.cnat", error.Others[0].File, StringComparison.Ordinal);
    }

    internal static string Text(string file) => File.ReadAllText(Path(file));

    private static string Path(string file) => System.IO.Path.Combine(AppContext.BaseDirectory, "Commands", "Examples", file);
}
