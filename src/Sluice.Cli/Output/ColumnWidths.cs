namespace Sluice.Cli.Output;

/// <summary>How wide each column of a table is on a terminal, and which are left out of a narrow one.</summary>
/// <remarks>Addresses and names are read and copied as wholes, so a cell breaks between words only.</remarks>
public static class ColumnWidths
{
    /// <summary>Fits columns into a width.</summary>
    /// <param name="natural">What each column's longest cell takes.</param>
    /// <param name="least">What each column's longest word takes.</param>
    /// <param name="optional">Which columns may be left out, the last one first.</param>
    /// <param name="gap">What each column takes beside its cells.</param>
    /// <param name="width">What there is.</param>
    /// <returns>The widths, 0 for a column that is left out; null when even the others don't fit.</returns>
    public static int[]? Fit(IReadOnlyList<int> natural, IReadOnlyList<int> least, IReadOnlyList<bool> optional, int gap, int width)
    {
        int[] fitted = [.. least];
        int needed = fitted.Sum() + (gap * fitted.Length);
        for (int i = fitted.Length - 1; i >= 0 && needed > width; i--)
        {
            if (!optional[i]) continue;
            needed -= fitted[i] + gap;
            fitted[i] = 0;
        }

        if (needed > width) return null;
        for (int i = 0; i < fitted.Length; i++)
        {
            if (fitted[i] == 0) continue;
            int more = Math.Min(natural[i] - fitted[i], width - needed);
            fitted[i] += more;
            needed += more;
        }

        return fitted;
    }
}
