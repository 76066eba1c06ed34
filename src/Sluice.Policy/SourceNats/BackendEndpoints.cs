using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;
using Sluice.Policy.Translations;

namespace Sluice.Policy.SourceNats;

/// <summary>The endpoints that translations lead to, as a set of their hashes.</summary>
/// <remarks>Two endpoints of one hash are one here: then a flow to the other is remembered for nothing, and nothing else is different.</remarks>
internal sealed class BackendEndpoints
{
    internal static readonly BackendEndpoints None = new([]);

    private readonly ulong[] slots;

    private BackendEndpoints(ulong[] slots) => this.slots = slots;

    internal static BackendEndpoints Of(IReadOnlyList<VirtualService> services)
    {
        var all = new HashSet<ulong>();
        foreach (VirtualService service in services)
            foreach (Backend backend in service.Backends)
                if (!backend.IsDirect && backend.Address is { } address) all.Add(HashOf(service.Realm, service.Protocol, address, PortOf(service, backend)));
        if (all.Count == 0) return None;
        var table = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)all.Count * 2)];
        foreach (ulong hash in all)
        {
            uint at = (uint)hash & (uint)(table.Length - 1);
            while (table[at] != 0) at = (at + 1) & (uint)(table.Length - 1);
            table[at] = hash;
        }

        return new BackendEndpoints(table);
    }

    /// <summary>Whether a translation leads to the endpoint.</summary>
    internal bool Has(ushort realm, byte protocol, in IpAddress address, ushort port) =>
        slots.Length > 0 && (Has(HashOf(realm, protocol, address, port)) || Has(HashOf(realm, protocol, address, port: 0)));

    private bool Has(ulong hash)
    {
        for (uint at = (uint)hash & (uint)(slots.Length - 1); slots[at] != 0; at = (at + 1) & (uint)(slots.Length - 1))
            if (slots[at] == hash) return true;
        return false;
    }

    // Of a translation of several ports the whole backend is taken, which port 0 says.
    private static ushort PortOf(VirtualService service, Backend backend) =>
        service.Ports.First == service.Ports.Last ? service.PortOf(backend, service.Ports.First) : (ushort)0;

    private static ulong HashOf(ushort realm, byte protocol, in IpAddress address, ushort port) =>
        FlowHash.Add(FlowHash.Mix((ulong)realm << 32 | (ulong)protocol << 16 | port), address) | 1;
}
