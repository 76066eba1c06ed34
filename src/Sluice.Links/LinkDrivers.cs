using Sluice.Links.AfPacket;
using Sluice.Links.Memory;
using Sluice.Links.Tun;
using Sluice.Packets.Addresses;

namespace Sluice.Links;

/// <summary>What is asked of a link; where it was written down doesn't matter here.</summary>
/// <param name="Name">The link's name.</param>
/// <param name="Driver">One of <see cref="LinkDrivers.Names"/>.</param>
public sealed record LinkRequest(string Name, string Driver)
{
    /// <summary>The interface's name; absent: the link's.</summary>
    public string? Device { get; init; }

    /// <summary>The largest IP packet; absent: the interface's, or 1500 where the link makes its own.</summary>
    public int? Mtu { get; init; }

    /// <summary>The VLAN; 0: untagged.</summary>
    public ushort Vlan { get; init; }

    /// <summary>Name or path of the network namespace; absent: the caller's.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The Ethernet address of a link that has no interface (memory).</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>How many workers will open a queue.</summary>
    public int Workers { get; init; } = 1;
}

/// <summary>The drivers by name.</summary>
public static class LinkDrivers
{
    private static readonly Dictionary<string, Func<LinkRequest, Link>> Makers = new(StringComparer.Ordinal)
    {
        ["afpacket"] = r => new AfPacketLink(r.Name, r.Device ?? r.Name, r.Mtu, r.NetworkNamespace) { Vlan = r.Vlan },
        ["memory"] = r => new MemoryLink(r.Name, ethernet: true, r.Mac, r.Mtu ?? DefaultMtu) { Vlan = r.Vlan },
        ["tun"] = r => new TunLink(r.Name, r.Device ?? r.Name, r.Mtu ?? DefaultMtu, r.NetworkNamespace, multiQueue: r.Workers > 1),
    };

    private const int DefaultMtu = 1500;

    /// <summary>The names of all drivers, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a link.</summary>
    /// <exception cref="LinkException">No such driver, or the driver's device or privilege is missing.</exception>
    public static Link Open(LinkRequest request)
    {
        if (!Makers.TryGetValue(request.Driver, out Func<LinkRequest, Link>? maker))
            throw new LinkException($"link {request.Name}: there is no driver '{request.Driver}'; there are {string.Join(", ", Names)}");
        if (request.Driver == "tun" && request.Vlan != 0)
            throw new LinkException($"link {request.Name}: a tun link carries bare IP packets, so it has no VLAN");
        return maker(request);
    }
}
