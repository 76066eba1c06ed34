using Xunit;

namespace Sluice.Config.Tests;

public sealed class ConfigLoaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_and_directories_make_one_configuration()
    {
        Directory.CreateDirectory(Path.Combine(folder, "all"));
        Write("all/b.yml", Samples.Vpc("vpc-2"));
        Write("all/a.yaml", Samples.Vpc("vpc-1"));
        Write("all/c.json", """{"apiVersion": "gateway.githedgehog.com/v1alpha1", "kind": "VPCInfo", "metadata": {"name": "vpc-3"}, "spec": {}}""");
        Write("all/notes.txt", "not: [yaml");
        string peering = Write("p.yaml", Samples.Peering("[{default: true}]", "[{ips: [{cidr: 10.0.0.0/24}]}]"));
        LoadResult result = ConfigLoader.Load([Path.Combine(folder, "all"), peering]);
        Assert.True(result.Set is not null, Samples.Show(result.Problems));
        Assert.Equal(["vpc-1", "vpc-2", "vpc-3"], result.Set.Vpcs.Select(vpc => vpc.Name));
    }

    [Fact]
    public void A_place_names_its_file()
    {
        string file = Write("bad.yaml", Samples.Vpc("vpc-1", "{vni: 0}"));
        ConfigError error = Assert.Single(ConfigLoader.Load([file]).Problems);
        Assert.Equal($"{file}:5:13: InvalidVpcVni: VPCInfo 'vpc-1': 0 is not a VNI: 1 to 16777215", error.ToString());
    }

    [Fact]
    public void An_error_names_its_document_where_that_has_a_name()
    {
        string yaml = Samples.Vpc("vpc-1", "{vni: 0}") + "---\napiVersion: sluice.dev/v1alpha1\nkind: Gateway\nspec: {}\n" + Samples.Vpc("vpc-2", "{vni: 0}") + "---\n[\n";
        Assert.Equal(["VPCInfo 'vpc-1'", "", "VPCInfo 'vpc-2'", ""], Samples.Load(yaml).Problems.Select(problem => problem.Document));
    }

    [Fact]
    public void What_cannot_be_read_is_an_error()
    {
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        LoadResult result = ConfigLoader.Load([Path.Combine(folder, "nowhere.yaml"), Path.Combine(folder, "empty"), ""]);
        Assert.Null(result.Set);
        Assert.Equal([ConfigRule.Unreadable, ConfigRule.Unreadable, ConfigRule.Unreadable], result.Errors());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
