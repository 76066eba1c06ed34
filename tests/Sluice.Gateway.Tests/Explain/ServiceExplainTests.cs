using Sluice.Gateway.Explain;
using Sluice.Gateway.Tests.Composition;
using Sluice.Gateway.Views;
using Xunit;

namespace Sluice.Gateway.Tests.Explain;

/// <summary>What is said of a packet to a virtual IP.</summary>
public sealed class ServiceExplainTests
{
    private const string Kept = "affinity: { by: clientAddress }";

    [Fact]
    public void It_says_which_backend_the_hash_chooses()
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1", "20.0.0.2"));
        StageView stage = Destination(web, "10.0.1.2:40000");
        string backend = web.Begin(2, 40_000)!.Split(' ')[2];
        Assert.Equal(["30.0.0.2:80 is a virtual IP: translation web", $"of 2 backends its hash chooses {backend}"], stage.Says);
        Assert.StartsWith("gw.yaml:", Assert.Single(stage.Because).Place, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_that_a_client_keeps_its_backend_and_for_how_long()
    {
        using var web = new WebGateway(WebGateway.Web(Kept, "20.0.0.1", "20.0.0.2", "20.0.0.3"));
        Assert.EndsWith(", which 10.0.1.2 then keeps for 3h after its last new session", Destination(web, "10.0.1.2:40000").Says[1], StringComparison.Ordinal);
        string backend = web.Begin(2, 40_000)!.Split(' ')[2];
        for (int port = 40_001; port < 40_020; port++)
        {
            string says = Destination(web, $"10.0.1.2:{port}").Says[1];
            Assert.StartsWith($"10.0.1.2 had {backend} last and keeps that for ", says, StringComparison.Ordinal);
            Assert.EndsWith(" more, or anew after each session that it begins", says, StringComparison.Ordinal);
            Assert.Equal(backend, web.Begin(2, port)!.Split(' ')[2]);
        }
    }

    [Fact]
    public void It_says_that_nobody_is_left()
    {
        using var web = new WebGateway(WebGateway.Web(Kept));
        Assert.Equal("no backend of it can be had", Destination(web, "10.0.1.2:40000").Says[1]);
    }

    [Fact]
    public void It_looks_for_the_way_to_a_direct_backend_itself()
    {
        using var web = new WebGateway(WebGateway.Web("", "20.0.0.1").Replace("address: 20.0.0.1", "mode: direct, address: 20.0.0.1", StringComparison.Ordinal));
        Assert.StartsWith("20.0.0.1 in ", Stage(web, "route", "10.0.1.2:40000").Says[0], StringComparison.Ordinal);
    }

    private static StageView Destination(WebGateway web, string source) => Stage(web, "destination", source);

    private static StageView Stage(WebGateway web, string name, string source)
    {
        Assert.True(new Explainer(web.Gateway).TryExplain(new ExplainQuestion("a", "tcp", source, "30.0.0.2:80", null), out ExplanationView? view, out string? problem), problem);
        return Assert.Single(view.Stages, stage => stage.Stage == name);
    }
}
