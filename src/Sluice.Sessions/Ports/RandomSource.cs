using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice.Sessions;

/// <summary>Seeded random numbers: xoshiro256**. The store's secret is drawn from it, and every choice of a port from the secret. Mutable: pass it by reference.</summary>
internal struct RandomSource
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>Begins a sequence; different seeds and streams have nothing in common.</summary>
    public RandomSource(ulong seed, ulong stream)
    {
        ulong state = seed ^ BitOperations.RotateLeft(stream * 0xD134_2543_DE82_EF95, 32);
        s0 = Spread(ref state);
        s1 = Spread(ref state);
        s2 = Spread(ref state);
        s3 = Spread(ref state);
    }

    /// <summary>The next 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1; the bias is below 2^-40 for bounds of 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Below(uint bound) => (uint)(((UInt128)Next() * bound) >> 64);

    // SplitMix64: turns any seed, 0 too, into well-mixed words.
    private static ulong Spread(ref ulong state)
    {
        ulong z = state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
