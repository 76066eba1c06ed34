using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;

namespace Sluice.Packets.Headers;

/// <summary>An Ethernet header without tags.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
public struct EthernetHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 14;

    /// <summary>Destination address.</summary>
    public MacField Destination;

    /// <summary>Source address.</summary>
    public MacField Source;

    /// <summary>Type, one of <see cref="EtherType"/>.</summary>
    public ushort Type;
}

/// <summary>The six bytes of an Ethernet address in a header.</summary>
[InlineArray(6)]
public struct MacField
{
    private byte _first;

    /// <summary>The address as a number.</summary>
    public readonly MacAddress Address => MacAddress.FromBytes(this);

    /// <summary>The field that carries <paramref name="address"/>.</summary>
    public static MacField From(MacAddress address)
    {
        MacField field = default;
        address.CopyTo(field);
        return field;
    }
}

/// <summary>An 802.1Q tag as it follows the two addresses.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
public struct VlanHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 4;

    /// <summary>The VLAN identifier's bits in the tag control information.</summary>
    public const ushort IdentifierMask = 0x0FFF;

    /// <summary><see cref="EtherType.Vlan"/>.</summary>
    public ushort TagType;

    /// <summary>Priority (3 bits), drop eligibility (1), VLAN identifier (12).</summary>
    public Be16 Tag;
}

/// <summary>ARP for IPv4 over Ethernet (RFC 826).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
public struct ArpHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 28;

    /// <summary>Hardware type 1, protocol type 0x0800, lengths 6 and 4: the first eight bytes but the operation, as a load gives them.</summary>
    public const ulong EthernetIpv4 = 0x0000_0406_0008_0100;

    /// <summary>The operation "request".</summary>
    public const int Request = 1;

    /// <summary>The operation "reply".</summary>
    public const int Reply = 2;

    /// <summary>Hardware type.</summary>
    public Be16 HardwareType;

    /// <summary>Protocol type.</summary>
    public Be16 ProtocolType;

    /// <summary>Bytes of a hardware address.</summary>
    public byte HardwareLength;

    /// <summary>Bytes of a protocol address.</summary>
    public byte ProtocolLength;

    /// <summary>Operation.</summary>
    public Be16 Operation;

    /// <summary>The sender's Ethernet address.</summary>
    public MacField SenderMac;

    /// <summary>The sender's IPv4 address, in network order.</summary>
    public uint SenderAddress;

    /// <summary>The target's Ethernet address.</summary>
    public MacField TargetMac;

    /// <summary>The target's IPv4 address, in network order.</summary>
    public uint TargetAddress;
}
