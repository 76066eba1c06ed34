using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Packets.Addresses;

/// <summary>An address prefix such as 10.0.0.0/8; the host bits of <see cref="Address"/> are zero.</summary>
public readonly record struct IpPrefix : IComparable<IpPrefix>
{
    /// <summary>Makes the prefix of <paramref name="length"/> bits that holds <paramref name="address"/>; host bits are masked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or more than the family's bits.</exception>
    public IpPrefix(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.Bits);
        Address = new IpAddress(address.Family, address.Value & MaskOf(address.Family, length));
        Length = (byte)length;
    }

    /// <summary>The first address of the prefix.</summary>
    public IpAddress Address { get; }

    /// <summary>How many leading bits are fixed.</summary>
    public byte Length { get; }

    /// <summary>The family of the addresses in it.</summary>
    public IpFamily Family => Address.Family;

    /// <summary>The first address of the prefix.</summary>
    public IpAddress First => Address;

    /// <summary>The last address of the prefix.</summary>
    public IpAddress Last => new(Family, Address.Value | HostMask);

    /// <summary>Whether the prefix is one address.</summary>
    public bool IsHost => Length == Address.Bits;

    private UInt128 HostMask => ~MaskOf(Family, Length) & MaskOf(Family, 0, all: true);

    /// <summary>The prefix of one address: /32 or /128.</summary>
    public static IpPrefix Host(IpAddress address) => new(address, address.Bits);

    /// <summary>Whether the address lies in this prefix.</summary>
    public bool Contains(IpAddress address) =>
        address.Family == Family && (address.Value & MaskOf(Family, Length)) == Address.Value;

    /// <summary>Whether every address of <paramref name="other"/> lies in this prefix.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && Contains(other.Address);

    /// <summary>Whether the two prefixes share an address; then one contains the other.</summary>
    public bool Overlaps(IpPrefix other) => Contains(other) || other.Contains(this);

    /// <summary>Reads "address/length"; an address alone is a host prefix.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The prefix, its host bits masked.</param>
    /// <param name="hostBitsSet">Whether the text had host bits that were masked away.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpPrefix prefix, out bool hostBitsSet)
    {
        prefix = default;
        hostBitsSet = false;
        if (text is null) return false;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out IpAddress address)) return false;
        int length = address.Bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > address.Bits))
            return false;
        prefix = new IpPrefix(address, length);
        hostBitsSet = prefix.Address != address;
        return true;
    }

    /// <summary>Reads "address/length".</summary>
    /// <exception cref="FormatException">The text is no prefix.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out IpPrefix prefix, out _) ? prefix : throw new FormatException($"'{text}' is not a prefix.");

    /// <inheritdoc/>
    public int CompareTo(IpPrefix other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    /// <summary>The usual text form: 10.0.0.0/8.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{Length}");

    private static UInt128 MaskOf(IpFamily family, int length, bool all = false)
    {
        int bits = IpAddress.BitsOf(family);
        UInt128 ones = bits == 32 ? uint.MaxValue : UInt128.MaxValue;
        if (all) return ones;
        return length == 0 ? 0 : ones << (bits - length) & ones;
    }
}
