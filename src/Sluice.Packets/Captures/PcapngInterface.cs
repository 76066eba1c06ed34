namespace Sluice.Packets.Captures;

/// <summary>What an interface description block says: the link type and how its stamps count.</summary>
internal readonly record struct PcapngInterface(int LinkType, uint SnapLength, byte Resolution, long OffsetSeconds)
{
    private const ushort OptionEnd = 0;
    private const ushort OptionResolution = 9;
    private const ushort OptionOffset = 14;

    // 10^-6 s, which holds where the option is absent.
    private const byte Microseconds = 6;
    private const byte PowerOfTwo = 0x80;

    /// <summary>Reads a block's body, of at least 8 bytes. Options that end outside of it are passed over.</summary>
    public static PcapngInterface Read(CaptureInput input, ReadOnlySpan<byte> body)
    {
        int linkType = input.UInt16(body, 0);
        uint snapLength = input.UInt32(body, 4);
        byte resolution = Microseconds;
        long offsetSeconds = 0;
        int at = 8;
        while (at + 4 <= body.Length)
        {
            ushort code = input.UInt16(body, at);
            int length = input.UInt16(body, at + 2);
            at += 4;
            if (code == OptionEnd || length > body.Length - at) break;
            if (code == OptionResolution && length >= 1) resolution = body[at];
            if (code == OptionOffset && length >= 8) offsetSeconds = input.Int64(body, at);
            at += (length + 3) & ~3;
        }

        return new PcapngInterface(linkType, snapLength, resolution, offsetSeconds);
    }

    /// <summary>A stamp as nanoseconds since 1970; the nearest that fits where it is outside of what 64 bits can say.</summary>
    public long ToNanoseconds(ulong stamp)
    {
        int power = Resolution & ~PowerOfTwo;
        Int128 nanoseconds = (Resolution & PowerOfTwo) != 0
            ? (Int128)((UInt128)stamp * 1_000_000_000 >> power)
            : power <= 9 ? (Int128)stamp * (Int128)PowerOfTen(9 - power)
            : power - 9 < 20 ? (Int128)(stamp / (ulong)PowerOfTen(power - 9))
            : 0;
        nanoseconds += (Int128)OffsetSeconds * 1_000_000_000;
        return nanoseconds > long.MaxValue ? long.MaxValue : nanoseconds < 0 ? 0 : (long)nanoseconds;
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 value = 1;
        for (int i = 0; i < exponent; i++) value *= 10;
        return value;
    }
}
