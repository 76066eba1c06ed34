using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Packets;

/// <summary>The Internet checksum (RFC 1071) and its incremental update (RFC 1624), on words in network order as a load gives them.</summary>
/// <remarks>
/// One's complement sums are indifferent to byte order as long as all words are read the same way, so nothing here swaps bytes.
/// An unfolded sum is any number that is congruent modulo 65,535: 32-bit words may be added as they are.
/// </remarks>
public static unsafe partial class Checksum
{
    /// <summary>Folds an unfolded sum to 16 bits. Only 0 folds to 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        // Adding the number to itself turned by half its width leaves high + low + carry in the upper half.
        uint half = (uint)((sum + BitOperations.RotateLeft(sum, 32)) >> 32);
        return (ushort)((half + BitOperations.RotateLeft(half, 16)) >> 16);
    }

    /// <summary>What replacing one 32-bit piece (or one 16-bit word) adds to an unfolded sum: ~old + new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Delta(uint old, uint replacement) => (ulong)~old + replacement;

    /// <summary>What replacing one 64-bit piece adds to an unfolded sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Delta(ulong old, ulong replacement) =>
        Delta((uint)old, (uint)replacement) + Delta((uint)(old >> 32), (uint)(replacement >> 32));

    /// <summary>Updates a checksum field (RFC 1624 equation 3).</summary>
    /// <param name="field">The field, as loaded.</param>
    /// <param name="delta">The sum of <see cref="Delta(uint, uint)"/> over what changes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Apply(ushort field, ulong delta) => (ushort)~Fold((ushort)~field + delta);

    /// <summary>Updates a UDP checksum: 0 (none) stays 0, and a computed 0 is written as 0xFFFF (RFC 768).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ApplyUdp(ushort field, ulong delta)
    {
        if (field == 0) return 0;
        return OrAllOnes(Apply(field, delta));
    }

    /// <summary>Updates a partial checksum, which holds the pseudo-header's sum, not inverted.</summary>
    /// <param name="field">The field, as loaded.</param>
    /// <param name="addressDelta">The difference made by addresses alone: ports are not in the pseudo-header.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ApplyPartial(ushort field, ulong addressDelta) => Fold(field + addressDelta);

    /// <summary>0 becomes 0xFFFF, its other representation; all else stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort OrAllOnes(ushort field) => (ushort)(field + (((uint)field - 1) >> 16));

    /// <summary>The pseudo-header's unfolded sum over IPv4 (RFC 9293 section 3.1).</summary>
    /// <param name="addresses">Both addresses, as one load gives them.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="lengthBytes">Length of the transport header and payload.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PseudoHeader4(ulong addresses, byte protocol, int lengthBytes) =>
        (addresses & uint.MaxValue) + (addresses >> 32) + ((uint)protocol << 8) + BinaryPrimitives.ReverseEndianness((uint)lengthBytes);

    /// <summary>The pseudo-header's unfolded sum over IPv6 (RFC 8200 section 8.1).</summary>
    /// <param name="addresses">The 32 bytes of both addresses in the header.</param>
    /// <param name="protocol">The protocol after all extension headers.</param>
    /// <param name="lengthBytes">Length of the transport header and payload.</param>
    public static ulong PseudoHeader6(byte* addresses, byte protocol, int lengthBytes) =>
        Sum(addresses, 32) + ((uint)protocol << 8) + BinaryPrimitives.ReverseEndianness((uint)lengthBytes);
}
