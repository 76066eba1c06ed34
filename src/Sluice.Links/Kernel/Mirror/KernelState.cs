using Sluice.Links.Kernel.Netlink;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>Reads whole tables of the kernel, for a set of interfaces.</summary>
/// <remarks>A dump under which the table changed is asked for again, a few times; a change that comes later is followed as an event anyway.</remarks>
internal sealed class KernelState(NetlinkSocket socket)
{
    private const int Attempts = 8;

    public Dictionary<string, KernelLink> ReadLinks(IReadOnlySet<string> names)
    {
        var links = new Dictionary<string, KernelLink>(StringComparer.Ordinal);
        Read(RTM_GETLINK, LinkHeaderLength, 0, links.Clear, message =>
        {
            if (RouteMessages.TryReadLink(message, out KernelLink link) && names.Contains(link.Name)) links[link.Name] = link;
        });
        return links;
    }

    public Dictionary<int, List<InterfaceAddress>> ReadAddresses(IReadOnlySet<int> interfaces)
    {
        var addresses = new Dictionary<int, List<InterfaceAddress>>();
        Read(RTM_GETADDR, AddressHeaderLength, 0, Clear, message =>
        {
            if (RouteMessages.TryReadAddress(message, out int index, out InterfaceAddress address, out _) && addresses.TryGetValue(index, out List<InterfaceAddress>? list))
                list.Add(address);
        });
        foreach (List<InterfaceAddress> list in addresses.Values) list.Sort();
        return addresses;

        void Clear()
        {
            foreach (int index in interfaces) addresses[index] = [];
        }
    }

    public List<KernelRoute> ReadRoutes(IReadOnlySet<int> interfaces)
    {
        var routes = new List<KernelRoute>();
        foreach (byte family in (ReadOnlySpan<byte>)[KernelCalls.AF_INET, KernelCalls.AF_INET6])
        {
            int start = routes.Count;
            Read(RTM_GETROUTE, RouteHeaderLength, family, () => routes.RemoveRange(start, routes.Count - start), message =>
            {
                if (message.Type == RTM_NEWROUTE && RouteReader.TryRead(message, interfaces, out KernelRoute? route)) routes.Add(route!);
            });
        }

        // IPv6 lists each next hop of an older kind of multipath route by itself; a stable order keeps the kernel's first one first.
        return [.. routes.Order()];
    }

    public Dictionary<(int Interface, IpAddress Address), KernelNeighbor> ReadNeighbors(IReadOnlySet<int> interfaces)
    {
        var neighbors = new Dictionary<(int Interface, IpAddress Address), KernelNeighbor>();
        Read(RTM_GETNEIGH, NeighborHeaderLength, 0, neighbors.Clear, message =>
        {
            if (RouteMessages.TryReadNeighbor(message, out int index, out IpAddress address, out KernelNeighbor neighbor) && interfaces.Contains(index))
                neighbors[(index, address)] = neighbor;
        });
        return neighbors;
    }

    private void Read(ushort type, int headerLength, byte family, Action begin, NetlinkHandler handler)
    {
        Span<byte> buffer = stackalloc byte[64];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            begin();
            var writer = new NetlinkWriter(buffer, type, NLM_F_REQUEST | NLM_F_DUMP, socket.NextSequence());
            Span<byte> header = writer.Fixed(headerLength);
            header[0] = family;

            // With strict checking the kernel dumps just this table, not the local one with it.
            if (type == RTM_GETROUTE) header[4] = RT_TABLE_MAIN;
            // A namespace that never had an IPv4 route has no main table yet.
            if (socket.Dump(writer.Message, handler, missingIsEmpty: type == RTM_GETROUTE)) return;
        }
    }
}
