namespace Sluice.Packets.Addresses;

/// <summary>Collects the entries of a <see cref="PrefixMap"/>, of both families, in any order, overlapping as they may.</summary>
public sealed class PrefixMapBuilder
{
    private readonly List<PrefixMapEntry> v4 = [];
    private readonly List<PrefixMapEntry> v6 = [];

    /// <summary>How many entries were added.</summary>
    public int Count => v4.Count + v6.Count;

    /// <summary>Gives all addresses of a prefix a value; of several entries for an address the longest prefix wins, of equal ones the first added.</summary>
    public PrefixMapBuilder Add(IpPrefix prefix, int value) => Add(new IpRange(prefix), value, prefix.Length);

    /// <summary>Gives all addresses of a range a value; of several entries for an address the one of highest preference wins, of equal ones the first added.</summary>
    /// <param name="range">The addresses; a range that ends before it starts adds nothing.</param>
    /// <param name="value">The value, 0 or more; <see cref="PrefixMap.Miss"/> takes the addresses from less preferred entries and gives them nothing.</param>
    /// <param name="preference">Any number; a prefix's usual one is its length (<see cref="SpecificityOf"/>).</param>
    public PrefixMapBuilder Add(IpRange range, int value, int preference)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, PrefixMap.Miss);
        if (range.First.Value > range.Last.Value) return this;
        List<PrefixMapEntry> entries = range.Family == IpFamily.V4 ? v4 : v6;
        entries.Add(new PrefixMapEntry(range.First.Value, range.Last.Value, value, preference, entries.Count));
        return this;
    }

    /// <summary>The length of a prefix that is as large as the range, or the next larger: a range's preference among prefixes.</summary>
    public static int SpecificityOf(IpRange range)
    {
        int bits = IpAddress.BitsOf(range.Family);
        return bits - (128 - (int)UInt128.LeadingZeroCount(range.Span));
    }

    /// <summary>Compiles what was added.</summary>
    public PrefixMap Build() => BuildAll([this])[0];

    /// <summary>Compiles several maps into one block of memory: many small maps lie close together then.</summary>
    public static PrefixMap[] BuildAll(IReadOnlyList<PrefixMapBuilder> builders)
    {
        var trees = new List<int>?[builders.Count * 2];

        // No map depends on another, and a large policy has tens of thousands.
        Parallel.For(0, builders.Count, i =>
        {
            PrefixMapBuilder builder = builders[i];
            if (builder.v4.Count > 0) trees[2 * i] = PrefixTreeWriter.Write32(PrefixMapSweep.Cut(builder.v4, uint.MaxValue));
            if (builder.v6.Count > 0) trees[2 * i + 1] = PrefixTreeWriter.Write128(PrefixMapSweep.Cut(builder.v6, UInt128.MaxValue));
        });

        PrefixTree[] placed = PrefixTreeWriter.Place(trees);
        var maps = new PrefixMap[builders.Count];
        for (int i = 0; i < maps.Length; i++) maps[i] = new PrefixMap(placed[2 * i], placed[2 * i + 1]);
        return maps;
    }
}

/// <summary>One entry: the addresses from First to Last, their value, how preferred it is, and its place in the order of adding.</summary>
internal readonly record struct PrefixMapEntry(UInt128 First, UInt128 Last, int Value, int Preference, int Order);

/// <summary>The addresses up to Last that the interval before doesn't have, and their value.</summary>
internal readonly record struct PrefixMapInterval(UInt128 Last, int Value);
