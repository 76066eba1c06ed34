using Xunit;

namespace Sluice.Gateway.Tests;

public sealed class FileWatchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-watch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_change_counts_once_and_only_when_it_has_come_to_rest()
    {
        string file = Path.Combine(folder, "a.yaml");
        File.WriteAllText(file, "1");
        var watch = new FileWatch([file]);
        Assert.False(watch.HasChanged());

        File.WriteAllText(file, "12");
        Assert.False(watch.HasChanged());
        File.WriteAllText(file, "123");
        Assert.False(watch.HasChanged());
        Assert.True(watch.HasChanged());
        Assert.False(watch.HasChanged());
    }

    [Fact]
    public void In_a_directory_files_that_come_and_go_count()
    {
        var watch = new FileWatch([folder]);
        File.WriteAllText(Path.Combine(folder, "b.yaml"), "1");

        Assert.False(watch.HasChanged());
        Assert.True(watch.HasChanged());
        File.Delete(Path.Combine(folder, "b.yaml"));
        Assert.False(watch.HasChanged());
        Assert.True(watch.HasChanged());
    }

    [Fact]
    public void What_was_read_on_request_is_no_change_any_more()
    {
        var watch = new FileWatch([folder]);
        File.WriteAllText(Path.Combine(folder, "c.yaml"), "1");

        watch.Reset();

        Assert.False(watch.HasChanged());
        Assert.False(watch.HasChanged());
    }
}
