using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>What a route table says of a destination, for people: the route itself rather than a next hop.</summary>
/// <param name="IsOwn">The destination is an address of the gateway itself.</param>
/// <param name="Route">The route that is taken; null where there is none.</param>
public readonly record struct RouteLookup(bool IsOwn, RouteFact? Route)
{
    /// <summary>The neighbour that a packet to the destination is handed to, on a link that has neighbours.</summary>
    public IpAddress NeighborOf(in IpAddress destination) => Route?.Via ?? destination;
}
