namespace Sluice.Policy.Balancing;

/// <summary>Fills the look-up table of Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4), with weights.</summary>
/// <remarks>
/// Each backend has an order of its own in which it would have the slots. They take turns, the heaviest in every round and the others in as many rounds as their weights say;
/// at its turn a backend takes the first slot of its order that is free. So a backend that goes leaves its slots to all others, and the others keep nearly all of theirs.
/// </remarks>
public static class MaglevTable
{
    /// <summary>Slots where nothing else is asked for: a hundred for each of some 650 backends, which keeps their shares within a percent or so.</summary>
    public const int DefaultSize = 65_537;

    private const ulong SkipSalt = 0xD1B5_4A32_D192_ED03;

    /// <summary>Fills a table.</summary>
    /// <param name="identities">The backends' identities, sorted; at least one.</param>
    /// <param name="weights">Their weights; none is 0.</param>
    /// <param name="size">Slots; raised to a prime.</param>
    /// <returns>By slot, the place of its backend in the lists.</returns>
    public static int[] Fill(ReadOnlySpan<ulong> identities, ReadOnlySpan<int> weights, int size)
    {
        size = PrimeFrom(size);
        var slots = new int[size];
        if (identities.Length == 1) return slots;

        // Free slots are sought in a bit map, since that stays in the innermost cache.
        var taken = new ulong[(size + 63) / 64];
        var at = new int[identities.Length];
        var skips = new int[identities.Length];
        var due = new long[identities.Length];
        int heaviest = 0;
        for (int i = 0; i < at.Length; i++)
        {
            at[i] = (int)Math.BigMul(FlowHash.Mix(identities[i]), (ulong)size, out _);
            skips[i] = 1 + (int)Math.BigMul(FlowHash.Mix(identities[i] ^ SkipSalt), (ulong)(size - 1), out _);
            heaviest = Math.Max(heaviest, weights[i]);
        }

        int free = size;
        for (long round = 1; ; round++)
        {
            for (int i = 0; i < at.Length; i++)
            {
                // A backend of weight w has had its turn in w of every `heaviest` rounds.
                if (due[i] + heaviest > round * weights[i]) continue;
                due[i] += heaviest;
                int slot = at[i], skip = skips[i];
                while ((taken[slot >> 6] & 1UL << slot) != 0) slot = Next(slot, skip, size);
                taken[slot >> 6] |= 1UL << slot;
                slots[slot] = i;
                at[i] = Next(slot, skip, size);
                if (--free == 0) return slots;
            }
        }
    }

    // The sum less the size, and the size again where that is negative.
    private static int Next(int slot, int skip, int size)
    {
        int next = slot + skip - size;
        return next + (size & next >> 31);
    }

    // A prime, so that every skip leads through all slots.
    private static int PrimeFrom(int size)
    {
        size = Math.Max(size, 3) | 1;
        while (!IsPrime(size)) size += 2;
        return size;
    }

    private static bool IsPrime(int odd)
    {
        for (int divisor = 3; (long)divisor * divisor <= odd; divisor += 2)
            if (odd % divisor == 0) return false;
        return true;
    }
}
