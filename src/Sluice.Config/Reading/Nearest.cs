namespace Sluice.Config.Reading;

/// <summary>Finds the known word that a mistyped one was meant to be.</summary>
internal static class Nearest
{
    private const int MaxWordLength = 64;

    // From this length on, the beginning of a word stands for it.
    private const int MinBeginning = 3;

    /// <summary>A message for a field that isn't known.</summary>
    public static string UnknownField(string name, ReadOnlySpan<string> known)
    {
        if (name == "<<") return "unknown field '<<': merge keys are not supported; use an alias for a whole value";
        return $"unknown field '{Shown(name)}'; {Hint(name, known, "has no fields")}";
    }

    /// <summary>"did you mean 'x'?", or "known here: a, b".</summary>
    public static string Hint(string word, ReadOnlySpan<string> known, string none = "nothing is known here")
    {
        if (known.IsEmpty) return none;
        return Find(word, known) is { } near ? $"did you mean '{near}'?" : $"known here: {string.Join(", ", known!)}";
    }

    /// <summary>The word for a message: long ones cut.</summary>
    public static string Shown(string word) => word.Length <= MaxWordLength ? word : word[..MaxWordLength] + "...";

    /// <summary>The nearest known word, if it is near enough to be what was meant.</summary>
    public static string? Find(string word, ReadOnlySpan<string> known)
    {
        if (word.Length > MaxWordLength) return null;
        string? best = null;
        // One letter is near to every word of two.
        int bestDistance = word.Length == 1 ? 1 : Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = string.Equals(word, candidate, StringComparison.OrdinalIgnoreCase) ? 0
                : word.Length >= MinBeginning && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 1 : Distance(word, candidate);
            if (distance >= bestDistance) continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    // Edits (insert, delete, replace, swap of neighbours) that make one word of the other.
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = new int[b.Length + 1], row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
