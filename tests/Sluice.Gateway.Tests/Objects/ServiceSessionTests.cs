using Sluice.Gateway.Composition;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Tests.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Objects;

/// <summary>Sessions to virtual IPs, and those that leave by a source-NAT policy, as objects.</summary>
public sealed class ServiceSessionTests : IDisposable
{
    private const string Leaving = """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { links: [a], addresses: [198.51.100.1], exclude: [10.0.0.0/8, 20.0.0.0/8] }

        """;

    private readonly WebGateway web = new(WebGateway.Web("", "20.0.0.1", "20.0.0.2") + Leaving);
    private readonly SessionDesk desk;

    public ServiceSessionTests() => desk = new SessionDesk(web.Gateway);

    public void Dispose()
    {
        desk.Dispose();
        web.Dispose();
    }

    [Fact]
    public void They_are_chosen_by_backend_translation_and_policy()
    {
        var had = new Dictionary<string, long>();
        for (int port = 40_000; port < 40_020; port++)
        {
            string backend = web.Begin(2, port)!.Split(' ')[2];
            had[backend] = had.GetValueOrDefault(backend) + 1;
        }

        web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Udp(5000, 53));
        Assert.Equal(2, had.Count);
        Assert.Equal(had["20.0.0.1:8080"], Count("backend", "20.0.0.1:8080"));
        Assert.Equal(had["20.0.0.2:8080"], Count("backend", "20.0.0.2"));
        Assert.Equal(20, Count("backend", "20.0.0.0/24"));
        Assert.Equal(20, Count("backend", "20.0.0.1,20.0.0.2"));
        Assert.Equal(0, Count("backend", "20.0.0.1:80"));
        Assert.Equal((20, 0), (Count("translation", "web"), Count("translation", "mail")));
        Assert.Equal((1, 0), (Count("policy", "leaving"), Count("policy", "web")));
        Assert.False(SessionFilter.TryRead([new SessionTerm("backend", "web")], out _, out string? problem));
        Assert.StartsWith("--backend is a backend of a translation", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_names_its_translation_its_backend_and_its_policy()
    {
        web.Begin(2, 40_000);
        web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Udp(5000, 53));
        SessionView[] sessions = [.. new GatewayInspector(web.Gateway).Sessions(new SessionQuery(SessionFilter.Everything, SessionOrder.Number)).Sessions];
        Assert.Equal(("web", sessions[0].TranslatedDestination, null), (sessions[0].Translation, sessions[0].Backend, sessions[0].SourcePolicy));
        Assert.Equal((null, null, "leaving"), (sessions[1].Translation, sessions[1].Backend, sessions[1].SourcePolicy));
    }

    [Fact]
    public void A_direct_backends_session_names_it_though_nothing_is_rewritten()
    {
        web.Apply(WebGateway.Web("", "20.0.0.1").Replace("port: 8080, address: 20.0.0.1", "address: 20.0.0.7, mode: direct", StringComparison.Ordinal));
        web.Begin(2, 40_000);
        SessionView session = Assert.Single(new GatewayInspector(web.Gateway).Sessions(new SessionQuery(SessionFilter.Everything)).Sessions);
        Assert.Equal(("30.0.0.2:80", "20.0.0.7:80"), (session.TranslatedDestination, session.Backend));
        Assert.Equal(1, Count("backend", "20.0.0.7:80"));
    }

    [Fact]
    public void A_watch_of_one_translation_is_told_of_its_sessions_with_their_backend()
    {
        Assert.True(SessionFilter.TryRead([new SessionTerm("translation", "web"), new SessionTerm("backend", "20.0.0.0/24")], out SessionFilter? filter, out _));
        Assert.True(desk.TryWatch(filter, out SessionWatch? watch));
        using SessionWatch watched = watch;
        web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Udp(5000, 53));
        string backend = web.Begin(2, 40_000)!.Split(' ')[2];
        desk.Delete(new SessionQuery(SessionFilter.Everything));
        Assert.Equal([("new", "web", backend), ("ended", "web", backend)], watched.Take().Select(static e => (e.Event, e.Session!.Translation!, e.Session.Backend!)));
    }

    [Fact]
    public void A_query_has_its_identifier_once()
    {
        web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Echo(7));
        SessionView session = Assert.Single(new GatewayInspector(web.Gateway).Sessions(new SessionQuery(SessionFilter.Everything)).Sessions);
        Assert.Equal(("10.0.1.2:7", "192.0.2.9", "192.0.2.9"), (session.Source, session.Destination, session.TranslatedDestination));
        Assert.StartsWith("198.51.100.1:", session.TranslatedSource, StringComparison.Ordinal);
    }

    private long Count(string key, string value)
    {
        Assert.True(SessionFilter.TryRead([new SessionTerm(key, value)], out SessionFilter? filter, out string? problem), problem);
        return desk.Count(filter).Matched;
    }
}
