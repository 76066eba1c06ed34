namespace Sluice.Policy.Balancing;

/// <summary>Chooses a backend by the hash of a flow: by cumulated weights, or by a Maglev table. Immutable; a change of health or weight makes another.</summary>
/// <remarks>
/// The choice follows from the backends and the hash alone. The order in which backends are listed makes no difference, except between two that are equal in all that counts.
/// </remarks>
public sealed class BackendChoice
{
    /// <summary>No backend can be chosen.</summary>
    public const int None = -1;

    /// <summary>So many backends a choice by weight may have that is written down to be read without this object.</summary>
    internal const int MostInLine = 8;

    // Of a Maglev choice, and where weights are equal: by slot, the backend. Of any other choice by weight: the backends in the order of their identities.
    private readonly int[] backends;

    // Of a choice by unequal weights: by place in that order, the weights up to and including it.
    private readonly ulong[]? ends;

    private readonly bool isByWeight;

    private BackendChoice(int[] backends, ulong[]? ends, bool isAnyActive, bool isByWeight = false)
    {
        this.isByWeight = isByWeight;
        this.backends = backends;
        this.ends = ends;
        IsAnyActive = isAnyActive;
    }

    /// <summary>Whether somebody who is up has a weight: then nobody who drains is chosen.</summary>
    public bool IsAnyActive { get; }

    /// <summary>A choice by weight: small and quick to make; where a backend goes or comes, many flows change theirs.</summary>
    public static BackendChoice ByWeight(ReadOnlySpan<BackendShare> shares)
    {
        (int[] usable, int[] weights, bool isAnyActive) = Usable(shares);

        // Equal weights cut the range of hashes into equal parts: the backends themselves are the slots, and their ends needn't be read.
        if (Array.TrueForAll(weights, weight => weight == weights[0])) return new BackendChoice(usable, null, isAnyActive, isByWeight: true);
        var cumulated = new ulong[usable.Length];
        ulong total = 0;
        for (int i = 0; i < cumulated.Length; i++) cumulated[i] = total += (ulong)weights[i];
        return new BackendChoice(usable, cumulated, isAnyActive, isByWeight: true);
    }

    /// <summary>A choice by a Maglev table: where a backend goes or comes, hardly a flow of the others changes.</summary>
    /// <param name="shares">The backends.</param>
    /// <param name="size">Slots of the table; raised to a prime.</param>
    public static BackendChoice ByMaglev(ReadOnlySpan<BackendShare> shares, int size = MaglevTable.DefaultSize)
    {
        (int[] usable, int[] weights, bool isAnyActive) = Usable(shares);
        if (usable.Length == 0) return new BackendChoice([], null, isAnyActive);
        var identities = new ulong[usable.Length];
        for (int i = 0; i < usable.Length; i++) identities[i] = shares[usable[i]].Identity;
        int[] slots = MaglevTable.Fill(identities, weights, size);
        for (int i = 0; i < slots.Length; i++) slots[i] = usable[slots[i]];
        return new BackendChoice(slots, null, isAnyActive);
    }

    /// <summary>The index of the backend for a flow, or <see cref="None"/>.</summary>
    public int Choose(ulong hash)
    {
        if (backends.Length == 0) return None;

        // The high half of a product spreads hashes evenly over a range, without a division.
        if (ends is null) return backends[(int)Math.BigMul(hash, (ulong)backends.Length, out _)];
        ulong at = Math.BigMul(hash, ends[^1], out _);
        int low = 0, count = ends.Length;
        while (count > 1)
        {
            int half = count >> 1;
            if (ends[low + half - 1] <= at) low += half;
            count -= half;
        }

        return backends[low];
    }

    /// <summary>Writes a choice by weight among few down: the weights up to and including each, the highest number behind the last, and their indexes as bytes.</summary>
    /// <returns>How many can be chosen; -1: it can't be written so.</returns>
    internal int Write(Span<uint> into, out ulong indexes)
    {
        indexes = 0;
        into.Fill(uint.MaxValue);
        if (!isByWeight || backends.Length > MostInLine) return -1;
        for (int i = 0; i < backends.Length; i++)
        {
            into[i] = ends is null ? (uint)i + 1 : (uint)ends[i];
            indexes |= (ulong)(byte)backends[i] << (8 * i);
            if (backends[i] > byte.MaxValue) return -1;
        }

        return backends.Length;
    }

    // Those that have a weight; where there are none those that drain, all alike.
    private static (int[] Usable, int[] Weights, bool IsAnyActive) Usable(ReadOnlySpan<BackendShare> shares)
    {
        bool isAnyActive = false;
        foreach (BackendShare share in shares) isAnyActive |= share is { IsUp: true, Weight: > 0 };
        var usable = new List<int>(shares.Length);
        for (int i = 0; i < shares.Length; i++)
            if (shares[i].IsUp && (!isAnyActive || shares[i].Weight > 0)) usable.Add(i);

        BackendShare[] all = shares.ToArray();
        usable.Sort((left, right) => (all[left].Identity, all[left].Weight, left).CompareTo((all[right].Identity, all[right].Weight, right)));
        return ([.. usable], [.. usable.Select(index => isAnyActive ? all[index].Weight : 1)], isAnyActive);
    }
}
