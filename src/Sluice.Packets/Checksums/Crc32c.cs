using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using ArmCrc = System.Runtime.Intrinsics.Arm.Crc32;

namespace Sluice.Packets;

/// <summary>CRC32c (RFC 9260 appendix A, RFC 3720 section 12.1): over bytes, and what a change of four bytes makes of it wherever they stand.</summary>
/// <remarks>
/// A CRC is a remainder of polynomials over two elements, so the CRCs of two messages of one length differ by a number that depends on the difference of the messages alone.
/// Numbers are reflected: bit 31 is the coefficient of x to the power of 0, as the processors' instructions and the wire have it.
/// </remarks>
public static unsafe class Crc32c
{
    /// <summary>Castagnoli's polynomial, reflected.</summary>
    private const uint Polynomial = 0x82F6_3B78;

    /// <summary>The register after one zero byte, by the byte that falls out.</summary>
    private static readonly uint[] Table = MakeTable();

    // x to the power of 8n - 33, for n of 0 to 255, and of 256 times that: Multiply brings the 33 back.
    private static readonly uint[] Low = MakePowers(1);
    private static readonly uint[] High = MakePowers(256);

    /// <summary>The CRC32c of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data)
    {
        fixed (byte* first = data) return ~Append(uint.MaxValue, first, data.Length);
    }

    /// <summary>The register after further bytes, by whatever the processor has for it.</summary>
    public static uint Append(uint register, byte* data, int length)
    {
        if (!Sse42.X64.IsSupported && !ArmCrc.Arm64.IsSupported) return AppendByTable(register, data, length);
        for (; length >= sizeof(ulong); length -= sizeof(ulong), data += sizeof(ulong)) register = Step(register, Unsafe.ReadUnaligned<ulong>(data));
        for (; length > 0; length--, data++) register = Step(register, *data);
        return register;
    }

    /// <summary>As <see cref="Append"/>, with no instruction that not every processor has.</summary>
    internal static uint AppendByTable(uint register, byte* data, int length)
    {
        uint[] table = Table;
        for (byte* end = data + length; data < end; data++) register = table[(byte)(register ^ *data)] ^ (register >> 8);
        return register;
    }

    /// <summary>By what the CRC of a message differs from that of another of the same length which differs from it in one word.</summary>
    /// <param name="change">The exclusive or of both words, as a little-endian load gives them.</param>
    /// <param name="bytesBehind">Bytes that follow the word, at most 65,535.</param>
    public static uint Difference(uint change, int bytesBehind)
    {
        uint register = Step(0, change);
        return Multiply(Multiply(register, Low[bytesBehind & 255]), High[bytesBehind >> 8]);
    }

    /// <summary>As <see cref="Difference"/>, with no instruction that not every processor has.</summary>
    internal static uint DifferenceByTable(uint change, int bytesBehind)
    {
        uint register = AppendByTable(0, (byte*)&change, sizeof(uint));
        return MultiplyByTable(MultiplyByTable(register, Low[bytesBehind & 255]), High[bytesBehind >> 8]);
    }

    // The product of two reflected numbers of 32 bits has 63: it stands one place too low in 64, and taking the remainder appends 32 zeroes. Hence x^33.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Multiply(uint one, uint other)
    {
        if (Pclmulqdq.IsSupported && Sse42.X64.IsSupported)
            return Step(0, Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)one), Vector128.CreateScalar((ulong)other), 0).ToScalar());
        if (ArmAes.IsSupported && ArmCrc.Arm64.IsSupported)
            return Step(0, ArmAes.PolynomialMultiplyWideningLower(Vector64.CreateScalar((ulong)one), Vector64.CreateScalar((ulong)other)).ToScalar());
        return MultiplyByTable(one, other);
    }

    private static uint MultiplyByTable(uint one, uint other)
    {
        ulong product = 0;
        for (int bit = 0; bit < 32; bit++) product ^= ((ulong)one << bit) & (0 - (ulong)(other >> bit & 1));
        return AppendByTable(0, (byte*)&product, sizeof(ulong));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint register, ulong word) =>
        Sse42.X64.IsSupported ? (uint)Sse42.X64.Crc32(register, word)
        : ArmCrc.Arm64.IsSupported ? ArmCrc.Arm64.ComputeCrc32C(register, word)
        : AppendByTable(register, (byte*)&word, sizeof(ulong));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint register, uint word) =>
        Sse42.IsSupported ? Sse42.Crc32(register, word)
        : ArmCrc.IsSupported ? ArmCrc.ComputeCrc32C(register, word)
        : AppendByTable(register, (byte*)&word, sizeof(uint));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint register, byte value) =>
        Sse42.IsSupported ? Sse42.Crc32(register, value)
        : ArmCrc.IsSupported ? ArmCrc.ComputeCrc32C(register, value)
        : AppendByTable(register, &value, 1);

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            uint register = value;
            for (int bit = 0; bit < 8; bit++) register = TimesX(register);
            table[value] = register;
        }

        return table;
    }

    private static uint[] MakePowers(int stepBytes)
    {
        var powers = new uint[256];
        uint power = 0x8000_0000;
        for (int times = 0; times < 33; times++) power = DividedByX(power);
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = power;
            for (int times = 0; times < 8 * stepBytes; times++) power = TimesX(power);
        }

        return powers;
    }

    private static uint TimesX(uint number) => (number >> 1) ^ (Polynomial & (0 - (number & 1)));

    // The polynomial has the constant term, so whether it was subtracted shows in the highest bit.
    private static uint DividedByX(uint number) => (number & 0x8000_0000) != 0 ? ((number ^ Polynomial) << 1) | 1 : number << 1;
}
