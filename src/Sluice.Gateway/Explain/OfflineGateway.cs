using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Links;
using Sluice.Links.Memory;

namespace Sluice.Gateway.Explain;

/// <summary>A gateway that is composed to be asked: its links are memory, and no packet passes.</summary>
public static class OfflineGateway
{
    // Nothing lives in it, so the smallest tables do.
    private const int Capacity = 1;
    private const int DefaultMtu = 1500;

    /// <summary>Composes a configuration without opening a device.</summary>
    public static ComposedGateway Compose(ConfigSet config)
    {
        var gateway = new ComposedGateway(new DataplaneOptions { Capacity = Capacity, Seed = 1 }, new Silence());
        gateway.Apply(config);
        return gateway;
    }

    private sealed class Silence : LinkSource
    {
        public override bool AnswersForOwnAddresses => true;

        public override Link Open(LinkSpec spec, int order) =>
            new MemoryLink(spec.Name, spec.Driver != LinkDriver.Tun, spec.Mac, spec.Mtu ?? DefaultMtu) { Vlan = (ushort)(spec.Vlan ?? 0), KeepsSent = false };
    }
}
