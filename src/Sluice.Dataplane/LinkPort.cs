using System.Collections.Immutable;
using Sluice.Dataplane.Routing;
using Sluice.Links;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane;

/// <summary>A link as the dataplane uses it: the device, the realm it belongs to, and the addresses that the gateway has there.</summary>
public sealed class LinkPort
{
    /// <summary>The number by which packets, next hops and counters name the link; stable while the dataplane lives.</summary>
    public required ushort Index { get; init; }

    /// <summary>The device.</summary>
    public required Link Link { get; init; }

    /// <summary>The realm of the packets that come in here.</summary>
    public required ushort Realm { get; init; }

    /// <summary>The VLAN that its frames carry; 0: untagged.</summary>
    public ushort Vlan { get; init; }

    /// <summary>The gateway's own addresses here, with the prefixes that are connected by them.</summary>
    public ImmutableArray<ConnectedAddress> Addresses { get; init; } = [];

    /// <summary>What routing needs to know of the link.</summary>
    public LinkFacts Facts => new()
    {
        Index = Index,
        Realm = Realm,
        HasEthernet = Link.HasEthernet,
        Mac = Link.Mac,
        Mtu = Link.Mtu,
        Vlan = Vlan,
        Addresses = Addresses,
    };

    /// <summary>Whether no kernel answers ARP, neighbour discovery and unresolved next hops for this link (replay, memory links): then the gateway answers for its own addresses too.</summary>
    public bool AnswersForOwnAddresses { get; init; }

    /// <summary>The first own address of a family, if there is one.</summary>
    public IpAddress? FirstAddress(IpFamily family)
    {
        foreach (ConnectedAddress own in Addresses)
            if (own.Address.Family == family) return own.Address;
        return null;
    }

    /// <summary>Whether the address is one of the gateway's own on this link.</summary>
    public bool Owns(IpAddress address)
    {
        foreach (ConnectedAddress own in Addresses)
            if (own.Address == address) return true;
        return false;
    }

    /// <summary>Whether the address lies in a prefix that is connected by this link.</summary>
    public bool IsConnected(IpAddress address)
    {
        foreach (ConnectedAddress own in Addresses)
            if (own.Connected.Contains(address)) return true;
        return false;
    }
}
