using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>The lists of an expose as packets are judged by them: exclusions taken out, and the order and size of what is written kept.</summary>
internal static class ExposedAddresses
{
    /// <summary>The addresses in the order of the list, each once: a pool takes them so.</summary>
    internal static ImmutableArray<IpRange> InOrder(ImmutableArray<AddressEntry> entries)
    {
        var ordered = ImmutableArray.CreateBuilder<IpRange>();
        List<PortedRange> gone = Excluded(entries);
        foreach (AddressEntry entry in entries.Where(static entry => !entry.IsExclusion))
        {
            PortedRange range = Whole(entry);
            ordered.AddRange(PrefixSet.From([range], gone.ToArray()).ToRanges());
            gone.Add(range);
        }

        return ordered.ToImmutable();
    }

    /// <summary>What is left of each entry, with the length of the prefix as written: an exclusion elsewhere in it doesn't make an address more specific.</summary>
    internal static IEnumerable<(IpRange Range, int Length)> WithLengths(ImmutableArray<AddressEntry> entries)
    {
        PortedRange[] gone = [.. Excluded(entries)];
        foreach (AddressEntry entry in entries)
        {
            if (entry.IsExclusion) continue;
            int length = PrefixMapBuilder.SpecificityOf(entry.Addresses);
            foreach (IpRange range in PrefixSet.From([Whole(entry)], gone).ToRanges()) yield return (range, length);
        }
    }

    private static List<PortedRange> Excluded(ImmutableArray<AddressEntry> entries) =>
        [.. entries.Where(static entry => entry.IsExclusion).Select(Whole)];

    private static PortedRange Whole(AddressEntry entry) => new(entry.Addresses, PortRange.All);
}
