using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Pipeline;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Benchmarks.Size;

/// <summary>The product's engine with the links of a large configuration.</summary>
internal sealed class SizeEngine : IDisposable
{
    private static readonly MacAddress NeighborMac = MacAddress.Parse("02:00:00:00:00:99");
    private readonly List<RouteFact> routes = [];
    private readonly List<BenchQueue> queues = [];

    public SizeEngine(ConfigSet config, RealmRegistry realms, GatewayPolicy policy, int capacity)
    {
        Engine = new PacketEngine(new DataplaneOptions { Capacity = capacity, Seed = 1 });
        foreach (LinkSpec spec in config.Gateway.Links)
        {
            ushort index = Engine.NextLinkIndex();
            _ = realms.TryGetOrAdd(spec.Realm, out ushort realm);
            var link = new BenchLink(spec.Name, FrameBank.GatewayMac);
            queues.Add(link.Queue);
            Engine.AddLink(new LinkPort
            {
                Index = index,
                Link = link,
                Realm = realm,
                Addresses = [.. spec.Addresses.Select(static one => new ConnectedAddress(one.Address, one.Connected))],
            });
            foreach (RouteSpec route in spec.Routes)
            {
                routes.Add(new RouteFact(index, route.To, route.Via, RouteOrigin.Document));
                Engine.Router.Neighbors.Learn(index, route.Via!.Value, NeighborMac);
            }
        }

        Apply(policy);
    }

    public PacketEngine Engine { get; }

    /// <summary>The queue of the link of a VPC.</summary>
    public BenchQueue QueueOf(int vpc) => queues[vpc];

    public void Apply(GatewayPolicy policy) => Engine.Apply(policy, routes, identity: default);

    public void Dispose() => Engine.Dispose();
}
