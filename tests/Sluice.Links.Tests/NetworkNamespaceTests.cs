using Sluice.Links.Tests.Live;
using Xunit;

namespace Sluice.Links.Tests;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void An_action_runs_inside_and_the_thread_comes_back_also_after_a_failure()
    {
        Root.Required();
        string home = OfThread();
        using NetworkNamespace other = NetworkNamespace.CreateAnonymous();
        string inside = other.Run(OfThread);
        Assert.NotEqual(home, inside);
        Assert.Equal(home, OfThread());
        Assert.Throws<InvalidOperationException>(() => other.Run(() => throw new InvalidOperationException()));
        Assert.Equal(home, OfThread());
        string again = "";
        NetworkNamespace.Run(other.Path, () => again = OfThread());
        Assert.Equal(inside, again);
        NetworkNamespace.Run(null, () => again = OfThread());
        Assert.Equal(home, again);
    }

    [Fact]
    public void A_new_namespace_has_only_a_loopback_that_is_up()
    {
        Root.Required();
        using NetworkNamespace made = NetworkNamespace.CreateAnonymous();
        string links = made.Run(() => VethPair.Command("ip", "-o", "link", "show"));
        Assert.Single(links.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("LOOPBACK,UP", links, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_namespace_is_said_in_one_line_with_the_remedy()
    {
        LinkException missing = Assert.Throws<LinkException>(() => NetworkNamespace.Open("no-such-place"));
        Assert.Contains("ip netns add", missing.Message, StringComparison.Ordinal);
    }

    private static string OfThread() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
}
