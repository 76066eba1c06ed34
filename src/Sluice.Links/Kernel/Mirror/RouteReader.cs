using System.Buffers.Binary;
using Sluice.Links.Kernel.Netlink;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>Reads one route of the kernel's main table, as far as it leads out of our links.</summary>
internal static class RouteReader
{
    /// <summary>Whether a route message speaks of the main table; others (local, policy, VRF) are not ours.</summary>
    public static bool IsMainTable(NetlinkMessage message) => message.Body.Length >= RouteHeaderLength && message.Body[4] == RT_TABLE_MAIN;

    /// <summary>Reads a route; false for one that is not ours: another table, no interface of ours, link-local, multicast, a cache entry.</summary>
    public static bool TryRead(NetlinkMessage message, IReadOnlySet<int> interfaces, out KernelRoute? route)
    {
        route = null;
        ReadOnlySpan<byte> body = message.Body;
        if (!IsMainTable(message) || (BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & RTM_F_CLONED) != 0) return false;
        byte family = body[0], length = body[1], kind = body[7], flags = body[8];
        if (kind is not (RTN_UNICAST or RTN_BLACKHOLE or RTN_UNREACHABLE or RTN_PROHIBIT)) return false;

        // The default route has no RTA_DST.
        IpAddress destination = new(family == KernelCalls.AF_INET ? IpFamily.V4 : IpFamily.V6, 0);
        if (family is not (KernelCalls.AF_INET or KernelCalls.AF_INET6) || length > destination.Bits) return false;
        int interfaceIndex = 0;
        uint metric = 0;
        IpAddress? gateway = null;
        ReadOnlySpan<byte> multipath = default;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[RouteHeaderLength..]))
        {
            switch (attribute.Type)
            {
                case RTA_DST when RouteMessages.AddressOf(family, attribute.Value) is { } read: destination = read; break;
                case RTA_OIF: interfaceIndex = (int)attribute.Word; break;
                case RTA_PRIORITY: metric = attribute.Word; break;
                case RTA_GATEWAY: gateway = RouteMessages.AddressOf(family, attribute.Value); break;
                case RTA_VIA: gateway = ReadVia(attribute.Value); break;
                case RTA_MULTIPATH: multipath = attribute.Value; break;
            }
        }

        if (IsLinkLocalOrMulticast(destination, length)) return false;
        KernelNextHop[] nextHops = [];
        if (kind == RTN_UNICAST)
        {
            nextHops = multipath.IsEmpty
                ? Single(new KernelNextHop(interfaceIndex, gateway, 1), (flags & RTNH_F_DEAD) != 0, interfaces)
                : ReadMultipath(family, multipath, interfaces);
            if (nextHops.Length == 0) return false;
        }

        route = new KernelRoute(new IpPrefix(destination, length), (KernelRouteKind)kind, metric, nextHops);
        return true;
    }

    private static KernelNextHop[] Single(KernelNextHop hop, bool dead, IReadOnlySet<int> interfaces) =>
        !dead && interfaces.Contains(hop.InterfaceIndex) ? [hop] : [];

    // struct rtnexthop: length u16, flags u8, weight less one u8, interface index s32; then attributes.
    private static KernelNextHop[] ReadMultipath(byte family, ReadOnlySpan<byte> rest, IReadOnlySet<int> interfaces)
    {
        var hops = new List<KernelNextHop>();
        while (rest.Length >= NextHopHeaderLength)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < NextHopHeaderLength || length > rest.Length) break;
            IpAddress? gateway = null;
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(rest[NextHopHeaderLength..length]))
            {
                if (attribute.Type == RTA_GATEWAY) gateway = RouteMessages.AddressOf(family, attribute.Value);
                else if (attribute.Type == RTA_VIA) gateway = ReadVia(attribute.Value);
            }

            int interfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if ((rest[2] & RTNH_F_DEAD) == 0 && interfaces.Contains(interfaceIndex))
                hops.Add(new KernelNextHop(interfaceIndex, gateway, (ushort)(rest[3] + 1)));
            rest = rest[Math.Min(NetlinkWriter.Aligned(length), rest.Length)..];
        }

        return [.. hops];
    }

    // struct rtvia: family u16, then the address.
    private static IpAddress? ReadVia(ReadOnlySpan<byte> value) =>
        value.Length < 2 ? null : RouteMessages.AddressOf(BinaryPrimitives.ReadUInt16LittleEndian(value), value[2..]);

    // Neither is ever forwarded (RFC 4291 section 2.5.6), so routes to them mean nothing to a gateway.
    private static bool IsLinkLocalOrMulticast(IpAddress destination, int length) =>
        destination.IsV4
            ? length >= 4 && (uint)destination.Value >> 28 == 0xE
            : (length >= 10 && (uint)(destination.Value >> 118) == 0x3FA) || (length >= 8 && (uint)(destination.Value >> 120) == 0xFF);
}
