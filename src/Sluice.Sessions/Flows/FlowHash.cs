using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AesRound = System.Runtime.Intrinsics.X86.Aes;

namespace Sluice.Sessions;

/// <summary>The keyed hash of flow keys: AES rounds under a secret key, or a keyed multiply where the processor has no AES.</summary>
/// <remarks>
/// Measured equal in cost to a CRC, which is linear and can be flooded whatever its seed. Three rounds spread one block over all bits;
/// a longer key goes in block by block with two rounds between.
/// </remarks>
public static class FlowHash
{
    // Odd constants of no structure (fractions of the golden ratio and of square roots) that tell the round keys apart.
    private const ulong Mark0 = 0x9E37_79B9_7F4A_7C15;
    private const ulong Mark1 = 0x6A09_E667_F3BC_C909;
    private const ulong Mark2 = 0xBB67_AE85_84CA_A73B;

    /// <summary>Hashes a key of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong first, ulong second, in HashSecret secret)
    {
        if (!AesRound.IsSupported) return Multiplied(first, second, in secret);
        Vector128<byte> key = KeyOf(in secret);
        Vector128<byte> other = key ^ Vector128.Create(Mark0, Mark1).AsByte();
        Vector128<byte> block = Vector128.Create(first, second).AsByte() ^ key;
        block = AesRound.Encrypt(block, other);
        block = AesRound.Encrypt(block, key);
        return AesRound.Encrypt(block, other).AsUInt64().ToScalar();
    }

    /// <summary>Hashes an IPv6 key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(in FlowKey6 key, in HashSecret secret)
    {
        if (!AesRound.IsSupported) return Multiplied(in key, in secret);
        Vector128<byte> roundKey = KeyOf(in secret);
        Vector128<byte> other = roundKey ^ Vector128.Create(Mark0, Mark1).AsByte();
        Vector128<byte> block = Vector128.Create(key.Source0, key.Source1).AsByte() ^ roundKey;
        block = AesRound.Encrypt(AesRound.Encrypt(block, other), roundKey);
        block ^= Vector128.Create(key.Destination0, key.Destination1).AsByte();
        block = AesRound.Encrypt(AesRound.Encrypt(block, other), roundKey);
        block ^= Vector128.CreateScalar(key.Rest).AsByte();
        block = AesRound.Encrypt(AesRound.Encrypt(block, other), roundKey);
        return AesRound.Encrypt(block, other).AsUInt64().ToScalar();
    }

    /// <summary>The hash for processors without AES.</summary>
    internal static ulong Multiplied(ulong first, ulong second, in HashSecret secret) =>
        Fold(Fold(first ^ secret.Low, second ^ secret.High) ^ secret.Low, Mark0 ^ secret.High);

    /// <summary>The hash for processors without AES.</summary>
    internal static ulong Multiplied(in FlowKey6 key, in HashSecret secret)
    {
        ulong sum = Fold(key.Source0 ^ secret.Low, key.Source1 ^ secret.High);
        sum = Fold(sum ^ key.Destination0 ^ Mark1, key.Destination1 ^ secret.Low);
        return Fold(Fold(sum ^ key.Rest, secret.High ^ Mark2) ^ secret.Low, Mark0 ^ secret.High);
    }

    // One load of 16 bytes; put together from two registers it would be three instructions a packet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> KeyOf(in HashSecret secret) =>
        Unsafe.As<HashSecret, Vector128<byte>>(ref Unsafe.AsRef(in secret));

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
