using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Tests.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Gateway.Tests.Objects;

/// <summary>The desk beside a gateway with links of memory.</summary>
public sealed class SessionDeskTests : IDisposable
{
    private const string Small = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: one, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: two, addresses: [192.168.50.1/24] }
          realms: [{ name: one }, { name: two }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: web }
        spec:
          peering:
            one: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }
            two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
        """;

    private readonly MemorySource source = new();
    private readonly ComposedGateway gateway;
    private readonly SessionDesk desk;
    private readonly GatewayInspector inspector;

    public SessionDeskTests()
    {
        gateway = new ComposedGateway(new DataplaneOptions { Capacity = 10_000, Seed = 1 }, source);
        gateway.Apply(ConfigLoader.LoadText("gw.yaml", Small).Set!);
        desk = new SessionDesk(gateway);
        inspector = new GatewayInspector(gateway);
    }

    public void Dispose()
    {
        desk.Dispose();
        gateway.Dispose();
    }

    [Fact]
    public void Sessions_are_counted_by_what_they_are()
    {
        Udp(5000, 5001);
        Tcp(6000, TcpFlag.Syn);

        Assert.Equal(new SessionCountView(3, 3), desk.Count(SessionFilter.Everything));
        Assert.Equal(new SessionCountView(2, 3), desk.Count(Filter("protocol", "udp")));
        Assert.Equal(new SessionCountView(3, 3), desk.Count(Filter("peering", "web")));
        Assert.Equal(new SessionCountView(0, 3), desk.Count(Filter("peering", "other")));
    }

    [Fact]
    public void What_is_deleted_is_gone_and_its_ports_rest()
    {
        Udp(5000, 5001, 5002);

        Assert.Equal(new SessionsChangedView(1, 1), desk.Delete(new SessionQuery(Filter("port", "5001"))));

        Assert.Equal(2, gateway.Engine.Store.Count().Total);
        Assert.Equal(1, gateway.Engine.Store.Ended(Sluice.Sessions.EndReason.Deleted));
        Assert.Contains(inspector.Pools().Pools, p => p is { Protocol: "udp", InUse: 2, Held: 1 });
    }

    [Fact]
    public void The_next_packet_of_a_deleted_session_is_judged_as_new()
    {
        Udp(5000);
        Tcp(6000, TcpFlag.Syn);
        ulong[] before = Numbers();
        desk.Delete(new SessionQuery(SessionFilter.Everything));

        Udp(5000);
        Tcp(6000, TcpFlag.Ack);

        ulong after = Assert.Single(Numbers());
        Assert.DoesNotContain(after, before);
        Assert.Equal(1UL, gateway.Engine.Counters().Dropped);
        Assert.Equal(DropReason.MidstreamTcp, Assert.Single(gateway.Engine.Counters().DropsByReason()).Reason);
    }

    [Fact]
    public void More_sessions_than_are_ended_at_once_are_all_ended()
    {
        Udp([.. Enumerable.Range(2000, 1000).Select(static port => (ushort)port)]);

        Assert.Equal(new SessionsChangedView(300, 300), desk.Delete(new SessionQuery(SessionFilter.Everything, Max: 300)));
        Assert.Equal(new SessionsChangedView(700, 700), desk.Delete(new SessionQuery(SessionFilter.Everything)));

        Assert.Equal(0, gateway.Engine.Store.InUse);
    }

    [Fact]
    public void A_lifetime_is_set_for_those_that_match()
    {
        Udp(5000, 5001);

        Assert.Equal(new SessionsChangedView(1, 1, 3600), desk.SetLifetime(new SessionQuery(Filter("port", "5000")), TimeSpan.FromHours(1)));

        Assert.Equal([300.0, 3600.0], inspector.Sessions(new SessionQuery(SessionFilter.Everything)).Sessions.Select(static s => Math.Round(s.ExpiresInSeconds + s.IdleSeconds)).Order());
    }

    [Fact]
    public void A_watch_is_told_what_begins_and_what_ends_and_why()
    {
        Udp(4999);
        Assert.True(desk.TryWatch(Filter("protocol", "udp"), out SessionWatch? watch));
        using SessionWatch watched = watch;

        Udp(5000);
        Tcp(6000, TcpFlag.Syn);
        desk.Delete(new SessionQuery(SessionFilter.Everything));

        // What happens within one millisecond comes in the order of the sessions: the one that was there before may be told of first.
        SessionEventView[] told = [.. watched.Take().OrderBy(static e => e.Event == "ended")];
        Assert.Equal(["new", "ended", "ended"], told.Select(static e => e.Event));
        Assert.Equal(("10.0.0.2:5000", "203.0.113.1:5000", "one", "two", null), (told[0].Session!.Source, told[0].Session!.TranslatedSource, told[0].Session!.From, told[0].Session!.To, told[0].Reason));
        Assert.All(told, static e => Assert.Equal("peering web, one expose 1 (masquerade)", e.Session!.Rule));
        Assert.All(told.Skip(1), static e => Assert.Equal(("Deleted", 1UL, 29UL), (e.Reason, e.Session!.Original.Packets, e.Session.Original.Bytes)));
        Assert.Empty(watched.Take());
    }

    [Fact]
    public void A_watch_that_takes_too_late_is_told_how_much_it_lost()
    {
        Assert.True(desk.TryWatch(SessionFilter.Everything, out SessionWatch? slow));
        Assert.True(desk.TryWatch(SessionFilter.Everything, out SessionWatch? quick));
        using SessionWatch first = slow, second = quick;
        int told = 0;
        for (int round = 0; round < 10; round++)
        {
            Udp([.. Enumerable.Range(2000 + (round * 500), 500).Select(static port => (ushort)port)]);
            told += second.Take().Count;
        }

        Assert.Equal(5000, told);
        IReadOnlyList<SessionEventView> late = first.Take();
        Assert.Equal(("lost", 5000L - SessionWatch.Capacity), (late[0].Event, late[0].Lost));
        Assert.Equal(SessionWatch.Capacity, late.Count - 1 + first.Take().Count);
    }

    [Fact]
    public void So_many_may_watch_and_no_more()
    {
        var watches = new List<SessionWatch>();
        while (desk.TryWatch(SessionFilter.Everything, out SessionWatch? watch)) watches.Add(watch);

        Assert.Equal(SessionHub.WatchesMax, watches.Count);
        watches[0].Dispose();
        Assert.True(desk.TryWatch(SessionFilter.Everything, out _));
    }

    [Fact]
    public void A_desk_that_has_closed_tells_nobody_anything()
    {
        Assert.True(desk.TryWatch(SessionFilter.Everything, out SessionWatch? watch));
        Udp(5000);

        desk.Dispose();

        Assert.Empty(watch.Take());
        Assert.False(desk.TryWatch(SessionFilter.Everything, out _));
    }

    private ulong[] Numbers() => [.. inspector.Sessions(new SessionQuery(SessionFilter.Everything)).Sessions.Select(static s => s.Id)];

    private void Udp(params ushort[] ports)
    {
        foreach (ushort[] some in ports.Chunk(100))
        {
            foreach (ushort port in some) source.Links["a"].Inject(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Udp(port, 53).Payload("x").Build());
            gateway.Engine.Step(gateway.Engine.Clock.Now);
        }
    }

    private void Tcp(ushort port, byte flags)
    {
        source.Links["a"].Inject(PacketBuilder.Ip("10.0.0.2", "192.168.50.2").Tcp(port, 80, flags).Build());
        gateway.Engine.Step(gateway.Engine.Clock.Now);
    }

    private static SessionFilter Filter(string key, string value)
    {
        Assert.True(SessionFilter.TryRead([new SessionTerm(key, value)], out SessionFilter? filter, out string? problem), problem);
        return filter;
    }
}
