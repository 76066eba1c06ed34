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

    private readonly record struct Entry(UInt128 First, UInt128 Last, int Preference, CellEntry Cell)
    {
        internal IpRange RangeIn(IpFamily family) => new(new IpAddress(family, First), new IpAddress(family, Last));
    }

    /// <summary>Gives all addresses of a range a value; of several entries for an address the one of highest preference wins, of equal ones the first added.</summary>
    internal void Add(IpRange range, int value, int preference) => Add(range, new CellEntry(CellProtocols.All, PortRange.All, value), preference);

    /// <summary>The same for some protocols and ports of the addresses: other packets are for the next preferred entry.</summary>
    internal void Add(IpRange range, CellEntry cell, int preference)
    {
        (range.Family == IpFamily.V4 ? v4 : v6).Add(new Entry(range.First.Value, range.Last.Value, preference, cell));
        hasPorts |= !cell.IsWhole;
    }

    /// <summary>Writes the cells and gives what is left to do.</summary>
    internal PrefixMapBuilder Resolve(PortCellWriter cells)
    {
        var map = new PrefixMapBuilder();
        Resolve(v4, IpFamily.V4, cells, map);
        Resolve(v6, IpFamily.V6, cells, map);
        return map;
    }

    private void Resolve(List<Entry> entries, IpFamily family, PortCellWriter cells, PrefixMapBuilder map)
    {
        if (hasPorts && entries.Count > 0) Sweep(entries, family, cells, map);
        else foreach (Entry entry in entries) map.Add(entry.RangeIn(family), entry.Cell.Value, entry.Preference);
    }

    private void Sweep(List<Entry> entries, IpFamily family, PortCellWriter cells, PrefixMapBuilder map)
    {
        Entry[] ranked = Ranked(entries);
        int[] starts = Sorted(ranked, static entry => entry.First);
        int[] ends = Sorted(ranked, static entry => entry.Last);
        UInt128 highest = family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue;
        List<int> open = [];
        List<CellEntry> cell = [], before = [];
        int written = PrefixMap.Miss;
        int start = 0, end = 0;
        UInt128 at = ranked[starts[0]].First;
        while (true)
        {
            while (start < starts.Length && ranked[starts[start]].First <= at) Open(open, starts[start++]);
            while (end < ends.Length && ranked[ends[end]].Last < at) open.RemoveAt(open.BinarySearch(ends[end++]));
            if (end == ends.Length) return;
            UInt128 last = ranked[ends[end]].Last;
            if (start < starts.Length && ranked[starts[start]].First is var next && next <= last) last = next - 1;
            if (open.Count > 0)
            {
                CellEntry best = ranked[open[0]].Cell;
                int value = best.Value;
                if (!best.IsWhole)
                {
                    Collect(open, ranked, cell);
                    if (written == PrefixMap.Miss || !cell.SequenceEqual(before))
                    {
                        written = packCell(cells.Write(cell, PrefixMap.Miss));
                        (cell, before) = (before, cell);
                    }

                    value = written;
                }

                map.Add(new Entry(at, last, 0, default).RangeIn(family), value, 0);
            }

            if (last == highest) return;
            at = last + 1;
        }
    }

    private static void Open(List<int> open, int rank) => open.Insert(~open.BinarySearch(rank), rank);

    // By preference, of equal ones the first added: an entry's index is its rank then.
    private static Entry[] Ranked(List<Entry> entries)
    {
        var keys = new long[entries.Count];
        for (int i = 0; i < keys.Length; i++) keys[i] = (long)-entries[i].Preference << 32 | (uint)i;
        Array.Sort(keys);
        var ranked = new Entry[keys.Length];
        for (int i = 0; i < ranked.Length; i++) ranked[i] = entries[(int)(uint)keys[i]];
        return ranked;
    }

    private static void Collect(List<int> open, Entry[] ranked, List<CellEntry> into)
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
        var keys = new UInt128[ranked.Length];
        var order = new int[ranked.Length];
        for (int i = 0; i < order.Length; i++) (keys[i], order[i]) = (by(ranked[i]), i);
        Array.Sort(keys, order);
        return order;
    }
}
