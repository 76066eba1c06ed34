using System.Runtime.InteropServices;

namespace Sluice.Packets.Headers;

/// <summary>An IPv6 header (RFC 8200 section 3).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct Ipv6Header
{
    /// <summary>Its length.</summary>
    public const int Bytes = 40;

    /// <summary>Version, traffic class and flow label.</summary>
    [FieldOffset(0)] public Be32 VersionClassLabel;

    /// <summary>Bytes after this header.</summary>
    [FieldOffset(4)] public Be16 PayloadLength;

    /// <summary>Protocol or extension header that follows.</summary>
    [FieldOffset(6)] public byte NextHeader;

    /// <summary>Hop limit.</summary>
    [FieldOffset(7)] public byte HopLimit;

    /// <summary>The source address's first eight bytes, as loaded.</summary>
    [FieldOffset(8)] public ulong Source0;

    /// <summary>The source address's last eight bytes.</summary>
    [FieldOffset(16)] public ulong Source1;

    /// <summary>The destination address's first eight bytes.</summary>
    [FieldOffset(24)] public ulong Destination0;

    /// <summary>The destination address's last eight bytes.</summary>
    [FieldOffset(32)] public ulong Destination1;

    /// <summary>The version field.</summary>
    public readonly int Version => (int)(VersionClassLabel.Raw >> 4 & 0x0F);

    /// <summary>Whether the destination is a group.</summary>
    public readonly bool IsMulticast => (Destination0 & 0xFF) == 0xFF;
}

/// <summary>The IPv6 fragment header (RFC 8200 section 4.5).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
public struct Ipv6FragmentHeader
{
    /// <summary>Its length.</summary>
    public const int Bytes = 8;

    /// <summary>The protocol or extension header after it.</summary>
    public byte NextHeader;

    /// <summary>Reserved.</summary>
    public byte Reserved;

    /// <summary>Offset (13 bits, units of eight bytes), two reserved bits, "more fragments".</summary>
    public Be16 OffsetAndMore;

    /// <summary>Identification.</summary>
    public Be32 Identification;

    /// <summary>Where the fragment's payload lies in the whole payload, in bytes.</summary>
    public readonly int OffsetBytes => OffsetAndMore.Value & 0xFFF8;

    /// <summary>Whether more fragments follow.</summary>
    public readonly bool More => (OffsetAndMore.Value & 1) != 0;
}
