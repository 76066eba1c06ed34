namespace Sluice.Policy;

/// <summary>Cuts a line of numbers (addresses or ports) into runs whose numbers satisfy the same terms.</summary>
/// <param name="any">The row of the terms that every number satisfies.</param>
/// <param name="terms">How many terms there are.</param>
/// <param name="last">The last number.</param>
internal sealed class AclSweep(ulong[] any, int terms, UInt128 last)
{
    private readonly List<(UInt128 At, int Term, int Change)> edges = [];

    internal bool IsEmpty => edges.Count == 0;

    /// <summary>Says that a term is satisfied by the numbers of a range.</summary>
    internal void Add(UInt128 first, UInt128 lastOfRange, int term)
    {
        edges.Add((first, term, 1));
        if (lastOfRange < last) edges.Add((lastOfRange + 1, term, -1));
    }

    /// <summary>The runs, from number 0 to the last, each with its row of bits.</summary>
    internal IEnumerable<(UInt128 First, UInt128 Last, ulong[] Bits)> Runs()
    {
        if (edges.Count == 0) yield break;
        edges.Sort(static (a, b) => a.At.CompareTo(b.At));
        var row = (ulong[])any.Clone();

        // Ranges of one term may overlap: it is satisfied while at least one of them lasts.
        var depth = new int[terms];
        UInt128 start = 0;
        for (int i = 0; i < edges.Count;)
        {
            UInt128 at = edges[i].At;
            if (at > start) yield return (start, at - 1, (ulong[])row.Clone());
            for (; i < edges.Count && edges[i].At == at; i++)
            {
                (_, int term, int change) = edges[i];
                depth[term] += change;
                ulong bit = 1UL << (term % 64);
                row[term / 64] = depth[term] > 0 ? row[term / 64] | bit : row[term / 64] & ~bit;
            }

            start = at;
        }

        yield return (start, last, row);
    }
}
