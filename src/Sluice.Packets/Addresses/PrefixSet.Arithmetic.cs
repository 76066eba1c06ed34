using System.Collections.Immutable;

namespace Sluice.Packets.Addresses;

public sealed partial class PrefixSet
{
    /// <summary>The pairs of a prefix, every port of it.</summary>
    public static PrefixSet Of(IpPrefix prefix) => new([new PortedPrefix(prefix, PortRange.All)]);

    /// <summary>The pairs that lie in one of <paramref name="included"/> and in none of <paramref name="excluded"/>.</summary>
    public static PrefixSet From(ReadOnlySpan<PortedRange> included, ReadOnlySpan<PortedRange> excluded)
    {
        if (included.IsEmpty) return Empty;
        List<PortedPrefix> items = [];
        if (included.Length == 1 && excluded.IsEmpty)
        {
            AddPrefixes(items, included[0].Addresses, included[0].Ports);
            return new PrefixSet([.. items]);
        }

        Collapse(IpFamily.V4, included, excluded, items);
        Collapse(IpFamily.V6, included, excluded, items);
        return items.Count == 0 ? Empty : new PrefixSet(Normalize(items));
    }

    // A sweep over the ports: between two neighbouring bounds of port ranges every port has the same addresses.
    private static void Collapse(IpFamily family, ReadOnlySpan<PortedRange> included, ReadOnlySpan<PortedRange> excluded, List<PortedPrefix> items)
    {
        List<PortedRange> waitingIn = OfFamily(family, included);
        if (waitingIn.Count == 0) return;
        List<PortedRange> waitingOut = OfFamily(family, excluded);
        SortedSet<int> bounds = [];
        foreach (PortedRange range in waitingIn) AddBounds(bounds, range.Ports);
        foreach (PortedRange range in waitingOut) AddBounds(bounds, range.Ports);

        List<PortedRange> activeIn = [], activeOut = [];
        int nextIn = 0, nextOut = 0, bandStart = -1, previousBound = -1;
        List<IpRange>? band = null;
        foreach (int bound in bounds)
        {
            if (previousBound >= 0)
            {
                List<IpRange> addresses = Subtract(Union(activeIn), Union(activeOut));
                if (band is null || !SameRanges(band, addresses))
                {
                    Flush(items, band, bandStart, previousBound - 1);
                    (band, bandStart) = (addresses, previousBound);
                }
            }

            Advance(activeIn, waitingIn, ref nextIn, bound);
            Advance(activeOut, waitingOut, ref nextOut, bound);
            previousBound = bound;
        }

        Flush(items, band, bandStart, previousBound - 1);
    }

    private static List<PortedRange> OfFamily(IpFamily family, ReadOnlySpan<PortedRange> ranges)
    {
        List<PortedRange> chosen = [];
        foreach (PortedRange range in ranges)
            if (range.Addresses.Family == family) chosen.Add(range);
        chosen.Sort((a, b) => a.Ports.First.CompareTo(b.Ports.First));
        return chosen;
    }

    private static void AddBounds(SortedSet<int> bounds, PortRange ports)
    {
        bounds.Add(ports.First);
        bounds.Add(ports.Last + 1);
    }

    private static void Advance(List<PortedRange> active, List<PortedRange> waiting, ref int next, int bound)
    {
        active.RemoveAll(range => range.Ports.Last < bound);
        while (next < waiting.Count && waiting[next].Ports.First <= bound) active.Add(waiting[next++]);
    }

    private static List<IpRange> Union(List<PortedRange> ranges)
    {
        List<IpRange> sorted = new(ranges.Count);
        foreach (PortedRange range in ranges) sorted.Add(range.Addresses);
        if (sorted.Count < 2) return sorted;
        sorted.Sort();
        List<IpRange> merged = [];
        foreach (IpRange next in sorted)
        {
            if (merged.Count > 0 && Joins(merged[^1], next))
            {
                if (next.Last.Value > merged[^1].Last.Value) merged[^1] = new IpRange(merged[^1].First, next.Last);
            }
            else
            {
                merged.Add(next);
            }
        }

        return merged;
    }

    // Both lists are sorted, disjoint and of one family.
    private static List<IpRange> Subtract(List<IpRange> from, List<IpRange> what)
    {
        if (what.Count == 0) return from;
        List<IpRange> left = [];
        int skip = 0;
        foreach (IpRange range in from)
        {
            UInt128 first = range.First.Value, last = range.Last.Value;
            bool consumed = false;
            while (skip < what.Count && what[skip].Last.Value < first) skip++;
            for (int i = skip; i < what.Count && what[i].First.Value <= last; i++)
            {
                if (what[i].First.Value > first) left.Add(Range(range.Family, first, what[i].First.Value - 1));
                if (what[i].Last.Value >= last)
                {
                    consumed = true;
                    break;
                }

                first = what[i].Last.Value + 1;
            }

            if (!consumed) left.Add(Range(range.Family, first, last));
        }

        return left;
    }

    private static IpRange Range(IpFamily family, UInt128 first, UInt128 last) => new(new IpAddress(family, first), new IpAddress(family, last));

    private static bool SameRanges(List<IpRange> a, List<IpRange> b)
    {
        if (a.Count != b.Count) return false;
        for (int i = 0; i < a.Count; i++)
            if (a[i] != b[i]) return false;
        return true;
    }

    private static void Flush(List<PortedPrefix> items, List<IpRange>? band, int firstPort, int lastPort)
    {
        if (band is null) return;
        foreach (IpRange range in band) AddPrefixes(items, range, new PortRange((ushort)firstPort, (ushort)lastPort));
    }

    // The fewest prefixes that cover a range: at each step the largest one that begins there and doesn't pass the end.
    private static void AddPrefixes(List<PortedPrefix> items, IpRange range, PortRange ports)
    {
        int bits = range.First.Bits;
        UInt128 first = range.First.Value, last = range.Last.Value;
        while (true)
        {
            int hostBits = first == 0 ? bits : Math.Min(bits, (int)UInt128.TrailingZeroCount(first));
            while (hostBits > 0 && (hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1) > last - first) hostBits--;
            items.Add(new PortedPrefix(new IpPrefix(new IpAddress(range.Family, first), bits - hostBits), ports));
            if (hostBits == 128) return;
            UInt128 reached = first + ((UInt128.One << hostBits) - 1);
            if (reached >= last) return;
            first = reached + 1;
        }
    }

    private static ImmutableArray<PortedPrefix> Normalize(List<PortedPrefix> items)
    {
        items.Sort();
        var merged = ImmutableArray.CreateBuilder<PortedPrefix>(items.Count);
        foreach (PortedPrefix item in items)
        {
            if (merged.Count > 0 && merged[^1].Prefix == item.Prefix && merged[^1].Ports.Last + 1 == item.Ports.First)
                merged[^1] = new PortedPrefix(item.Prefix, new PortRange(merged[^1].Ports.First, item.Ports.Last));
            else
                merged.Add(item);
        }

        return merged.ToImmutable();
    }
}
