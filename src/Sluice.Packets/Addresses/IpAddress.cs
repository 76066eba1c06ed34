using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Packets.Addresses;

/// <summary>An IPv4 or IPv6 address as a number of its family: comparable, hashable, allocation-free.</summary>
/// <remarks><see cref="Value"/> is the address read as a big-endian number; for IPv4 its upper 96 bits are zero.</remarks>
public readonly record struct IpAddress(IpFamily Family, UInt128 Value) : IComparable<IpAddress>
{
    /// <summary>The width of an address of <paramref name="family"/> in bits: 32 or 128.</summary>
    public static int BitsOf(IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    /// <summary>The width of this address in bits: 32 or 128.</summary>
    public int Bits => BitsOf(Family);

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsV4 => Family == IpFamily.V4;

    /// <summary>The address 0.0.0.0 or ::.</summary>
    public bool IsUnspecified => Value == 0;

    /// <summary>An IPv4 address from its number (192.0.2.1 is 0xC0000201).</summary>
    public static IpAddress V4(uint value) => new(IpFamily.V4, value);

    /// <summary>An IPv6 address from its number.</summary>
    public static IpAddress V6(UInt128 value) => new(IpFamily.V6, value);

    /// <summary>Reads an address from the 4 or 16 bytes of a header, in network order.</summary>
    public static IpAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => V4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => V6(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException("An address has 4 or 16 bytes.", nameof(bytes)),
    };

    /// <summary>An IPv4 address from the word that a little-endian load of its four header bytes gives.</summary>
    public static IpAddress FromNetworkWord(uint word) => V4(BinaryPrimitives.ReverseEndianness(word));

    /// <summary>The word that a little-endian load of the four header bytes of this IPv4 address gives.</summary>
    public uint ToNetworkWord() => BinaryPrimitives.ReverseEndianness((uint)Value);

    /// <summary>Writes the 4 or 16 bytes of the address in network order and returns how many.</summary>
    public int CopyTo(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Value);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
        return 16;
    }

    /// <summary>Reads the usual text form: dotted quads of exactly four parts, or RFC 4291 text without a zone.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddress address)
    {
        address = default;
        if (text is null || text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal)) return false;
        if (!IPAddress.TryParse(text, out IPAddress? parsed)) return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(text)) return false;
        address = From(parsed);
        return true;
    }

    /// <summary>Reads the usual text form.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"'{text}' is not an IP address.");

    /// <summary>The same address as the base library's type.</summary>
    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return FromBytes(bytes[..written]);
    }

    /// <summary>The same address as the base library's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..CopyTo(bytes)]);
    }

    /// <inheritdoc/>
    public int CompareTo(IpAddress other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Value.CompareTo(other.Value);

    /// <summary>The usual text form: 192.0.2.1, 2001:db8::1.</summary>
    public override string ToString() => ToIPAddress().ToString();

    // The base library also reads "10", "0x0a.1" and "010.0.0.1"; configuration means what a reader sees.
    private static bool IsDottedQuad(string text)
    {
        string[] parts = text.Split('.');
        if (parts.Length != 4) return false;
        foreach (string part in parts)
        {
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')) return false;
            foreach (char c in part)
                if (!char.IsAsciiDigit(c)) return false;
        }

        return true;
    }
}
