using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Routing;

/// <summary>What routing needs to know of a link.</summary>
public sealed record LinkFacts
{
    /// <summary>The link's number, as in <c>Packet.Link</c>; it stays the same over reloads.</summary>
    public required ushort Index { get; init; }

    /// <summary>The realm that its packets belong to.</summary>
    public required ushort Realm { get; init; }

    /// <summary>Whether frames start with an Ethernet header.</summary>
    public required bool HasEthernet { get; init; }

    /// <summary>The link's Ethernet address.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>The largest IP packet that it sends.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The 802.1Q tag control information that its frames carry; 0: untagged.</summary>
    public ushort Vlan { get; init; }

    /// <summary>The gateway's own addresses there and the prefixes that are connected by them.</summary>
    public ImmutableArray<ConnectedAddress> Addresses { get; init; } = [];

    internal bool HasSameFramesAs(LinkFacts other) =>
        HasEthernet == other.HasEthernet && Mac == other.Mac && Mtu == other.Mtu && Vlan == other.Vlan;
}

/// <summary>10.0.0.1/24 on a link: the address is the gateway's own, the prefix is reached without a gateway.</summary>
public readonly record struct ConnectedAddress(IpAddress Address, IpPrefix Connected);

/// <summary>Where a route comes from; of equally long prefixes the later of these wins.</summary>
public enum RouteOrigin : byte
{
    /// <summary>A realm's only link takes whatever has no better route.</summary>
    Implied,

    /// <summary>The kernel's table.</summary>
    Kernel,

    /// <summary>An address of the link.</summary>
    Connected,

    /// <summary>A document.</summary>
    Document,
}

/// <summary>A route out of a link: to the gateway <paramref name="Via"/>, or to destinations that are neighbours themselves.</summary>
public readonly record struct RouteFact(ushort Link, IpPrefix To, IpAddress? Via, RouteOrigin Origin);
