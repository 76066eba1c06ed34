using System.Collections.Frozen;
using Sluice.Links.Kernel.Netlink;
using Sluice.Packets.Addresses;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>The tables that a mirror reads.</summary>
[Flags]
internal enum MirrorTable
{
    None = 0,
    Links = 1,
    Addresses = 2,
    Routes = 4,
    Neighbors = 8,
    All = 15,
}

/// <summary>What the observer was told last; finds the difference to what the kernel has now, and tells it. Used by the mirror's thread.</summary>
internal sealed class MirrorTables(KernelState kernel, IKernelObserver observer)
{
    private Dictionary<string, KernelLink> _links = new(StringComparer.Ordinal);
    private Dictionary<int, List<InterfaceAddress>> _addresses = [];
    private Dictionary<(int Interface, IpAddress Address), KernelNeighbor> _neighbors = [];
    private List<KernelRoute> _routes = [];

    public IKernelObserver Observer => observer;

    /// <summary>The indices of the followed interfaces that exist.</summary>
    public FrozenSet<int> Interfaces { get; private set; } = FrozenSet<int>.Empty;

    /// <summary>Whether a link message is about a followed interface, by its name now or before.</summary>
    public bool Concerns(KernelLink link, FrozenSet<string> names) => names.Contains(link.Name) || Interfaces.Contains(link.InterfaceIndex);

    /// <summary>Reads the stale tables (all, if interfaces came or went), tells the differences, and returns what is still stale: nothing.</summary>
    public MirrorTable Refresh(MirrorTable stale, FrozenSet<string> names)
    {
        if (stale.HasFlag(MirrorTable.Links) && RefreshLinks(names)) stale = MirrorTable.All;
        if (stale.HasFlag(MirrorTable.Addresses)) RefreshAddresses();
        if (stale.HasFlag(MirrorTable.Neighbors)) RefreshNeighbors();
        if (stale.HasFlag(MirrorTable.Routes)) RefreshRoutes();
        return MirrorTable.None;
    }

    public void TakeNeighbor(NetlinkMessage message)
    {
        if (!RouteMessages.TryReadNeighbor(message, out int index, out IpAddress address, out KernelNeighbor neighbor) || !Interfaces.Contains(index)) return;
        (int, IpAddress) key = (index, address);
        _neighbors.TryGetValue(key, out KernelNeighbor before);
        if (message.Type == NetlinkNumbers.RTM_DELNEIGH) _neighbors.Remove(key);
        else _neighbors[key] = neighbor;
        if (neighbor != before) observer.NeighborChanged(index, address, neighbor.Mac, neighbor.Usable);
    }

    // Tells whether the set of interfaces changed, so that every other table must be read anew.
    private bool RefreshLinks(FrozenSet<string> names)
    {
        Dictionary<string, KernelLink> links = kernel.ReadLinks(names);
        FrozenSet<int> interfaces = links.Values.Select(link => link.InterfaceIndex).ToFrozenSet();
        bool changed = !interfaces.SetEquals(Interfaces);
        Interfaces = interfaces;
        foreach (KernelLink before in _links.Values)
            if (!links.ContainsKey(before.Name)) observer.LinkChanged(before with { Present = false, Up = false });
        foreach (KernelLink link in links.Values)
            if (!_links.TryGetValue(link.Name, out KernelLink before) || before != link) observer.LinkChanged(link);
        _links = links;
        return changed;
    }

    private void RefreshAddresses()
    {
        Dictionary<int, List<InterfaceAddress>> addresses = kernel.ReadAddresses(Interfaces);
        foreach ((int index, List<InterfaceAddress> before) in _addresses)
            if (before.Count > 0 && !addresses.ContainsKey(index)) observer.AddressesChanged(index, []);
        foreach ((int index, List<InterfaceAddress> list) in addresses)
        {
            List<InterfaceAddress>? before = _addresses.GetValueOrDefault(index);
            if (!list.SequenceEqual(before ?? [])) observer.AddressesChanged(index, list);
        }

        _addresses = addresses;
    }

    private void RefreshNeighbors()
    {
        Dictionary<(int Interface, IpAddress Address), KernelNeighbor> neighbors = kernel.ReadNeighbors(Interfaces);
        foreach (((int index, IpAddress address) key, KernelNeighbor before) in _neighbors)
            if (!neighbors.ContainsKey(key) && before != default) observer.NeighborChanged(key.index, key.address, null, usable: false);
        foreach (((int index, IpAddress address) key, KernelNeighbor neighbor) in neighbors)
            if (neighbor != _neighbors.GetValueOrDefault(key)) observer.NeighborChanged(key.index, key.address, neighbor.Mac, neighbor.Usable);
        _neighbors = neighbors;
    }

    private void RefreshRoutes()
    {
        List<KernelRoute> routes = kernel.ReadRoutes(Interfaces);
        if (routes.SequenceEqual(_routes)) return;
        _routes = routes;
        observer.RoutesChanged(routes);
    }
}
