using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Packets.Addresses;

/// <summary>Writes intervals as a <see cref="PrefixTree"/>.</summary>
internal static class PrefixTreeWriter
{
    private const int Line = PrefixTree.Line;
    private const int Fanout = PrefixTree.Fanout;

    /// <summary>The tree of IPv4 intervals, as the ints of whole lines.</summary>
    internal static List<int> Write32(List<PrefixMapInterval> intervals)
    {
        var tree = new List<int>();
        var keys = new long[intervals.Count];
        var values = new int[intervals.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (int)((uint)intervals[i].Last ^ 0x8000_0000);
            values[i] = intervals[i].Value;
        }

        WriteTree(tree, keys, values, intsPerKey: 1);
        return tree;
    }

    /// <summary>The tree of IPv6 intervals and those that nest in it.</summary>
    internal static List<int> Write128(List<PrefixMapInterval> intervals)
    {
        // Upper words in order; an upper word with more than one interval in it becomes an interval of its own that names a nested tree.
        var keys = new List<long>();
        var values = new List<int>();
        var nested = new List<(int Upper, int First, int Count)>();
        for (int i = 0; i < intervals.Count;)
        {
            ulong upper = (ulong)(intervals[i].Last >> 64);
            if ((ulong)intervals[i].Last == ulong.MaxValue)
            {
                Push(upper, intervals[i].Value);
                i++;
                continue;
            }

            // The interval ends inside of this /64. What it has of the words before, and no nested tree has, is plain.
            UInt128 from = i == 0 ? 0 : intervals[i - 1].Last + 1;
            ulong firstWhole = (ulong)(from >> 64) + ((ulong)from == 0 ? 0UL : 1UL);
            if (firstWhole < upper) Push(upper - 1, intervals[i].Value);
            int first = i;
            while ((ulong)(intervals[i].Last >> 64) == upper && (ulong)intervals[i].Last != ulong.MaxValue) i++;
            // The last interval of the word may go on behind it; it is left to the next turn, unless it ends with the word.
            nested.Add((keys.Count, first, i - first + 1));
            Push(upper, PrefixMap.Miss);
            if (intervals[i].Last == ((UInt128)upper << 64 | ulong.MaxValue)) i++;
        }

        void Push(ulong word, int value)
        {
            keys.Add(Signed(word));
            values.Add(value);
        }

        // The sizes are known before the contents: nested trees lie behind the outer one.
        var tree = new List<int>();
        int line = SizeOf(keys.Count, intsPerKey: 2) / Line;
        var inner = new List<int>();
        foreach ((int upper, int first, int count) in nested)
        {
            values[upper] = PrefixTree.NestedBase - ((line + inner.Count / Line) << PrefixTree.NestedLevelBits | LevelsFor(count));
            var lowKeys = new long[count];
            var lowValues = new int[count];
            for (int i = 0; i < count; i++)
            {
                lowKeys[i] = Signed(i == count - 1 ? ulong.MaxValue : (ulong)intervals[first + i].Last);
                lowValues[i] = intervals[first + i].Value;
            }

            WriteTree(inner, lowKeys, lowValues, intsPerKey: 2);
        }

        WriteTree(tree, CollectionsMarshal.AsSpan(keys), CollectionsMarshal.AsSpan(values), intsPerKey: 2);
        tree.AddRange(inner);
        return tree;
    }

    private static long Signed(ulong word) => (long)(word ^ 0x8000_0000_0000_0000);

    private static int NodesFor(int count) => (count + Fanout - 1) / Fanout;

    private static int LevelsFor(int count)
    {
        int levels = 1;
        for (int nodes = NodesFor(count); nodes > 1; nodes = NodesFor(nodes)) levels++;
        return levels;
    }

    private static int SizeOf(int count, int intsPerKey)
    {
        int nodes = NodesFor(count);
        int size = Line + nodes * Fanout * (intsPerKey + 1);
        while (nodes > 1)
        {
            nodes = NodesFor(nodes);
            size += nodes * Fanout * intsPerKey;
        }

        return size;
    }

    // Appends one tree: its header line, the inner levels from the root down, the leaves.
    private static void WriteTree(List<int> memory, ReadOnlySpan<long> keys, ReadOnlySpan<int> values, int intsPerKey)
    {
        // Highest key of each node, level by level from the leaves up; the keys of a level's nodes are the highest keys of the level below.
        var levels = new List<long[]> { keys.ToArray() };
        while (NodesFor(levels[^1].Length) > 1)
        {
            long[] below = levels[^1];
            var highest = new long[NodesFor(below.Length)];
            for (int i = 0; i < highest.Length; i++) highest[i] = below[Math.Min(i * Fanout + Fanout, below.Length) - 1];
            levels.Add(highest);
        }

        int start = memory.Count;
        for (int i = 0; i < Line; i++) memory.Add(0);
        memory[start] = levels.Count;
        for (int level = 1; level <= levels.Count; level++)
        {
            memory[start + level] = memory.Count - start;
            long[] of = levels[levels.Count - level];
            for (int node = 0; node < NodesFor(of.Length); node++)
            {
                for (int i = node * Fanout; i < node * Fanout + Fanout; i++)
                    AppendKey(memory, i < of.Length ? of[i] : long.MaxValue, intsPerKey);
                for (int i = node * Fanout; level == levels.Count && i < node * Fanout + Fanout; i++)
                    memory.Add(i < values.Length ? values[i] : PrefixMap.Miss);
            }
        }
    }

    private static void AppendKey(List<int> memory, long key, int intsPerKey)
    {
        if (intsPerKey == 1)
        {
            memory.Add((int)Math.Min(key, int.MaxValue));
            return;
        }

        memory.Add((int)key);
        memory.Add((int)(key >> 32));
    }

    /// <summary>Puts trees one behind the other into one block of aligned lines: a key line that lies across two costs a second miss. No tree is an empty one.</summary>
    internal static unsafe PrefixTree[] Place(IReadOnlyList<List<int>?> trees)
    {
        int length = trees.Sum(static tree => tree?.Count ?? 0);
        int alignment = HugePages.IsWorth((long)length * sizeof(int)) ? HugePages.Bytes : Line * sizeof(int);

        // Room to begin at the alignment and to fill the last page: nobody touches it.
        int[] memory = GC.AllocateUninitializedArray<int>(length + 2 * alignment / sizeof(int), pinned: true);
        HugePages.Want(memory);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        int start = (int)((alignment - (address & (alignment - 1))) % alignment / sizeof(int));
        var placed = new PrefixTree[trees.Count];
        for (int i = 0; i < placed.Length; i++)
        {
            if (trees[i] is not { } tree) continue;
            tree.CopyTo(memory, start);
            placed[i] = new PrefixTree(memory, start);
            start += tree.Count;
        }

        HugePages.Gather(memory);
        return placed;
    }
}
