namespace Sluice.Packets.Addresses;

/// <summary>
/// An immutable map from addresses to small numbers: each address has at most one value, that of the most preferred entry which covers it
/// (of nested prefixes: the longest). Made by <see cref="PrefixMapBuilder"/>.
/// </summary>
/// <remarks>
/// The entries are cut into disjoint intervals, and these lie in a search tree of 16 keys a node, a node compared as vectors (see <c>PrefixTree</c>).
/// A look-up allocates nothing, branches on nothing random, and touches one or two cache lines a level: one level up to 16 intervals, two up to 256, and so on.
/// The struct is a reference and two numbers for each family, so an array of maps costs no pointer more than the array. <c>default</c> is the empty map.
/// </remarks>
public readonly struct PrefixMap
{
    /// <summary>What a look-up gives for an address that no entry covers.</summary>
    public const int Miss = -1;

    private readonly PrefixTree v4;
    private readonly PrefixTree v6;

    internal PrefixMap(PrefixTree v4, PrefixTree v6)
    {
        this.v4 = v4;
        this.v6 = v6;
    }

    /// <summary>Whether no address has a value.</summary>
    public bool IsEmpty => v4.IsEmpty && v6.IsEmpty;

    /// <summary>The value of the address, or <see cref="Miss"/>.</summary>
    public int Find(in IpAddress address) => address.IsV4 ? v4.Find32((uint)address.Value) : v6.Find128(address.Value);

    /// <summary>The value of an IPv4 address given as a number, or <see cref="Miss"/>.</summary>
    public int FindV4(uint address) => v4.Find32(address);

    /// <summary>The value of an IPv6 address given as a number, or <see cref="Miss"/>.</summary>
    public int FindV6(UInt128 address) => v6.Find128(address);

    /// <summary>Asks the processor for the lines that a look-up of this family starts with; a burst does so for all its packets before the first look-up.</summary>
    public void Prefetch(IpFamily family)
    {
        if (family == IpFamily.V4) v4.Prefetch();
        else v6.Prefetch();
    }
}
