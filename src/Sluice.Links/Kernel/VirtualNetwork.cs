using System.Buffers.Binary;
using System.Text;
using Sluice.Links.Kernel.Netlink;
using Sluice.Links.Native;
using Sluice.Packets.Addresses;
using static Sluice.Links.Kernel.Netlink.NetlinkNumbers;

namespace Sluice.Links.Kernel;

/// <summary>Lays virtual cables between network namespaces and gives their ends addresses and routes, without any program: what a demonstration needs.</summary>
/// <remarks>Everything happens in the namespace of the calling thread, and ends with that namespace.</remarks>
public static class VirtualNetwork
{
    private const ushort LinkInfo = 18, LinkInfoKind = 1, LinkInfoData = 2, VethPeer = 1, NamespaceDescriptor = 28;
    private const byte RouteProtocolStatic = 4;
    private const int CarrierMilliseconds = 30_000;

    /// <summary>Makes a pair of Ethernet interfaces: one here, the other in another namespace. Both are down.</summary>
    /// <exception cref="LinkException">The name is taken or the privilege is missing.</exception>
    public static void AddCable(string near, NetworkNamespace there, string far)
    {
        Span<byte> descriptor = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(descriptor, there.Descriptor);
        byte[] peer = [.. new byte[LinkHeaderLength], .. Attribute(IFLA_IFNAME, NameOf(far)), .. Attribute(NamespaceDescriptor, descriptor)];
        byte[] info = [.. Attribute(LinkInfoKind, "veth"u8), .. Attribute(LinkInfoData, Attribute(VethPeer, peer))];
        Ask($"make the cable {near}", (buffer, sequence) =>
        {
            var writer = new NetlinkWriter(buffer, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence);
            writer.Fixed(LinkHeaderLength);
            writer.Attribute(IFLA_IFNAME, NameOf(near));
            writer.Attribute(LinkInfo, info);
            return writer.Message.Length;
        });
    }

    /// <summary>Brings an interface up.</summary>
    /// <exception cref="LinkException">There is no such interface, or the privilege is missing.</exception>
    public static void BringUp(string name) => NetworkInterface.BringUp(name);

    /// <summary>Waits until the kernel has noticed that an end of a cable, whose both ends are up, has a carrier: until then it drops what is sent there.</summary>
    /// <exception cref="LinkException">There is no such interface, or its other end is down.</exception>
    public static void AwaitCarrier(string name)
    {
        long begin = Environment.TickCount64;
        while (!NetworkInterface.IsOperational(name))
        {
            if (Environment.TickCount64 - begin > CarrierMilliseconds) throw new LinkException($"the interface {name} has no carrier; bring its other end up");
            Thread.Sleep(1);
        }
    }

    /// <summary>Puts an address on an interface; an IPv6 address is usable at once.</summary>
    /// <exception cref="LinkException">There is no such interface, or the privilege is missing.</exception>
    public static void AddAddress(string name, IpAddress address, byte prefixLength)
    {
        int index = NetworkInterface.Read(name).Index;
        Ask($"put {address} on {name}", (buffer, sequence) =>
        {
            var writer = new NetlinkWriter(buffer, RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence);
            Span<byte> header = writer.Fixed(AddressHeaderLength);
            header[0] = FamilyOf(address);
            header[1] = prefixLength;
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
            writer.Attribute(IFA_LOCAL, BytesOf(address));
            writer.Attribute(IFA_ADDRESS, BytesOf(address));
            if (!address.IsV4) writer.Attribute(IFA_FLAGS, IFA_F_NODAD);
            return writer.Message.Length;
        });
    }

    /// <summary>Adds a route through a neighbour.</summary>
    /// <exception cref="LinkException">The neighbour can't be reached, or the privilege is missing.</exception>
    public static void AddRoute(IpPrefix to, IpAddress via) => Ask($"add a route to {to}", (buffer, sequence) =>
    {
        var writer = new NetlinkWriter(buffer, RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence);
        Span<byte> header = writer.Fixed(RouteHeaderLength);
        header[0] = FamilyOf(via);
        header[1] = to.Length;
        header[4] = RT_TABLE_MAIN;
        header[5] = RouteProtocolStatic;
        header[7] = RTN_UNICAST;
        writer.Attribute(RTA_DST, BytesOf(to.Address));
        writer.Attribute(RTA_GATEWAY, BytesOf(via));
        return writer.Message.Length;
    });

    private delegate int Compose(Span<byte> buffer, uint sequence);

    private static void Ask(string step, Compose compose)
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NETLINK_ROUTE);
        Span<byte> buffer = stackalloc byte[512];
        int length = compose(buffer, socket.NextSequence());
        int error = socket.Request(buffer[..length]);
        if (error is Errno.EPERM or Errno.EACCES) throw new LinkException($"{step}: not permitted; run as root or with CAP_NET_ADMIN");
        if (error != 0) throw new LinkException($"{step}: {Errno.Describe(error)}");
    }

    private static byte FamilyOf(IpAddress address) => (byte)(address.IsV4 ? KernelCalls.AF_INET : KernelCalls.AF_INET6);

    private static byte[] BytesOf(IpAddress address)
    {
        byte[] bytes = new byte[address.IsV4 ? 4 : 16];
        address.CopyTo(bytes);
        return bytes;
    }

    private static byte[] NameOf(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        byte[] attribute = new byte[NetlinkWriter.Aligned(4 + value.Length)];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}
