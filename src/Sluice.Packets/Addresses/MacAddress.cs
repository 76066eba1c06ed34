using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Packets.Addresses;

/// <summary>A 48-bit Ethernet address as a number: 02:00:00:00:00:01 is 0x020000000001.</summary>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>Whether the group bit is set (multicast and broadcast).</summary>
    public bool IsGroup => (Value >> 40 & 1) != 0;

    /// <summary>Reads the six bytes of a header.</summary>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < 6; i++) value = value << 8 | bytes[i];
        return new MacAddress(value);
    }

    /// <summary>Writes the six bytes in network order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < 6; i++) destination[i] = (byte)(Value >> (40 - 8 * i));
    }

    /// <summary>Reads six hexadecimal pairs with colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MacAddress address)
    {
        address = default;
        string[] parts = text?.Split(':') ?? [];
        if (parts.Length != 6) return false;
        ulong value = 0;
        foreach (string part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet)) return false;
            value = value << 8 | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>Reads six hexadecimal pairs with colons.</summary>
    /// <exception cref="FormatException">The text is no Ethernet address.</exception>
    public static MacAddress Parse(string text) =>
        TryParse(text, out MacAddress address) ? address : throw new FormatException($"'{text}' is not an Ethernet address.");

    /// <summary>02:00:00:00:00:01.</summary>
    public override string ToString()
    {
        ulong v = Value;
        return string.Create(CultureInfo.InvariantCulture,
            $"{v >> 40 & 255:x2}:{v >> 32 & 255:x2}:{v >> 24 & 255:x2}:{v >> 16 & 255:x2}:{v >> 8 & 255:x2}:{v & 255:x2}");
    }
}
