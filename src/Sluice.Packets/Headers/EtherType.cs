namespace Sluice.Packets.Headers;

/// <summary>Ethernet types as a load of the two header bytes gives them (network order read on a little-endian machine).</summary>
public static class EtherType
{
    /// <summary>IPv4, 0x0800.</summary>
    public const ushort Ipv4 = 0x0008;

    /// <summary>ARP, 0x0806.</summary>
    public const ushort Arp = 0x0608;

    /// <summary>IPv6, 0x86DD.</summary>
    public const ushort Ipv6 = 0xDD86;

    /// <summary>A customer VLAN tag, 0x8100 (IEEE 802.1Q).</summary>
    public const ushort Vlan = 0x0081;

    /// <summary>A service VLAN tag, 0x88A8 (IEEE 802.1ad).</summary>
    public const ushort ServiceVlan = 0xA888;
}
