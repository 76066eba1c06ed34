using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>Translations in force, with the state of their backends and what has been counted of them.</summary>
public sealed class TranslationInspectorTests
{
    [Fact]
    public void A_translation_shows_what_it_is_and_how_its_backends_share_new_sessions()
    {
        using var web = new WebGateway(WebGateway.Web(
            "affinity: { by: clientAddress }, loadBalancing: { method: maglev }", "20.0.0.1, weight: 300", "20.0.0.2", "20.0.0.3, state: draining", "20.0.0.4, source: { address: 1.2.3.4 }"));
        Down(web, "20.0.0.4");
        TranslationView view = Of(web);
        Assert.Equal(("web", "default", "30.0.0.2", "80", "tcp", "vip", "maglev", 10_800.0),
            (view.Name, view.Realm, view.Address, view.Ports, view.Protocol, view.Mode, view.Method, view.AffinitySeconds));
        Assert.StartsWith("gw.yaml:", view.Place, StringComparison.Ordinal);
        Assert.Equal(
            [
                "20.0.0.1:8080 active 300 0.75", "20.0.0.2:8080 active 100 0.25", "20.0.0.3:8080 draining 100 0", "20.0.0.4:8080 down 100 0 1.2.3.4",
            ],
            view.Backends.Select(static b => $"{b.Endpoint} {b.State} {(b.State == "draining" ? 100 : b.Weight)} {b.Share}{(b.Source is null ? "" : " " + b.Source)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sessions_packets_and_bytes_add_up_from_backends_to_the_translation()
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1", "20.0.0.2"));
        for (int port = 40_000; port < 40_030; port++)
        {
            string[] ends = web.Begin(2, port)!.Split(' ');
            web.In("b", PacketBuilder.Ip(ends[2].Split(':')[0], "10.0.1.2").Tcp(8080, port, TcpFlag.Syn | TcpFlag.Ack, 1, 1001));
        }

        TranslationView view = Of(web);
        Assert.Equal((30, 30, 0), (view.Counts.Active, view.Counts.New, view.Counts.Expired));
        Assert.Equal((new TrafficView(30, 1200), new TrafficView(30, 1200)), (view.Counts.Original, view.Counts.Reply));
        Assert.All(view.Backends, static b => Assert.NotEqual(0, b.Counts.Active));
        Assert.Equal(30, view.Backends.Sum(static b => b.Counts.Active));
        Assert.Equal(30ul, view.Backends.Aggregate(0ul, static (sum, b) => sum + b.Counts.Reply.Packets));
    }

    [Fact]
    public void Clients_that_are_remembered_are_counted_at_their_backend()
    {
        using var web = new WebGateway(WebGateway.Web("affinity: { by: clientAddress }", "20.0.0.1", "20.0.0.2"));
        for (int client = 2; client < 22; client++)
            for (int port = 40_000; port < 40_003; port++) web.Begin(client, port);
        TranslationsView all = new GatewayInspector(web.Gateway).Translations(null, 10);
        Assert.Equal(20, all.Translations[0].Backends.Sum(static b => b.Clients));
        Assert.Equal((20, 0), (all.Affinity.Clients, all.Affinity.Unremembered));
        Assert.All(all.Translations[0].Backends, static b => Assert.Equal(3 * b.Clients, b.Counts.Active));
    }

    [Fact]
    public void Refusals_stand_at_the_translation_by_reason()
    {
        using var web = new WebGateway(WebGateway.Web(""));
        for (int port = 40_000; port < 40_003; port++) Assert.Null(web.Begin(2, port));
        Assert.Equal((3, 3), (Of(web).Counts.Refused.NoBackend, Of(web).Counts.Refused.Total));
        Assert.Equal((0, 0), (Of(web).Counts.New, Of(web).Backends.Count));
    }

    [Fact]
    public void A_removed_backend_is_shown_while_sessions_of_it_live()
    {
        using var web = new WebGateway(WebGateway.Web("onRemove: drain", "20.0.0.1"));
        web.Begin(2, 40_000);
        web.Apply(WebGateway.Web("onRemove: drain", "20.0.0.2"));
        BackendView gone = Assert.Single(Of(web).Backends, static b => b.State == "removed");
        Assert.Equal(("20.0.0.1:8080", 1, 0.0), (gone.Endpoint, gone.Counts.Active, gone.Share));
        Assert.Equal((1, 1), (Of(web).Counts.Active, Of(web).Counts.New));
    }

    [Fact]
    public void One_may_be_asked_for_by_its_name_and_the_rest_is_counted()
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1") + WebGateway.Web("", "20.0.0.1").Replace("name: web", "name: mail", StringComparison.Ordinal).Replace("port: 80,", "port: 25,", StringComparison.Ordinal));
        var inspector = new GatewayInspector(web.Gateway);
        Assert.Equal(["mail"], inspector.Translations("mail", 10).Translations.Select(static t => t.Name));
        Assert.Equal((2, 1), (inspector.Translations(null, 1).Total, inspector.Translations(null, 1).Translations.Count));
        Assert.Empty(inspector.Translations("none", 10).Translations);
    }

    private static TranslationView Of(WebGateway web) => Assert.Single(new GatewayInspector(web.Gateway).Translations(null, 10).Translations);

    private static void Down(WebGateway web, string address)
    {
        foreach (var service in web.Gateway.Engine.Rules.Policy.Services)
            for (int place = 0; place < service.Backends.Length; place++)
                if (service.Backends[place].Address.ToString() == address) web.Gateway.Engine.Rules.Policy.SetUp(service.FirstBackend + place, isUp: false);
    }
}
