using System.Buffers.Binary;
using System.Text;
using Sluice.Links.Kernel.Netlink;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel.Mirror;

/// <summary>Reads the bodies of NETLINK_ROUTE messages. What is too short or of no concern to a gateway gives false.</summary>
internal static class RouteMessages
{
    public static bool TryReadLink(NetlinkMessage message, out KernelLink link)
    {
        link = default;
        ReadOnlySpan<byte> body = message.Body;
        if (body.Length < LinkHeaderLength) return false;
        int index = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]);
        string? name = null;
        int mtu = 0;
        MacAddress mac = default;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[LinkHeaderLength..]))
        {
            if (attribute.Type == IFLA_IFNAME) name = Encoding.UTF8.GetString(attribute.Value.TrimEnd((byte)0));
            else if (attribute.Type == IFLA_MTU) mtu = (int)Math.Min(attribute.Word, int.MaxValue);
            else if (attribute.Type == IFLA_ADDRESS && attribute.Value.Length == 6) mac = MacAddress.FromBytes(attribute.Value);
        }

        if (name is null) return false;
        const uint Operational = IFF_UP | IFF_RUNNING;
        link = new KernelLink(name, index, message.Type != RTM_DELLINK, (flags & Operational) == Operational, mtu, mac);
        return true;
    }

    public static bool TryReadAddress(NetlinkMessage message, out int interfaceIndex, out InterfaceAddress address, out byte protocol)
    {
        interfaceIndex = 0;
        address = default;
        protocol = 0;
        ReadOnlySpan<byte> body = message.Body;
        if (body.Length < AddressHeaderLength) return false;
        interfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        IpAddress? local = null, far = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[AddressHeaderLength..]))
        {
            // On a point-to-point interface IFA_ADDRESS is the far end; IFA_LOCAL is ours wherever it is given.
            if (attribute.Type == IFA_LOCAL) local = AddressOf(body[0], attribute.Value);
            else if (attribute.Type == IFA_ADDRESS) far = AddressOf(body[0], attribute.Value);
            else if (attribute.Type == IFA_PROTO && attribute.Value.Length >= 1) protocol = attribute.Value[0];
        }

        if ((local ?? far) is not { } own || body[1] > own.Bits) return false;
        address = new InterfaceAddress(own, body[1]);
        return true;
    }

    public static bool TryReadNeighbor(NetlinkMessage message, out int interfaceIndex, out IpAddress address, out KernelNeighbor neighbor)
    {
        interfaceIndex = 0;
        address = default;
        neighbor = default;
        ReadOnlySpan<byte> body = message.Body;
        if (body.Length < NeighborHeaderLength || body[0] is not (KernelCalls.AF_INET or KernelCalls.AF_INET6) || (body[10] & NTF_PROXY) != 0) return false;
        interfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        ushort state = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]);
        IpAddress? destination = null;
        MacAddress? mac = null;
        foreach (NetlinkAttribute attribute in new NetlinkAttributes(body[NeighborHeaderLength..]))
        {
            if (attribute.Type == NDA_DST) destination = AddressOf(body[0], attribute.Value);
            else if (attribute.Type == NDA_LLADDR && attribute.Value.Length == 6) mac = MacAddress.FromBytes(attribute.Value);
        }

        // Entries for groups and broadcasts come without any event; nobody resolves them anyway.
        if (destination is not { } read || IsMulticast(read) || mac is { IsGroup: true }) return false;
        const ushort Usable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
        address = read;
        bool usable = message.Type != RTM_DELNEIGH && (state & Usable) != 0;
        neighbor = new KernelNeighbor(usable ? mac : null, usable, message.Type != RTM_DELNEIGH && (state & NUD_FAILED) != 0);
        return true;
    }

    public static bool IsPermanentNeighbor(NetlinkMessage message) =>
        message.Type == RTM_NEWNEIGH && message.Body.Length >= NeighborHeaderLength
        && (BinaryPrimitives.ReadUInt16LittleEndian(message.Body[8..]) & (NUD_PERMANENT | NUD_NOARP)) != 0;

    private static bool IsMulticast(IpAddress address) => address.Value >> (address.Bits - 8) is var first && (address.IsV4 ? first >= 224 : first == 0xFF);

    /// <summary>An address of a kernel family from exactly its bytes; null for anything else.</summary>
    public static IpAddress? AddressOf(int family, ReadOnlySpan<byte> bytes) => (family, bytes.Length) switch
    {
        (KernelCalls.AF_INET, 4) => IpAddress.FromBytes(bytes),
        (KernelCalls.AF_INET6, 16) => IpAddress.FromBytes(bytes),
        _ => null,
    };
}
