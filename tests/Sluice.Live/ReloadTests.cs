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
        Process iperf = Begin();
        string[] before = Endpoints();
        for (int i = 0; i < 4; i++)
        {
            AwaitMore();
            town.Apply(Configurations.Masquerade(workers: workers, more: i % 2 == 0 ? ", { cidr: 192.168.60.0/24 }" : ""));
            Assert.Equal(before, Endpoints());
        }

        Assert.Equal(5, town.Gateway.Inspector.Status().Generation);
        AwaitMore();
        Assert.Equal(before, Endpoints());
        Assert.False(iperf.HasExited);
        Assert.Null(town.Gateway.Failure);
    }

    [Fact]
    public void What_is_forbidden_ends_and_what_is_allowed_again_begins()
    {
        town.Start(Configurations.Masquerade());
        town.Iperf(town.ServerSide);
        Process iperf = Begin();
        Assert.NotEmpty(Endpoints());

        town.Apply(Configurations.Links());
        Programs.Until(() => town.Gateway.Inspector.Status().Sessions == 0, "all sessions have ended");
        town.Client.Unanswered(() => town.Dropped("NotExposed"), 1, "ping", Pings.OneTo(Town.Server4));
        Assert.False(iperf.HasExited);
        iperf.Kill();

        town.Apply(Configurations.Masquerade());
        town.Client.Ping(Town.Server4);
    }

    private static SessionFilter Established => SessionFilter.TryRead([new("protocol", "tcp"), new("state", "established")], out SessionFilter? filter, out string? problem)
        ? filter : throw new InvalidOperationException(problem);

    // It goes on for longer than any test lasts.
    private Process Begin()
    {
        Process iperf = town.BeginIperf(Town.Server4, "-t", "3600");
        Programs.Until(() => Endpoints().Length == 2, "iperf3's two connections are established");
        return iperf;
    }

    // Waits until packets have gone both ways after this moment.
    private void AwaitMore()
    {
        (ulong Original, ulong Reply) before = Passed();
        Programs.Until(() => Passed() is var now && now.Original > before.Original && now.Reply > before.Reply, "iperf3 goes on");
    }

    private (ulong Original, ulong Reply) Passed()
    {
        (ulong original, ulong reply) = (0, 0);
        foreach (SessionView session in Live())
        {
            original += session.Original.Packets;
            reply += session.Reply.Packets;
        }

        return (original, reply);
    }

    private IReadOnlyList<SessionView> Live() => town.Gateway.Inspector.Sessions(new SessionQuery(Established)).Sessions;

    private string[] Endpoints() =>
    [
        .. Live().Select(static (SessionView s) => $"{s.Id} {s.Source} {s.TranslatedSource}").Order(StringComparer.Ordinal),
    ];
}
