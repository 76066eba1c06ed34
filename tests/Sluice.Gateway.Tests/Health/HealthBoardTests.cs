using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Health;
using Sluice.Gateway.Tests.Composition;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Gateway.Tests.Health;

/// <summary>What is known of backends when another configuration comes.</summary>
public sealed class HealthBoardTests : IDisposable
{
    private readonly ComposedGateway gateway = new(new DataplaneOptions { Capacity = 1000, Seed = 1 }, new MemorySource());

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void A_backend_that_is_known_to_be_down_is_down_from_the_first_moment_of_a_configuration()
    {
        gateway.Apply(Config("health: { check: tcp }"));
        Assert.Equal([true, true], Up());
        gateway.Health.Set(new BackendKey("web", IpAddress.Parse("20.0.0.2"), 8080), new BackendHealth(IsUp: false, default, "the port is closed", IsEjected: false, "tcp"));
        gateway.Apply(Config("health: { check: http }"));
        Assert.Equal([true, false], Up());
        gateway.Reapply();
        Assert.Equal([true, false], Up());
        gateway.Apply(Config("onRemove: end"));
        Assert.Equal([true, true], Up());
    }

    private IEnumerable<bool> Up() => gateway.Engine.Rules.Policy.Services[0].Backends.Select((_, place) => gateway.Engine.Rules.Policy.Services[0].IsUp(place));

    private static ConfigSet Config(string more)
    {
        LoadResult loaded = ConfigLoader.LoadText("t.yaml", $$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Translation
            metadata: { name: web }
            spec: { address: 30.0.0.2, port: 80, backends: [{ address: 20.0.0.1, port: 8080 }, { address: 20.0.0.2, port: 8080 }], {{more}} }
            """);
        return loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }
}
