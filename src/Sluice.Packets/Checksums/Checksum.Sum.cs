using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sluice.Packets;

public static unsafe partial class Checksum
{
    /// <summary>From this length on, vectors win over eight bytes a step.</summary>
    private const int VectorBytes = 128;

    /// <summary>The unfolded sum over <paramref name="length"/> bytes; an odd last byte counts as if a zero byte followed.</summary>
    public static ulong Sum(byte* data, int length)
    {
        ulong sum = 0;
        if (length >= VectorBytes)
        {
            int whole = length & ~63;
            sum = SumVectors(data, whole);
            data += whole;
            length -= whole;
        }

        ulong upper = 0;
        for (; length >= 8; length -= 8, data += 8)
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(data);
            sum += (uint)word;
            upper += word >> 32;
        }

        sum += upper;
        if ((length & 4) != 0)
        {
            sum += Unsafe.ReadUnaligned<uint>(data);
            data += 4;
        }

        if ((length & 2) != 0)
        {
            sum += Unsafe.ReadUnaligned<ushort>(data);
            data += 2;
        }

        if ((length & 1) != 0) sum += *data;
        return sum;
    }

    /// <summary>The unfolded sum over a span.</summary>
    public static ulong Sum(ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data) return Sum(first, data.Length);
    }

    /// <summary>The checksum of a span: the inverted, folded sum.</summary>
    public static ushort Of(ReadOnlySpan<byte> data) => (ushort)~Fold(Sum(data));

    /// <summary>Sums whole blocks of 64 bytes: each 64-bit lane adds its lower and its upper half, so no lane overflows below 2^31 blocks.</summary>
    private static ulong SumVectors(byte* data, int length)
    {
        Vector256<ulong> low = Vector256<ulong>.Zero;
        Vector256<ulong> high = Vector256<ulong>.Zero;
        Vector256<ulong> mask = Vector256.Create((ulong)uint.MaxValue);
        for (byte* end = data + length; data < end; data += 64)
        {
            Vector256<ulong> first = Vector256.Load((ulong*)data);
            Vector256<ulong> second = Vector256.Load((ulong*)(data + 32));
            low += (first & mask) + (second & mask);
            high += (first >>> 32) + (second >>> 32);
        }

        return Vector256.Sum(low) + Vector256.Sum(high);
    }
}
