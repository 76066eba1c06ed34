using System.Globalization;
using Sluice.Config.Commands;
using Sluice.Policy.Balancing;

namespace Sluice.Gateway.Commands;

/// <summary>test cnat maglev: how evenly a table of so many backends is filled, and how many slots change hands when some backends go and others come.</summary>
/// <remarks>It measures no time: the same question has the same answer everywhere. <c>./bench</c> measures how long a table takes.</remarks>
internal static class MaglevAnswer
{
    private const int Weight = 100;

    public static IEnumerable<string> Of(MaglevTest test)
    {
        int gone = Math.Min(test.Removed + test.Changed, test.Backends - 1);
        for (int run = 0; run < test.Tests; run++)
        {
            ulong first = (ulong)run << 32;
            ulong[] before = Identities(first, test.Backends);
            ulong[] after = [.. before.Skip(gone).Concat(Identities(first + (ulong)test.Backends, Math.Min(test.Changed, gone))).Order()];
            (ulong[] old, int[] oldSlots) = Fill(before, test.Length);
            (ulong[] next, int[] nextSlots) = Fill(after, test.Length);
            int size = oldSlots.Length, kept = 0, lost = 0;
            HashSet<ulong> stay = [.. after];
            for (int slot = 0; slot < size; slot++)
            {
                ulong was = old[oldSlots[slot]];
                if (!stay.Contains(was)) lost++;
                else if (next[nextSlots[slot]] == was) kept++;
            }

            int[] counts = new int[before.Length];
            foreach (int place in oldSlots) counts[place]++;
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{size} slots, {before.Length} backends: {counts.Min()} to {counts.Max()} slots each, apart by {Percent(counts.Max() - counts.Min(), size)}; {gone} gone, {Math.Min(test.Changed, gone)} new: {Percent(kept, size)} kept, {Percent(lost, size)} lost, {Percent(size - kept - lost, size)} moved");
            if (test.Verbosity == 0) continue;
            for (int place = 0; place < counts.Length; place++) yield return string.Create(CultureInfo.InvariantCulture, $"  backend {place}: {counts[place]} slots");
        }
    }

    // The table mixes them itself.
    private static ulong[] Identities(ulong from, int count)
    {
        var identities = new ulong[count];
        for (int i = 0; i < count; i++) identities[i] = from + (ulong)i + 1;
        return identities;
    }

    private static (ulong[] Identities, int[] Slots) Fill(ulong[] identities, int length)
    {
        ulong[] sorted = [.. identities.Order()];
        int[] weights = [.. sorted.Select(static _ => Weight)];
        return (sorted, MaglevTable.Fill(sorted, weights, length));
    }

    private static string Percent(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.##} %");
}
