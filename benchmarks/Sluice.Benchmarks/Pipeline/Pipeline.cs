using Sluice.Benchmarks.Core;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Sluice.Policy;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>The product's engine with one worker on links that cost nothing, configured by documents.</summary>
internal sealed class Pipeline : IDisposable
{
    private static readonly MacAddress NeighborMac = MacAddress.Parse("02:00:00:00:00:99");
    private readonly Dictionary<string, BenchLink> links = [];

    public Pipeline(string yaml, int capacity)
    {
        LoadResult loaded = ConfigLoader.LoadText("bench.yaml", yaml);
        if (loaded.Set is not { } config) throw new InvalidOperationException(string.Join('\n', loaded.Problems));
        var realms = new RealmRegistry();
        Engine = new PacketEngine(new DataplaneOptions { Capacity = capacity, Seed = 1 });
        var routes = new List<RouteFact>();
        foreach (LinkSpec spec in config.Gateway.Links)
        {
            ushort index = Engine.NextLinkIndex();
            _ = realms.TryGetOrAdd(spec.Realm, out ushort realm);
            var link = new BenchLink(spec.Name, FrameBank.GatewayMac);
            links.Add(spec.Name, link);
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

        Policy = PolicyCompiler.Compile(config, realms);
        Engine.Apply(Policy, routes, identity: default);
    }

    public PacketEngine Engine { get; }

    public GatewayPolicy Policy { get; }

    /// <summary>The virtual time, in milliseconds.</summary>
    public uint Now { get; set; } = 1000;

    /// <summary>A link's queue.</summary>
    public BenchQueue QueueOf(string link) => links[link].Queue;

    /// <summary>Works on everything that is armed.</summary>
    public int Step() => Engine.Step(Now);

    public void Dispose() => Engine.Dispose();
}
