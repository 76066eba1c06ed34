using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

public sealed class ComposedGatewayTests : IDisposable
{
    private readonly MemorySource source = new();
    private readonly ComposedGateway gateway;

    public ComposedGatewayTests() => gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, source);

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void A_configuration_becomes_links_routes_and_translation()
    {
        gateway.Apply(Config("a one 10.0.0.1/24", "b two 192.168.50.1/24"));

        Send("a", "10.0.0.2", 5000);

        Assert.Equal(["a", "b"], gateway.Links.Select(l => l.Spec.Name));
        Assert.Contains("203.0.113.1", PacketText.Describe(Assert.Single(source.Links["b"].TakeSent()).Bytes, hasEthernet: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_stays_the_same_device_stays_open()
    {
        gateway.Apply(Config("a one 10.0.0.1/24", "b two 192.168.50.1/24"));
        gateway.Apply(Config("b two 192.168.50.1/24", "a one 10.0.0.254/24", "c three 172.16.0.1/24"));

        Assert.Equal(["a", "b", "c"], source.Opened);
        Assert.Equal(["b", "a", "c"], gateway.Links.Select(l => l.Spec.Name));
        Assert.Equal(2, gateway.Configurations);
        Assert.Contains(new GatewayInspector(gateway).Links().Links, l => l is { Name: "a", Addresses: ["10.0.0.254/24"] });
    }

    [Fact]
    public void A_link_that_cannot_be_opened_leaves_the_old_configuration_in_force()
    {
        ConfigSet first = Config("a one 10.0.0.1/24", "b two 192.168.50.1/24");
        gateway.Apply(first);
        source.Refuses = "d";

        Assert.Throws<LinkException>(() => gateway.Apply(Config("a one 10.0.0.1/24", "c three 172.16.0.1/24", "d three 172.16.1.1/24")));

        Assert.Same(first, gateway.Config);
        Assert.Equal(["a", "b"], gateway.Engine.Links.Select(p => p.Link.Name));
        Send("a", "10.0.0.2", 5000);
        Assert.Single(source.Links["b"].TakeSent());
    }

    [Fact]
    public void What_passes_can_be_seen()
    {
        gateway.Apply(Config("a one 10.0.0.1/24", "b two 192.168.50.1/24"));
        Send("a", "10.0.0.2", 5000);
        Send("a", "10.0.0.3", 5000);
        Send("a", "10.9.9.9", 5000);
        var inspector = new GatewayInspector(gateway);

        Assert.True(SessionFilter.TryRead([new SessionTerm("address", "10.0.0.2")], out SessionFilter? filter, out _));

        SessionView session = Assert.Single(inspector.Sessions(new SessionQuery(filter)).Sessions);
        Assert.Equal(("udp", "open", "one", "two", "192.168.50.2:53", "203.0.113.1:5000"),
            (session.Protocol, session.State, session.From, session.To, session.Destination, session.TranslatedSource));
        Assert.Equal((2L, 2), (inspector.Sessions(new SessionQuery(SessionFilter.Everything)).Total, inspector.Mappings(10, _ => true).Mappings.Count));
        Assert.Contains(inspector.Mappings(10, _ => true).Mappings, m => m is { Inside: "10.0.0.3:5000", PublicRealm: "two", Sessions: 1 });
        Assert.Contains(inspector.Pools().Pools, p => p is { Address: "203.0.113.1", Protocol: "udp", InUse: 2 });
        Assert.Contains(inspector.Routes().Routes, r => r is { Realm: "two", To: "192.168.50.0/24", Link: "b", From: "connected" });
        Assert.Equal(("NotExposed", 1UL), inspector.Drops().Drops.Select(d => (d.Reason, d.Packets)).Single());
        StatusView status = inspector.Status();

        // The third came from an address that nobody shows, and its sender was told so.
        Assert.Equal((3UL, 1UL, 3UL, 2L), (status.Packets.In, status.Packets.Made, status.Packets.Out, status.Sessions));
    }

    private void Send(string link, string from, int port)
    {
        source.Links[link].Inject(PacketBuilder.Ip(from, "192.168.50.2").Udp(port, 53).Payload("x").Build());
        gateway.Engine.Step(gateway.Engine.Clock.Now);
    }

    // Each link: its name, its realm, its address.
    private static ConfigSet Config(params string[] links)
    {
        string[][] parts = [.. links.Select(l => l.Split(' '))];
        string text = $$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: gw }
            spec:
              links: [{{string.Join(", ", parts.Select(p => $"{{ name: {p[0]}, driver: tun, realm: {p[1]}, addresses: [{p[2]}] }}"))}}]
              realms: [{ name: one }, { name: two }, { name: three }]
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Peering
            metadata: { name: p }
            spec:
              peering:
                one: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }
                two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
            """;
        LoadResult loaded = ConfigLoader.LoadText("test.yaml", text);
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }
}
