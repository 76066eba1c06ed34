using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>A kernel interface as far as the gateway cares.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="InterfaceIndex">Its index; changes when an interface is made anew under the same name.</param>
/// <param name="Present">Whether it exists; if not, the other fields are the last known ones.</param>
/// <param name="Up">Whether it is administratively up and has a carrier.</param>
/// <param name="Mtu">The largest IP packet that it sends.</param>
/// <param name="Mac">Its Ethernet address; zero where it has none.</param>
public readonly record struct KernelLink(string Name, int InterfaceIndex, bool Present, bool Up, int Mtu, MacAddress Mac);

/// <summary>An address with the length of its connected prefix, as it stands on an interface: 10.0.0.1/24.</summary>
public readonly record struct InterfaceAddress(IpAddress Address, byte PrefixLength) : IComparable<InterfaceAddress>
{
    /// <summary>The connected prefix.</summary>
    public IpPrefix Prefix => new(Address, PrefixLength);

    /// <inheritdoc/>
    public int CompareTo(InterfaceAddress other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : PrefixLength.CompareTo(other.PrefixLength);
    }

    /// <summary>10.0.0.1/24.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}

/// <summary>What a kernel route does with a packet; the values are the kernel's RTN_ numbers.</summary>
public enum KernelRouteKind : byte
{
    /// <summary>Sends it to a next hop.</summary>
    Unicast = 1,

    /// <summary>Drops it in silence.</summary>
    Blackhole = 6,

    /// <summary>Drops it and tells the sender: host unreachable.</summary>
    Unreachable = 7,

    /// <summary>Drops it and tells the sender: administratively prohibited.</summary>
    Prohibit = 8,
}

/// <summary>One way out: an interface, and the neighbour to give the packet to; without one the destination itself is the neighbour.</summary>
/// <param name="InterfaceIndex">The interface to send from.</param>
/// <param name="Gateway">The neighbour; may be IPv6 for an IPv4 route (RFC 8950).</param>
/// <param name="Weight">Its share among the next hops of a route, from 1.</param>
public readonly record struct KernelNextHop(int InterfaceIndex, IpAddress? Gateway, ushort Weight);

/// <summary>A neighbour entry: the Ethernet address of an address on a link.</summary>
/// <param name="Mac">The Ethernet address, where the kernel has one.</param>
/// <param name="Usable">Whether packets may be sent to it now.</param>
/// <param name="Failed">Whether the kernel asked and nobody answered.</param>
public readonly record struct KernelNeighbor(MacAddress? Mac, bool Usable, bool Failed);
