using System.Runtime.InteropServices;

namespace Sluice.Packets.Headers;

/// <summary>A TCP header without its options (RFC 9293 section 3.1).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct TcpHeader
{
    /// <summary>Its length without options.</summary>
    public const int Bytes = 20;

    /// <summary>Where the checksum lies.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>Both ports in network order as one load gives them: source in the low half.</summary>
    [FieldOffset(0)] public uint Ports;

    /// <summary>Source port.</summary>
    [FieldOffset(0)] public Be16 SourcePort;

    /// <summary>Destination port.</summary>
    [FieldOffset(2)] public Be16 DestinationPort;

    /// <summary>Sequence number.</summary>
    [FieldOffset(4)] public Be32 Sequence;

    /// <summary>Acknowledgment number.</summary>
    [FieldOffset(8)] public Be32 Acknowledgment;

    /// <summary>Header length in words, in the upper four bits.</summary>
    [FieldOffset(12)] public byte Words;

    /// <summary>The flag byte, bits of <see cref="TcpFlag"/>.</summary>
    [FieldOffset(13)] public byte Flags;

    /// <summary>Window.</summary>
    [FieldOffset(14)] public Be16 Window;

    /// <summary>Checksum, as loaded.</summary>
    [FieldOffset(16)] public ushort Checksum;

    /// <summary>Urgent pointer.</summary>
    [FieldOffset(18)] public Be16 UrgentPointer;

    /// <summary>Length of the header with its options.</summary>
    public readonly int HeaderBytes => (Words >> 4) * 4;
}

/// <summary>A UDP header (RFC 768).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct UdpHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 8;

    /// <summary>Where the checksum lies.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>Both ports in network order as one load gives them: source in the low half.</summary>
    [FieldOffset(0)] public uint Ports;

    /// <summary>Source port.</summary>
    [FieldOffset(0)] public Be16 SourcePort;

    /// <summary>Destination port.</summary>
    [FieldOffset(2)] public Be16 DestinationPort;

    /// <summary>Length of header and payload.</summary>
    [FieldOffset(4)] public Be16 Length;

    /// <summary>Checksum, as loaded; 0 means none (over IPv4).</summary>
    [FieldOffset(6)] public ushort Checksum;
}

/// <summary>The first eight bytes of an ICMP or ICMPv6 message; what the last four mean depends on the type.</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct IcmpHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 8;

    /// <summary>Where the checksum lies.</summary>
    public const int ChecksumOffset = 2;

    /// <summary>Type, of <see cref="IcmpType"/> or <see cref="IcmpV6Type"/>.</summary>
    [FieldOffset(0)] public byte Type;

    /// <summary>Code.</summary>
    [FieldOffset(1)] public byte Code;

    /// <summary>Checksum, as loaded.</summary>
    [FieldOffset(2)] public ushort Checksum;

    /// <summary>Queries: the identifier.</summary>
    [FieldOffset(4)] public Be16 Identifier;

    /// <summary>Queries: the sequence number.</summary>
    [FieldOffset(6)] public Be16 Sequence;

    /// <summary>Fragmentation needed: the next hop's MTU (RFC 1191).</summary>
    [FieldOffset(6)] public Be16 NextHopMtu;

    /// <summary>All four bytes: ICMPv6 packet too big: the MTU; parameter problem: the pointer (ICMPv6).</summary>
    [FieldOffset(4)] public Be32 Rest;
}
