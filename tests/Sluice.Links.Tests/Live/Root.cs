using Xunit;

namespace Sluice.Links.Tests.Live;

/// <summary>Live tests need root; as root they always run.</summary>
internal static class Root
{
    public static void Required() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces and packet sockets");
}
