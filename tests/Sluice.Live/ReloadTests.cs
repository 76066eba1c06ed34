using System.Diagnostics;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Xunit;

namespace Sluice.Live;

/// <summary>Another configuration while programs speak.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_still_allowed_goes_on_with_the_same_public_endpoint(int workers)
    {
        town.Start(Configurations.Masquerade(workers: workers));
        town.Iperf(town.ServerSide);
        Process iperf = Begin("3");
        string[] before = Endpoints();
        for (int i = 0; i < 4; i++)
        {
            Thread.Sleep(200);
            town.Apply(Configurations.Masquerade(workers: workers, more: i % 2 == 0 ? ", { cidr: 192.168.60.0/24 }" : ""));
            Assert.Equal(before, Endpoints());
        }

        Assert.Equal(5, town.Gateway.Inspector.Status().Generation);
        string said = iperf.StandardOutput.ReadToEnd() + iperf.StandardError.ReadToEnd();
        iperf.WaitForExit();
        Assert.True(iperf.ExitCode == 0, said);
        Assert.Null(town.Gateway.Failure);
    }

    [Fact]
    public void What_is_forbidden_ends_and_what_is_allowed_again_begins()
    {
        town.Start(Configurations.Masquerade());
        town.Iperf(town.ServerSide);
        Process iperf = Begin("20");
        Assert.NotEmpty(Endpoints());

        town.Apply(Configurations.Links());
        Programs.Until(() => town.Gateway.Inspector.Status().Sessions == 0, "all sessions have ended");
        Assert.NotEqual(0, town.Client.Try("ping", "-c", "1", "-W", "1", Town.Server4).Code);
        Assert.False(iperf.HasExited);
        iperf.Kill();

        town.Apply(Configurations.Masquerade());
        town.Client.Call("ping", "-c", "1", "-W", "2", Town.Server4);
    }

    private static SessionFilter Established => SessionFilter.TryRead([new("protocol", "tcp"), new("state", "established")], out SessionFilter? filter, out string? problem)
        ? filter : throw new InvalidOperationException(problem);

    private Process Begin(string seconds)
    {
        Process iperf = town.BeginIperf(Town.Server4, "-t", seconds);
        Programs.Until(() => Endpoints().Length == 2, "iperf3's two connections are established");
        return iperf;
    }

    private string[] Endpoints() =>
    [
        .. town.Gateway.Inspector.Sessions(new SessionQuery(Established)).Sessions
            .Select(static (SessionView s) => $"{s.Id} {s.Source} {s.TranslatedSource}").Order(StringComparer.Ordinal),
    ];
}
