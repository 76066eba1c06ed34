using System.Buffers.Binary;
using Sluice.Packets.Addresses;

namespace Sluice.Packets;

/// <summary>How the frames of one link begin, and which of them are for us.</summary>
public readonly struct LinkFrame
{
    private LinkFrame(bool hasEthernet, ulong mac, ushort vlan)
    {
        HasEthernet = hasEthernet;
        Mac = mac;
        Vlan = vlan;
    }

    /// <summary>A link whose frames begin with the IP header.</summary>
    public static LinkFrame Raw => default;

    /// <summary>Whether frames begin with an Ethernet header.</summary>
    public bool HasEthernet { get; }

    /// <summary>The link's Ethernet address: its six bytes in the low 48 bits of a little-endian load.</summary>
    public ulong Mac { get; }

    /// <summary>The VLAN that the link speaks; 0: untagged frames (and frames with a priority tag).</summary>
    public ushort Vlan { get; }

    /// <summary>A link whose frames begin with an Ethernet header.</summary>
    public static LinkFrame Ethernet(MacAddress mac, ushort vlan = 0) =>
        new(hasEthernet: true, BinaryPrimitives.ReverseEndianness(mac.Value) >> 16, vlan);
}
