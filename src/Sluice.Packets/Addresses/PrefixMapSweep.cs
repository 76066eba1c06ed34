namespace Sluice.Packets.Addresses;

/// <summary>Cuts overlapping entries into disjoint intervals that cover the whole address space.</summary>
internal static class PrefixMapSweep
{
    /// <summary>Sweeps the address space once; at each start or end of an entry the most preferred of those that are open gives the value.</summary>
    internal static List<PrefixMapInterval> Cut(List<PrefixMapEntry> entries, UInt128 highest)
    {
        PrefixMapEntry[] byFirst = [.. entries];
        Array.Sort(byFirst, static (a, b) => a.First.CompareTo(b.First));
        var intervals = new List<PrefixMapInterval>(byFirst.Length * 2 + 1);
        var open = new PriorityQueue<PrefixMapEntry, (int Preference, int Order)>(MostPreferredFirst);

        UInt128 at = 0;
        int next = 0;
        while (true)
        {
            while (next < byFirst.Length && byFirst[next].First == at)
            {
                open.Enqueue(byFirst[next], (byFirst[next].Preference, byFirst[next].Order));
                next++;
            }

            while (open.TryPeek(out PrefixMapEntry done, out _) && done.Last < at) open.Dequeue();

            // The value holds until the entry that gives it ends, or another begins that may be preferred.
            bool covered = open.TryPeek(out PrefixMapEntry best, out _);
            UInt128 last = covered ? best.Last : highest;
            if (next < byFirst.Length && byFirst[next].First <= last) last = byFirst[next].First - 1;
            Append(intervals, last, covered ? best.Value : PrefixMap.Miss);
            if (last == highest) return intervals;
            at = last + 1;
        }
    }

    private static readonly Comparer<(int Preference, int Order)> MostPreferredFirst =
        Comparer<(int Preference, int Order)>.Create(static (a, b) =>
            a.Preference != b.Preference ? b.Preference.CompareTo(a.Preference) : a.Order.CompareTo(b.Order));

    private static void Append(List<PrefixMapInterval> intervals, UInt128 last, int value)
    {
        if (intervals.Count > 0 && intervals[^1].Value == value) intervals[^1] = new PrefixMapInterval(last, value);
        else intervals.Add(new PrefixMapInterval(last, value));
    }
}
