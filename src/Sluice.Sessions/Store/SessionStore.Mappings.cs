using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Sessions;

// Mappings, as the decision about a packet from outside needs them. No locks: such packets come in floods.
public sealed unsafe partial class SessionStore
{
    /// <summary>The IPv4 mappings, for tests that end one rest at a time.</summary>
    internal MappingTable V4Mappings => v4.Mappings;

    /// <summary>Filter entries, for tests that look for leaks.</summary>
    internal int FiltersInUse => v4.Filters.Count + v6.Filters.Count;

    /// <summary>Sessions and mappings that hosts count, for tests that look for leaks.</summary>
    internal (int Sessions, int Mappings) CountedByHosts => shared.Hosts.Counted;

    /// <summary>The live mapping that owns a public endpoint, seen from the realm in which it is public.</summary>
    public bool TryFindMapping(ushort realm, IpAddress address, ushort port, byte protocol, out MappingView mapping)
    {
        mapping = default;
        uint number = shared.Addresses.Find(realm, address);
        if (number == PublicAddresses.None) return false;
        return address.IsV4
            ? v4.Mappings.TryFindPublic(number, port, protocol, out mapping)
            : v6.Mappings.TryFindPublic(number, port, protocol, out mapping);
    }

    /// <summary>Whether the mapping admits packets from a remote endpoint: <see cref="DropReason.None"/>, or <see cref="DropReason.FilteredInbound"/>.</summary>
    /// <remarks><see cref="Create"/> asks the same again, for the source as the inside endpoint will see it, and whether the mapping still lives.</remarks>
    public DropReason Admits(in MappingView mapping, IpAddress remote, ushort remotePort)
    {
        if (mapping.Pool is not { } pool) return DropReason.NoMapping;
        bool isV4 = mapping.Public.IsV4;
        FilterTable filters = isV4 ? v4.Filters : v6.Filters;
        ulong hash = AddressHash.Of(mapping.InsideRealm, mapping.Inside, mapping.InsidePort, mapping.Protocol, mapping.PublicRealm, in shared.Secret);
        ulong key = filters.RemoteOf(pool.Filtering, remote, remotePort);
        return filters.Admits(mapping.Index, hash, key) ? DropReason.None : DropReason.FilteredInbound;
    }
}
