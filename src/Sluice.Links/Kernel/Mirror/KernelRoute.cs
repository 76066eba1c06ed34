using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>A route of the kernel's main table that goes out of one of our links, or that drops packets on purpose.</summary>
/// <remarks>
/// The gateway sends to the first next hop; the others are kept for showing. Next hops out of other interfaces, and those that the kernel calls dead, are left out.
/// A blackhole, unreachable or prohibit route has no next hop and so belongs to no link.
/// </remarks>
public sealed class KernelRoute : IEquatable<KernelRoute>, IComparable<KernelRoute>
{
    private readonly KernelNextHop[] _nextHops;

    internal KernelRoute(IpPrefix destination, KernelRouteKind kind, uint metric, KernelNextHop[] nextHops)
    {
        Destination = destination;
        Kind = kind;
        Metric = metric;
        _nextHops = nextHops;
    }

    /// <summary>Where the route leads to.</summary>
    public IpPrefix Destination { get; }

    /// <summary>What it does with a packet.</summary>
    public KernelRouteKind Kind { get; }

    /// <summary>The kernel's preference: the lowest wins among equal prefixes.</summary>
    public uint Metric { get; }

    /// <summary>The ways out over our links, in the kernel's order.</summary>
    public IReadOnlyList<KernelNextHop> NextHops => _nextHops;

    /// <summary>The interface of the first next hop, or 0 for a route that drops.</summary>
    public int InterfaceIndex => _nextHops.Length == 0 ? 0 : _nextHops[0].InterfaceIndex;

    /// <summary>The neighbour of the first next hop; none where the destination is on the link itself.</summary>
    public IpAddress? Gateway => _nextHops.Length == 0 ? null : _nextHops[0].Gateway;

    /// <inheritdoc/>
    public bool Equals(KernelRoute? other) =>
        other is not null && Destination == other.Destination && Kind == other.Kind && Metric == other.Metric
        && _nextHops.AsSpan().SequenceEqual(other._nextHops);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KernelRoute);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Destination, Kind, Metric, _nextHops.Length == 0 ? default : _nextHops[0]);

    /// <summary>Orders by prefix, then by the kernel's preference.</summary>
    public int CompareTo(KernelRoute? other)
    {
        if (other is null) return 1;
        int byDestination = Destination.CompareTo(other.Destination);
        return byDestination != 0 ? byDestination : Metric.CompareTo(other.Metric);
    }

    /// <summary>10.7.0.0/16 via 10.0.0.254 dev 3 metric 100.</summary>
    public override string ToString() => Kind != KernelRouteKind.Unicast
        ? $"{Kind} {Destination} metric {Metric}"
        : $"{Destination}{(Gateway is { } gateway ? $" via {gateway}" : "")} dev {InterfaceIndex} metric {Metric}";
}
