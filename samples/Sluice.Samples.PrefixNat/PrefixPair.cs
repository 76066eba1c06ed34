using Sluice.Packets.Addresses;

namespace Sluice.Samples.PrefixNat;

/// <summary>
/// Two prefixes of one length whose addresses stand for each other one to one, so that the one's-complement sum of the address's 16-bit words stays (RFC 6296 section 3): the prefix is
/// exchanged, and one word of the rest is adjusted by the difference of the two prefixes.
/// </summary>
public readonly struct PrefixPair
{
    private const int Word = 0xFFFF;

    private readonly ushort outward;

    /// <summary>Pairs two prefixes that <see cref="IsPossible"/> allows.</summary>
    public PrefixPair(IpPrefix inside, IpPrefix outside)
    {
        Inside = inside;
        Outside = outside;
        outward = Sum(SumOf(inside.Address.Value), Word - SumOf(outside.Address.Value));
    }

    /// <summary>The prefix that is translated.</summary>
    public IpPrefix Inside { get; }

    /// <summary>The prefix that it is seen as.</summary>
    public IpPrefix Outside { get; }

    /// <summary>Whether prefixes of that length leave a whole word to adjust: an IPv4 prefix its lower half, an IPv6 prefix at least its interface identifier.</summary>
    public static bool IsPossible(IpFamily family, int length) => length <= (family == IpFamily.V4 ? 16 : 64);

    /// <summary>What an inside address is seen as; false for the few that have no counterpart: the word to adjust is all ones, which one's complement can't tell from zero.</summary>
    public bool TryOutward(in IpAddress address, out IpAddress outside) => TryMap(address, Outside, outward, out outside);

    /// <summary>Which inside address an outside one stands for.</summary>
    public bool TryInward(in IpAddress address, out IpAddress inside) => TryMap(address, Inside, (ushort)(Word - outward), out inside);

    private static bool TryMap(in IpAddress address, IpPrefix to, ushort adjustment, out IpAddress mapped)
    {
        int shift = ShiftOf(address, to.Length);
        mapped = address;
        if (shift < 0) return false;
        UInt128 hosts = to.Last.Value ^ to.First.Value;
        var word = (ushort)(address.Value >> shift);
        UInt128 value = to.Address.Value | (address.Value & hosts & ~((UInt128)Word << shift));
        mapped = new IpAddress(address.Family, value | (UInt128)Sum(word, adjustment) << shift);
        return true;
    }

    // Where the word to adjust lies: behind an IPv4 /16, behind an IPv6 /48 (RFC 6296 section 3.4), or the first of the interface identifier that is not all ones (3.5).
    private static int ShiftOf(in IpAddress address, int length)
    {
        int shift = address.IsV4 ? 0 : length <= 48 ? 64 : 48;
        int last = address.IsV4 || length > 48 ? 0 : shift;
        while (shift >= last && (ushort)(address.Value >> shift) == Word) shift -= 16;
        return shift >= last ? shift : -1;
    }

    private static ushort SumOf(UInt128 value)
    {
        int sum = 0;
        for (; value != 0; value >>= 16) sum = Sum(sum, (ushort)value);
        return (ushort)sum;
    }

    // One's-complement addition; of its two zeros the one without ones.
    private static ushort Sum(int one, int other)
    {
        int sum = one + other;
        sum = (sum & Word) + (sum >> 16);
        return (ushort)(sum == Word ? 0 : sum);
    }
}
