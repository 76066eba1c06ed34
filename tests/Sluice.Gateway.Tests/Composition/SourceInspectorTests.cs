using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>Source-NAT policies in force, and what has been counted of them.</summary>
public sealed class SourceInspectorTests
{
    private const string Leaving = """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { links: [a], addresses: [198.51.100.1], exclude: [10.0.0.0/8, 30.0.0.0/8], profile: narrow }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: NatProfile
        metadata: { name: narrow }
        spec: { ports: "2000-2001" }

        """;

    [Fact]
    public void A_policy_shows_what_it_covers_and_what_left_by_it()
    {
        using var web = new WebGateway(Leaving);
        Assert.Equal(["198.51.100.1:2000 > 192.0.2.9:53"], web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Udp(2000, 53)).Select(static line => string.Join(' ', line.Split(' ')[..3])));
        web.In("b", PacketBuilder.Ip("192.0.2.9", "198.51.100.1").Udp(53, 2000).Payload(72));
        SourceView view = Only(web);
        Assert.Equal(("leaving", "default", "none"), (view.Name, view.Realm, view.Policy));
        Assert.Equal(["a"], view.Links);
        Assert.Equal(["198.51.100.1"], view.Addresses);
        Assert.Equal(["10.0.0.0/8", "30.0.0.0/8"], view.Exclude);
        Assert.Equal((1, 1), (view.Counts.Active, view.Counts.New));
        Assert.Equal((new TrafficView(1, 28), new TrafficView(1, 100)), (view.Counts.Original, view.Counts.Reply));
    }

    [Fact]
    public void Who_found_no_port_is_counted_and_the_pools_show_why()
    {
        using var web = new WebGateway(Leaving);
        for (int port = 5000; port < 5005; port++) web.In("a", PacketBuilder.Ip("10.0.1.2", "192.0.2.9").Udp(port, 53));
        Assert.Equal((2, 3), (Only(web).Counts.New, Only(web).Counts.Refused.PoolExhausted));
        PoolView pool = Assert.Single(new GatewayInspector(web.Gateway).Pools().Pools, static pool => pool.Protocol == "udp");
        Assert.Equal(("198.51.100.1", 2, 2), (pool.Address, pool.InUse, pool.Total));
    }

    [Fact]
    public void A_session_under_both_is_counted_under_both()
    {
        using var web = new WebGateway(Leaving.Replace(", 30.0.0.0/8", "", StringComparison.Ordinal) + WebGateway.Web("", "20.0.0.1"));
        Assert.StartsWith("198.51.100.1:", web.Begin(2, 40_000), StringComparison.Ordinal);
        Assert.Equal(1, Only(web).Counts.Active);
        Assert.Equal(1, Assert.Single(new GatewayInspector(web.Gateway).Translations(null, 9).Translations).Counts.Active);
    }

    [Fact]
    public void Want_of_room_is_counted_under_both()
    {
        using var web = new WebGateway(Leaving.Replace(", 30.0.0.0/8", "", StringComparison.Ordinal) + WebGateway.Web("", "20.0.0.1"), capacity: 1);
        for (int port = 40_000; port < 40_003; port++) web.Begin(2, port);
        Assert.Equal((1, 2), (Only(web).Counts.New, Only(web).Counts.Refused.TableFull));
        TranslationView view = Assert.Single(new GatewayInspector(web.Gateway).Translations(null, 9).Translations);
        Assert.Equal((1, 2), (view.Counts.New, view.Counts.Refused.TableFull));
    }

    private static SourceView Only(WebGateway web) => Assert.Single(new GatewayInspector(web.Gateway).Sources(null, 10).Sources);
}
