using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes neighbour solicitations and advertisements (RFC 4861 section 4.3, 4.4) as IPv6 packets, without their Ethernet header.</summary>
public static unsafe class NeighborMessage
{
    /// <summary>The length of both messages: IPv6 header, ICMPv6 header, target, link-layer address option.</summary>
    public const int Bytes = Ipv6Header.Bytes + IcmpHeader.Bytes + AddressBytes + OptionBytes;

    private const int AddressBytes = 16;
    private const int OptionBytes = 8;
    private const byte SourceAddressOption = 1;
    private const byte TargetAddressOption = 2;
    private const uint Solicited = 0x4000_0000;
    private const uint Override = 0x2000_0000;

    /// <summary>All nodes of the link, ff02::1.</summary>
    private static readonly IpAddress AllNodes = IpAddress.V6(new UInt128(0xFF02_0000_0000_0000, 1));

    /// <summary>The group in which the holder of an address listens for solicitations (RFC 4291 section 2.7.1).</summary>
    public static IpAddress SolicitedNode(in IpAddress target) =>
        IpAddress.V6(new UInt128(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000 | (ulong)target.Value & 0xFF_FFFF));

    /// <summary>The Ethernet address of an IPv6 group (RFC 2464 section 7).</summary>
    public static MacAddress MacOf(in IpAddress group) => new(0x3333_0000_0000 | (ulong)group.Value & 0xFFFF_FFFF);

    /// <summary>The address that a solicitation asks for.</summary>
    /// <param name="packet">A packet of kind <see cref="PacketKind.NeighborDiscovery"/>.</param>
    /// <param name="target">The address, where this is a valid solicitation.</param>
    /// <returns>Whether it is one (RFC 4861 section 7.1.1).</returns>
    public static bool TryReadSolicitation(Packet* packet, out IpAddress target)
    {
        target = default;
        if (packet->Kind != PacketKind.NeighborDiscovery || packet->Icmp->Type != IcmpV6Type.NeighborSolicitation) return false;
        target = IpAddress.FromBytes(new ReadOnlySpan<byte>(packet->Icmp + 1, AddressBytes));
        bool group = (byte)(target.Value >> 120) == 0xFF;

        // Duplicate address detection asks from the unspecified address, always the solicited-node group.
        bool detection = (packet->Ipv6->Source0 | packet->Ipv6->Source1) == 0;
        return !group && (!detection || packet->Ipv6->IsMulticast);
    }

    /// <summary>Writes a solicitation to the target's solicited-node group and returns its length.</summary>
    /// <param name="at">Room for <see cref="Bytes"/>.</param>
    /// <param name="senderMac">Our Ethernet address.</param>
    /// <param name="sender">Our address on the link.</param>
    /// <param name="target">Whose Ethernet address is wanted.</param>
    public static int WriteSolicitation(byte* at, MacAddress senderMac, in IpAddress sender, in IpAddress target) =>
        Write(at, IcmpV6Type.NeighborSolicitation, sender, SolicitedNode(in target), flags: 0, target, SourceAddressOption, senderMac);

    /// <summary>Writes the answer to a solicitation and returns its length; it goes to the asker, or to all nodes where the asker has no address yet.</summary>
    /// <param name="at">Room for <see cref="Bytes"/>.</param>
    /// <param name="solicitation"><see cref="TryReadSolicitation"/> was true.</param>
    /// <param name="target">The address asked for.</param>
    /// <param name="mac">Our Ethernet address.</param>
    /// <param name="destination">Where the answer goes, for the Ethernet header.</param>
    public static int WriteAdvertisement(byte* at, Packet* solicitation, in IpAddress target, MacAddress mac, out IpAddress destination)
    {
        var asker = IpAddress.FromBytes(new ReadOnlySpan<byte>(&solicitation->Ipv6->Source0, AddressBytes));
        destination = asker.IsUnspecified ? AllNodes : asker;
        uint flags = asker.IsUnspecified ? Override : Override | Solicited;
        return Write(at, IcmpV6Type.NeighborAdvertisement, target, destination, flags, target, TargetAddressOption, mac);
    }

    private static int Write(byte* at, byte type, in IpAddress source, in IpAddress destination, uint flags, in IpAddress target, byte option, MacAddress mac)
    {
        const int Message = Bytes - Ipv6Header.Bytes;

        // Hop limit 255 proves that no router forwarded it (RFC 4861 section 7.1).
        IpWriter.Write6(at, in source, in destination, IpProtocol.IcmpV6, Message, hopLimit: byte.MaxValue);
        var icmp = (IcmpHeader*)(at + Ipv6Header.Bytes);
        icmp->Type = type;
        icmp->Code = 0;
        icmp->Rest = Be32.From(flags);
        byte* body = (byte*)(icmp + 1);
        target.CopyTo(new Span<byte>(body, AddressBytes));
        body[AddressBytes] = option;
        body[AddressBytes + 1] = OptionBytes / 8;
        mac.CopyTo(new Span<byte>(body + AddressBytes + 2, 6));
        TransportChecksum.Write(at, IpProtocol.IcmpV6, (byte*)icmp, Message);
        return Bytes;
    }
}
