using System.Collections.Immutable;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Documents;

/// <summary>How a link reaches its packets.</summary>
public enum LinkDriver : byte
{
    /// <summary>AF_XDP on a NIC queue.</summary>
    AfXdp,

    /// <summary>A packet socket on a kernel interface.</summary>
    AfPacket,

    /// <summary>A TAP interface: Ethernet frames to and from the kernel.</summary>
    Tap,

    /// <summary>A TUN interface: bare IP packets to and from the kernel.</summary>
    Tun,

    /// <summary>Inside the process: for tests.</summary>
    Memory,
}

/// <summary>A link as a Gateway lists it.</summary>
public sealed record LinkSpec
{
    /// <summary>Its name in documents, captures and commands.</summary>
    public required string Name { get; init; }

    /// <summary>How it reaches its packets.</summary>
    public required LinkDriver Driver { get; init; }

    /// <summary>The kernel's interface name: the link's own name unless given.</summary>
    public required string Device { get; init; }

    /// <summary>The realm that its packets belong to.</summary>
    public string Realm { get; init; } = ConfigSet.DefaultRealm;

    /// <summary>The gateway's own addresses there, each with the prefix that is connected.</summary>
    public ImmutableArray<LinkAddress> Addresses { get; init; } = [];

    /// <summary>Routes out of it.</summary>
    public ImmutableArray<RouteSpec> Routes { get; init; } = [];

    /// <summary>Neighbours that need no asking.</summary>
    public ImmutableArray<NeighborSpec> Neighbors { get; init; } = [];

    /// <summary>The largest IP packet; none: what the device says, 1500 in replay.</summary>
    public int? Mtu { get; init; }

    /// <summary>Its Ethernet address; none: what the device says.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>The 802.1Q tag of its frames; none: untagged frames.</summary>
    public int? Vlan { get; init; }

    /// <summary>Present where it carries VXLAN for every realm that has a VNI.</summary>
    public VxlanSpec? Vxlan { get; init; }

    /// <summary>Where it is listed.</summary>
    public required Place Place { get; init; }

    // Where its realm and its driver stand.
    internal Place RealmPlace { get; init; }

    internal Place DriverPlace { get; init; }
}

/// <summary>An address of the gateway on a link: 10.0.0.1/24 is the address 10.0.0.1 and the connected prefix 10.0.0.0/24.</summary>
public sealed record LinkAddress(IpAddress Address, IpPrefix Connected, Place Place);

/// <summary>A route out of a link; without <paramref name="Via"/> the destinations are neighbours.</summary>
public sealed record RouteSpec(IpPrefix To, IpAddress? Via, Place Place);

/// <summary>A neighbour whose Ethernet address is known.</summary>
public sealed record NeighborSpec(IpAddress Address, MacAddress Mac, Place Place);

/// <summary>The tunnel end of a link that carries VXLAN.</summary>
public sealed record VxlanSpec(IpAddress Local, ushort Port, Place Place);
