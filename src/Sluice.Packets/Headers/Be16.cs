using System.Buffers.Binary;

namespace Sluice.Packets.Headers;

/// <summary>A 16-bit header field in network order: readable code, one rotate in machine code.</summary>
/// <param name="Raw">The field as a load gives it. Checksum arithmetic and comparisons use it as it is.</param>
public readonly record struct Be16(ushort Raw)
{
    /// <summary>The field as a number.</summary>
    public ushort Value => BinaryPrimitives.ReverseEndianness(Raw);

    /// <summary>The field that carries <paramref name="value"/>'s low 16 bits.</summary>
    public static Be16 From(int value) => new(BinaryPrimitives.ReverseEndianness((ushort)value));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A 32-bit header field in network order.</summary>
/// <param name="Raw">The field as a load gives it.</param>
public readonly record struct Be32(uint Raw)
{
    /// <summary>The field as a number.</summary>
    public uint Value => BinaryPrimitives.ReverseEndianness(Raw);

    /// <summary>The field that carries <paramref name="value"/>.</summary>
    public static Be32 From(uint value) => new(BinaryPrimitives.ReverseEndianness(value));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
