using System.Collections.Concurrent;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>Ethernet addresses of neighbours, as documents fix them and as the kernel learns them. A change goes to the next hops at once.</summary>
/// <remarks>Written by the control side; workers read it when they make a next hop.</remarks>
public sealed class NeighborTable(NextHopTable nextHops)
{
    private readonly ConcurrentDictionary<(ushort Link, IpAddress Address), Neighbor> neighbors = new();

    /// <summary>How many neighbours are known.</summary>
    public int Count => neighbors.Count;

    /// <summary>All neighbours, for people.</summary>
    public IEnumerable<(ushort Link, IpAddress Address, MacAddress Mac, bool IsFixed)> All =>
        neighbors.Select(static pair => (pair.Key.Link, pair.Key.Address, pair.Value.Mac, pair.Value.IsFixed));

    /// <summary>The neighbour's Ethernet address, if it is known.</summary>
    public bool TryGet(ushort link, in IpAddress address, out MacAddress mac)
    {
        bool known = neighbors.TryGetValue((link, address), out Neighbor neighbor);
        mac = neighbor.Mac;
        return known;
    }

    /// <summary>Learns a neighbour from the kernel. One that a document fixes stays as it is.</summary>
    public void Learn(ushort link, in IpAddress address, MacAddress mac)
    {
        if (neighbors.TryGetValue((link, address), out Neighbor known) && (known.IsFixed || known.Mac == mac)) return;
        neighbors[(link, address)] = new Neighbor(mac, IsFixed: false);
        nextHops.Tell(link, address, mac);
    }

    /// <summary>Forgets a neighbour that the kernel no longer knows.</summary>
    public void Forget(ushort link, in IpAddress address)
    {
        if (!neighbors.TryGetValue((link, address), out Neighbor known) || known.IsFixed) return;
        neighbors.TryRemove((link, address), out _);
        nextHops.Tell(link, address, null);
    }

    /// <summary>Replaces all neighbours that documents fix.</summary>
    public void SetFixed(IEnumerable<(ushort Link, IpAddress Address, MacAddress Mac)> documents)
    {
        var wanted = documents.ToDictionary(static one => (one.Link, one.Address), static one => one.Mac);
        foreach ((ushort Link, IpAddress Address) key in neighbors.Where(static pair => pair.Value.IsFixed).Select(static pair => pair.Key).ToArray())
        {
            if (wanted.ContainsKey(key)) continue;
            neighbors.TryRemove(key, out _);
            nextHops.Tell(key.Link, key.Address, null);
        }

        foreach (((ushort Link, IpAddress Address) key, MacAddress mac) in wanted)
        {
            neighbors[key] = new Neighbor(mac, IsFixed: true);
            nextHops.Tell(key.Link, key.Address, mac);
        }
    }

    /// <summary>Replaces all that was learnt: what a resynchronisation with the kernel found.</summary>
    public void Resynchronize(IEnumerable<(ushort Link, IpAddress Address, MacAddress Mac)> learnt)
    {
        var found = learnt.ToDictionary(static one => (one.Link, one.Address), static one => one.Mac);
        foreach ((ushort Link, IpAddress Address) key in neighbors.Keys)
            if (!found.ContainsKey(key)) Forget(key.Link, key.Address);
        foreach (((ushort Link, IpAddress Address) key, MacAddress mac) in found) Learn(key.Link, key.Address, mac);
    }

    private readonly record struct Neighbor(MacAddress Mac, bool IsFixed);
}
