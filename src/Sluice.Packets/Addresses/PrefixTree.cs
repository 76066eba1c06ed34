using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sluice.Packets.Addresses;

/// <summary>The look-up side of a <see cref="PrefixMap"/>: intervals of one family in a search tree without pointers.</summary>
/// <remarks>
/// <para>The intervals cover the whole address space, in order; a key is the LAST address of an interval, so the interval of an address is the first
/// whose key is not below it, and its rank in a node is the number of keys below it: one compare and one population count, never out of the node.
/// Unfilled keys are the highest number, which is below nothing.</para>
/// <para>A tree starts with a line that holds the number of levels and where each begins (in ints from the tree's start); then come the levels, the root first.
/// Inner nodes are 16 keys, child <c>r</c> of node <c>n</c> is node <c>16 n + r</c> of the next level. Leaves are 16 keys and 16 values.
/// Keys are stored with the sign bit turned, so that signed vector compares order them as unsigned numbers.</para>
/// <para>IPv4 keys are 32 bits. IPv6 is searched by its upper 64 bits; where an interval starts or ends inside of one such /64, the value names another tree
/// in the same memory, by its line, which is searched by the lower 64 bits.</para>
/// <para>The memory is a pinned array, which maps that are made together share: it keeps its alignment, and lives as long as anybody looks at it.</para>
/// </remarks>
internal readonly unsafe struct PrefixTree
{
    // Sizes in ints: a cache line, and the number of keys in a node.
    internal const int Line = 16;
    internal const int Fanout = 16;

    // A value from here down names a nested tree: NestedBase - value is its line and, in the low bits, its number of levels.
    internal const int NestedBase = -2;
    internal const int NestedLevelBits = 3;

    private readonly int[]? memory;
    private readonly int start;
    private readonly int levels;

    internal PrefixTree(int[] memory, int start)
    {
        this.memory = memory;
        this.start = start;
        levels = memory[start];
    }

    internal bool IsEmpty => memory is null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Find32(uint address)
    {
        if (memory is null) return PrefixMap.Miss;
        ref int tree = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), start);
        int key = (int)(address ^ 0x8000_0000);
        int node = 0;

        // The first two levels have a fixed place: a small tree needs no look at the header line, and a larger one waits for it and for the root together.
        if (levels > 1) node = RankOf(ref Unsafe.Add(ref tree, Line), key);
        for (int level = 2; level < levels; level++)
            node = node * Fanout + RankOf(ref Unsafe.Add(ref tree, (level == 2 ? Line + Fanout : Unsafe.Add(ref tree, level)) + node * Fanout), key);
        int leaves = levels > 2 ? Unsafe.Add(ref tree, levels) : Line + (levels - 1) * Fanout;
        ref int leaf = ref Unsafe.Add(ref tree, leaves + node * (2 * Fanout));
        PrefetchLine(ref Unsafe.Add(ref leaf, Fanout));
        return Unsafe.Add(ref leaf, Fanout + RankOf(ref leaf, key));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Find128(UInt128 address)
    {
        if (memory is null) return PrefixMap.Miss;
        ref int tree = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), start);
        int value = Find64(ref tree, levels, (ulong)(address >> 64));
        if (value > NestedBase) return value;
        int nested = NestedBase - value;
        return Find64(ref Unsafe.Add(ref tree, (nested >> NestedLevelBits) * Line), nested & (1 << NestedLevelBits) - 1, (ulong)address);
    }

    internal void Prefetch()
    {
        if (memory is null || !Sse.IsSupported) return;
        byte* tree = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), start));
        Sse.Prefetch0(tree);
        Sse.Prefetch0(tree + 64);
        Sse.Prefetch0(tree + 128);
    }

    private static int Find64(ref int tree, int depth, ulong word)
    {
        long key = (long)(word ^ 0x8000_0000_0000_0000);
        int node = 0;
        if (depth > 1) node = RankOf(ref Unsafe.As<int, long>(ref Unsafe.Add(ref tree, Line)), key);
        for (int level = 2; level < depth; level++)
            node = node * Fanout + RankOf(ref Unsafe.As<int, long>(ref Unsafe.Add(ref tree, (level == 2 ? Line + 2 * Fanout : Unsafe.Add(ref tree, level)) + node * (2 * Fanout))), key);
        int leaves = depth > 2 ? Unsafe.Add(ref tree, depth) : Line + (depth - 1) * (2 * Fanout);
        ref int leaf = ref Unsafe.Add(ref tree, leaves + node * (3 * Fanout));
        PrefetchLine(ref Unsafe.Add(ref leaf, 2 * Fanout));
        return Unsafe.Add(ref leaf, 2 * Fanout + RankOf(ref Unsafe.As<int, long>(ref leaf), key));
    }

    // The values' line is asked for before the keys tell which value it is, so a cold leaf costs one wait and not two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchLine(ref int line)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref line));
    }

    // How many of 16 sorted keys are below the key.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RankOf(ref int keys, int key)
    {
        if (Vector512.IsHardwareAccelerated)
            return BitOperations.PopCount((uint)Vector512.LessThan(Vector512.LoadUnsafe(ref keys), Vector512.Create(key)).ExtractMostSignificantBits());
        Vector256<int> wanted = Vector256.Create(key);
        uint low = Vector256.LessThan(Vector256.LoadUnsafe(ref keys), wanted).ExtractMostSignificantBits();
        uint high = Vector256.LessThan(Vector256.LoadUnsafe(ref keys, 8), wanted).ExtractMostSignificantBits();
        return BitOperations.PopCount(low | high << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RankOf(ref long keys, long key)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> one = Vector512.Create(key);
            uint first = (uint)Vector512.LessThan(Vector512.LoadUnsafe(ref keys), one).ExtractMostSignificantBits();
            uint second = (uint)Vector512.LessThan(Vector512.LoadUnsafe(ref keys, 8), one).ExtractMostSignificantBits();
            return BitOperations.PopCount(first | second << 8);
        }

        Vector256<long> wanted = Vector256.Create(key);
        uint mask = 0;
        for (int i = 0; i < Fanout; i += 4)
            mask |= Vector256.LessThan(Vector256.LoadUnsafe(ref keys, (nuint)i), wanted).ExtractMostSignificantBits() << i;
        return BitOperations.PopCount(mask);
    }
}
