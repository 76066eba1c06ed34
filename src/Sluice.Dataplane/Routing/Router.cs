using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>Routes, neighbours and next hops as one: what workers ask for the way out, and what the control side tells.</summary>
/// <remarks>
/// A kept handle stays right while nothing but a neighbour's Ethernet address changes. A change of links or routes raises <see cref="Generation"/>;
/// whoever keeps handles (sessions do) resolves again then.
/// </remarks>
public sealed class Router : IDisposable
{
    private RouteTable table = RouteTable.Empty;
    private uint generation = 1;

    /// <summary>Makes a router without links.</summary>
    /// <param name="nextHopCapacity">The most next hops at once.</param>
    public Router(int nextHopCapacity = 65_536)
    {
        NextHops = new NextHopTable(nextHopCapacity);
        Neighbors = new NeighborTable(NextHops);
    }

    /// <summary>The next hops.</summary>
    public NextHopTable NextHops { get; }

    /// <summary>The neighbours.</summary>
    public NeighborTable Neighbors { get; }

    /// <summary>The routes in force.</summary>
    public RouteTable Table => Volatile.Read(ref table);

    /// <summary>Counts changes of links and routes.</summary>
    public uint Generation => Volatile.Read(ref generation);

    /// <summary>The next hop towards a destination; see <see cref="RouteTable.Resolve"/>.</summary>
    public uint Resolve(ushort realm, in IpAddress destination) => Table.Resolve(realm, destination, NextHops, Neighbors);

    /// <summary>Puts new links and routes in force. Called by one control thread.</summary>
    public void Rebuild(IReadOnlyCollection<LinkFacts> links, IEnumerable<RouteFact> routes)
    {
        RouteTable next = RouteTable.Build(links, routes);
        NextHops.SetLinks(links);
        Volatile.Write(ref table, next);
        Volatile.Write(ref generation, generation + 1);
    }

    /// <inheritdoc/>
    public void Dispose() => NextHops.Dispose();
}
