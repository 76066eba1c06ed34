using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Xunit;

namespace Sluice.Live;

/// <summary>Sessions deleted and watched while programs speak.</summary>
public sealed class SessionObjectTests : IDisposable
{
    private readonly Town town = new();
    private readonly List<SessionEventView> told = [];

    public void Dispose() => town.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_watched_is_told_and_what_is_deleted_begins_anew(int workers)
    {
        town.Middle.Call("ip", "neigh", "replace", Town.Server4, "lladdr", Town.ServerMac, "dev", "vpc2");
        town.Start(Configurations.Masquerade(workers: workers));
        Assert.True(SessionFilter.TryRead([new("protocol", "icmp"), new("address", Town.Client4)], out SessionFilter? pings, out string? problem), problem);
        Assert.True(town.Gateway.Desk.TryWatch(pings, out SessionWatch? begun));
        using SessionWatch watch = begun;

        Ping();
        Await(watch, "new", 1);
        Assert.Equal(new SessionsChangedView(1, 1), town.Gateway.Desk.Delete(new SessionQuery(pings)));
        Await(watch, "ended", 1);
        Ping();
        Await(watch, "new", 2);

        SessionEventView end = told.Single(static e => e.Event == "ended");
        Assert.Equal(("Deleted", 1UL, 1UL), (end.Reason, end.Session!.Original.Packets, end.Session.Reply.Packets));
        Assert.Equal(told.First(static e => e.Event == "new").Session!.Id, end.Session.Id);
        Assert.Equal(new SessionCountView(1, 1), town.Gateway.Desk.Count(pings) with { Total = 1 });
        Assert.Null(town.Gateway.Failure);
    }

    private void Ping() => town.PingAll(town.Client, Town.Server4, 1);

    private void Await(SessionWatch watch, string what, int count) => Programs.Until(
        () =>
        {
            told.AddRange(watch.Take());
            return told.Count(e => e.Event == what) >= count;
        },
        $"{count} times {what}");
}
