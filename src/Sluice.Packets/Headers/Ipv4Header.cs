using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Packets.Headers;

/// <summary>An IPv4 header without its options (RFC 791 section 3.1).</summary>
[StructLayout(LayoutKind.Explicit, Pack = 1, Size = Bytes)]
public struct Ipv4Header
{
    /// <summary>Its length without options.</summary>
    public const int Bytes = 20;

    /// <summary>Version 4, five words: the first byte of a header without options.</summary>
    public const byte Plain = 0x45;

    /// <summary>"Don't fragment" in <see cref="FragmentWord"/>'s value.</summary>
    public const ushort DontFragment = 0x4000;

    /// <summary>"More fragments" in <see cref="FragmentWord"/>'s value.</summary>
    public const ushort MoreFragments = 0x2000;

    /// <summary>The fragment offset in <see cref="FragmentWord"/>'s value, in units of eight bytes.</summary>
    public const ushort OffsetMask = 0x1FFF;

    /// <summary>Version (upper four bits) and header length in words.</summary>
    [FieldOffset(0)] public byte VersionAndWords;

    /// <summary>Differentiated services and ECN.</summary>
    [FieldOffset(1)] public byte TrafficClass;

    /// <summary>Length of header and payload.</summary>
    [FieldOffset(2)] public Be16 TotalLength;

    /// <summary>Identification.</summary>
    [FieldOffset(4)] public Be16 Identification;

    /// <summary>Three flag bits and the fragment offset.</summary>
    [FieldOffset(6)] public Be16 FragmentWord;

    /// <summary>Time to live.</summary>
    [FieldOffset(8)] public byte Ttl;

    /// <summary>Protocol.</summary>
    [FieldOffset(9)] public byte Protocol;

    /// <summary>Header checksum, as loaded.</summary>
    [FieldOffset(10)] public ushort Checksum;

    /// <summary>Source address in the low half, destination in the high half, as one load gives them.</summary>
    [FieldOffset(12)] public ulong Addresses;

    /// <summary>Source address in network order.</summary>
    [FieldOffset(12)] public uint Source;

    /// <summary>Destination address in network order.</summary>
    [FieldOffset(16)] public uint Destination;

    /// <summary>The version field.</summary>
    public readonly int Version => VersionAndWords >> 4;

    /// <summary>Length of the header with its options.</summary>
    public readonly int HeaderBytes => (VersionAndWords & 0x0F) * 4;

    /// <summary>Whether "don't fragment" is set.</summary>
    public readonly bool MayNotFragment => (FragmentWord.Value & DontFragment) != 0;

    /// <summary>Whether this is one fragment of several, first or later.</summary>
    public readonly bool IsFragment => (FragmentWord.Value & (MoreFragments | OffsetMask)) != 0;

    /// <summary>Where the fragment's payload lies in the whole payload, in bytes.</summary>
    public readonly int FragmentOffsetBytes => (FragmentWord.Value & OffsetMask) * 8;

    /// <summary>The sum over the twenty bytes, unfolded; folded it is 0xFFFF in an intact header without options.</summary>
    public readonly ulong PlainSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ref uint word = ref Unsafe.As<byte, uint>(ref Unsafe.AsRef(in VersionAndWords));
            return (ulong)word + Unsafe.Add(ref word, 1) + Unsafe.Add(ref word, 2) + Unsafe.Add(ref word, 3) + Unsafe.Add(ref word, 4);
        }
    }
}
