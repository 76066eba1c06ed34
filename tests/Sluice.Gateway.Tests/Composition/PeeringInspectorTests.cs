using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>Peerings in force, with the sessions of each of their exposes and rules.</summary>
public sealed class PeeringInspectorTests : IDisposable
{
    private const string Config = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: one, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: net, addresses: [192.168.50.1/24] }
          realms: [{ name: one }, { name: net }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: p }
        spec:
          peering:
            one:
              expose:
                - { ips: [{ cidr: 10.0.0.0/24 }, { not: 10.0.0.9/32 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }
                - ips: [{ cidr: 10.0.0.2/32 }]
                  as: [{ cidr: 203.0.113.1/32 }]
                  nat:
                    portForward:
                      ports:
                        - { proto: tcp, port: "22", as: "22101" }
                        - { proto: udp, port: "53", as: "5353" }
            net: { expose: [{ default: true }] }
          acl:
            rules:
              - { name: no-telnet, from: one, action: deny, match: { proto: tcp, dst: [{ ports: ["23"] }] } }
              - { name: ask, from: one, action: allow, match: { proto: udp, src: [{ cidr: 10.0.0.7/32 }], dst: [{ cidr: 192.168.50.0/24, ports: ["53"] }] }, log: true }
        """;

    private readonly MemorySource source = new();
    private readonly ComposedGateway gateway;

    public PeeringInspectorTests()
    {
        gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, source);
        LoadResult loaded = ConfigLoader.LoadText("gw.yaml", Config);
        gateway.Apply(loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems)));
    }

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void A_forward_shows_where_it_leads_and_who_uses_it()
    {
        Inject("b", PacketBuilder.Ip("192.168.50.7", "203.0.113.1").Udp(4000, 5353).Payload("q").Build());
        Inject("a", PacketBuilder.Ip("10.0.0.3", "192.168.50.2").Udp(4000, 99).Payload("q").Build());

        PeeringView peering = Peering();

        Assert.Equal(
            [
                "one 1 masquerade: 1", "one 2 portForward: 1", "net 1 default: 0",
            ],
            peering.Exposes.Select(e => $"{e.Realm} {e.Number} {e.Nat}: {e.Sessions}"));
        Assert.Equal(["tcp 22101 to 22", "udp 5353 to 53"], peering.Exposes[1].Forwards);
        Assert.Equal(["10.0.0.0/24", "not 10.0.0.9/32"], peering.Exposes[0].Private);
        Assert.Equal(["203.0.113.1/32"], peering.Exposes[1].Public);
        Assert.Equal(2, peering.Sessions);
    }

    [Fact]
    public void An_access_list_shows_its_rules_in_words()
    {
        AclView acl = Peering().Acl!;

        Assert.Equal("deny-unless-exposed", acl.Default);
        Assert.Equal(
            ["no-telnet deny one->net tcp to ports 23 flow False", "ask allow one->net udp from 10.0.0.7/32 to 192.168.50.0/24 ports 53 flow True"],
            acl.Rules.Select(r => $"{r.Name} {r.Action} {r.From}->{r.To} {r.Match} {r.Scope} {r.Log}"));
    }

    [Fact]
    public void Every_session_is_counted_once_whatever_rule_let_it_pass()
    {
        Inject("a", PacketBuilder.Ip("10.0.0.7", "192.168.50.2").Udp(4000, 53).Payload("q").Build());
        Inject("a", PacketBuilder.Ip("10.0.0.3", "192.168.50.2").Udp(4000, 53).Payload("q").Build());

        Assert.Equal(2, Peering().Sessions);
    }

    private PeeringView Peering() => Assert.Single(new GatewayInspector(gateway).Peerings().Peerings);

    private void Inject(string link, byte[] packet)
    {
        source.Links[link].Inject(packet);
        gateway.Engine.Step(gateway.Engine.Clock.Now);
    }
}
