using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Collects the entries of a map by address whose values may depend on protocol and port.</summary>
/// <remarks>
/// An address whose most preferred entry is for every packet has that entry's value; any other has a cell. One sweep over the addresses finds both: its cost is that of sorting,
/// and of the cells' own entries. A map without entries for ports alone is left to <see cref="PrefixMapBuilder"/>.
/// </remarks>
internal sealed class CellMapBuilder(Func<int, int> packCell)
{
    private readonly List<Entry> v4 = [];
    private readonly List<Entry> v6 = [];
    private bool hasPorts;

    private readonly record struct Entry(IpRange Range, int Preference, CellEntry Cell);

    /// <summary>Gives all addresses of a range a value; of several entries for an address the one of highest preference wins, of equal ones the first added.</summary>
    internal void Add(IpRange range, int value, int preference) => Add(range, new CellEntry(CellProtocols.All, PortRange.All, value), preference);

    /// <summary>The same for some protocols and ports of the addresses: other packets are for the next preferred entry.</summary>
    internal void Add(IpRange range, CellEntry cell, int preference)
    {
        (range.Family == IpFamily.V4 ? v4 : v6).Add(new Entry(range, preference, cell));
        hasPorts |= !cell.IsWhole;
    }

    /// <summary>Writes the cells and gives what is left to do.</summary>
    internal PrefixMapBuilder Resolve(PortCellWriter cells)
    {
        var map = new PrefixMapBuilder();
        foreach (List<Entry> entries in new[] { v4, v6 })
        {
            if (hasPorts && entries.Count > 0) Sweep(entries, cells, map);
            else foreach (Entry entry in entries) map.Add(entry.Range, entry.Cell.Value, entry.Preference);
        }

        return map;
    }

    private void Sweep(List<Entry> entries, PortCellWriter cells, PrefixMapBuilder map)
    {
        // By preference, so that an entry's index is its rank among those that are open.
        Entry[] ranked = [.. entries.Index().OrderByDescending(static e => e.Item.Preference).ThenBy(static e => e.Index).Select(static e => e.Item)];
        int[] starts = Sorted(ranked, static entry => entry.Range.First.Value);
        int[] ends = Sorted(ranked, static entry => entry.Range.Last.Value);
        IpFamily family = ranked[0].Range.Family;
        UInt128 highest = family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue;
        var open = new SortedSet<int>();
        List<CellEntry> cell = [], before = [];
        int written = PrefixMap.Miss;
        int start = 0, end = 0;
        UInt128 at = ranked[starts[0]].Range.First.Value;
        while (end < ends.Length)
        {
            while (start < starts.Length && ranked[starts[start]].Range.First.Value <= at) open.Add(starts[start++]);
            while (end < ends.Length && ranked[ends[end]].Range.Last.Value < at) open.Remove(ends[end++]);
            if (end == ends.Length) break;
            UInt128 last = ranked[ends[end]].Range.Last.Value;
            if (start < starts.Length && ranked[starts[start]].Range.First.Value is var next && next <= last) last = next - 1;
            if (open.Count > 0)
            {
                var range = new IpRange(new IpAddress(family, at), new IpAddress(family, last));
                CellEntry best = ranked[open.Min].Cell;
                if (best.IsWhole)
                {
                    map.Add(range, best.Value, 0);
                }
                else
                {
                    Collect(open, ranked, cell);
                    if (written == PrefixMap.Miss || !cell.SequenceEqual(before))
                    {
                        written = packCell(cells.Write(cell, PrefixMap.Miss));
                        (cell, before) = (before, cell);
                    }

                    map.Add(range, written, 0);
                }
            }

            if (last == highest) break;
            at = last + 1;
        }
    }

    private static void Collect(SortedSet<int> open, Entry[] ranked, List<CellEntry> into)
    {
        into.Clear();
        foreach (int rank in open)
        {
            into.Add(ranked[rank].Cell);
            if (ranked[rank].Cell.IsWhole) return;
        }
    }

    private static int[] Sorted(Entry[] ranked, Func<Entry, UInt128> by)
    {
        int[] order = [.. Enumerable.Range(0, ranked.Length)];
        Array.Sort([.. ranked.Select(by)], order);
        return order;
    }
}
