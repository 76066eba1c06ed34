using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges the links of a gateway.</summary>
internal sealed class LinkRules(RealmRules realms, Problems problems)
{
    // The kernel's IFNAMSIZ is 16 with the zero at the end.
    private const int MaxDeviceName = 15;

    private readonly Dictionary<string, LinkSpec> names = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Device, int? Vlan), LinkSpec> devices = [];
    private readonly Dictionary<(string Realm, IpAddress Address), Place> addresses = [];
    private readonly Dictionary<(string Realm, IpPrefix To), Place> routes = [];

    /// <summary>Whether a link of that name exists.</summary>
    public bool Exists(string name) => names.ContainsKey(name);

    public void Judge(GatewayDocument gateway)
    {
        for (int i = 0; i < gateway.Links.Length; i++) Judge(gateway.Links[i], $"spec.links[{i}]");
    }

    private void Judge(LinkSpec link, string path)
    {
        if (!names.TryAdd(link.Name, link))
            problems.Error(link.Place, path, ConfigRule.DuplicateName, $"two links are named '{link.Name}'", names[link.Name].Place);
        else if (link.Driver != LinkDriver.Memory && !devices.TryAdd((link.Device, link.Vlan), link))
            problems.Error(link.Place, path, ConfigRule.DuplicateName, $"two links take the same packets of device '{link.Device}'", devices[(link.Device, link.Vlan)].Place);
        if (link.Device.Length > MaxDeviceName && link.Driver != LinkDriver.Memory)
        {
            problems.Warning(link.Place, path, ConfigRule.Invalid,
                $"no interface can be named '{link.Device}': a name has at most {MaxDeviceName} characters (a replay doesn't need one)");
        }

        if (!realms.Exists(link.Realm)) problems.Error(link.RealmPlace, $"{path}.realm", ConfigRule.NoSuchVpc, realms.Unknown(link.Realm));
        foreach (LinkAddress address in link.Addresses)
        {
            if (!IsUsable(address.Address))
                problems.Error(address.Place, $"{path}.addresses", ConfigRule.SpecialUsePrefix, $"{address.Address} is no address that a link can have");
            else if (!addresses.TryAdd((link.Realm, address.Address), address.Place))
                problems.Error(address.Place, $"{path}.addresses", ConfigRule.DuplicateAddress,
                    $"{address.Address} is in realm '{link.Realm}' twice", addresses[(link.Realm, address.Address)]);
        }

        foreach (RouteSpec route in link.Routes)
        {
            if (!routes.TryAdd((link.Realm, route.To), route.Place))
                problems.Error(route.Place, $"{path}.routes", ConfigRule.Invalid, $"realm '{link.Realm}' has two routes to {route.To}", routes[(link.Realm, route.To)]);
        }

        HasNoEthernetFields(link, path);
        UniqueNeighbors(link, path);
    }

    /// <summary>Whether an address can be a link's or a virtual IP: 169.254/16 and fe80::/10 are fine; 0/8, 127/8, multicast and reserved are not.</summary>
    internal static bool IsUsable(IpAddress address)
    {
        if (address.IsV4) return (uint)(address.Value >> 24) is > 0 and not 127 and < 224;
        return address.Value > 1 && (uint)(address.Value >> 120) != 0xFF;
    }

    private void HasNoEthernetFields(LinkSpec link, string path)
    {
        if (link.Driver != LinkDriver.Tun) return;
        string? field = link.Mac is not null ? "mac" : !link.Neighbors.IsEmpty ? "neighbors" : null;
        if (field is not null) problems.Warning(link.Place, $"{path}.{field}", ConfigRule.Ignored, $"'{field}' has no effect: a tun link carries bare IP packets");
        if (link.Vlan is not null) problems.Error(link.Place, $"{path}.vlan", ConfigRule.Forbidden, "a tun link carries bare IP packets: they have no VLAN tag");
    }

    private void UniqueNeighbors(LinkSpec link, string path)
    {
        Dictionary<IpAddress, Place> seen = [];
        foreach (NeighborSpec neighbor in link.Neighbors)
            if (!seen.TryAdd(neighbor.Address, neighbor.Place))
                problems.Error(neighbor.Place, $"{path}.neighbors", ConfigRule.DuplicateAddress, $"{neighbor.Address} has two entries", seen[neighbor.Address]);
    }
}
