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
    internal static IEnumerable<(IpRange Range, PortRange Ports, int Length)> WithLengths(ImmutableArray<AddressEntry> entries)
    {
        PortedRange[] gone = [.. entries.Where(static entry => entry.IsExclusion).Select(static entry => new PortedRange(entry.Addresses, entry.Ports))];
        bool isPorted = entries.Any(static entry => !entry.Ports.IsAll);
        foreach (AddressEntry entry in entries)
        {
            if (entry.IsExclusion) continue;
            int length = PrefixMapBuilder.SpecificityOf(entry.Addresses);
            PrefixSet left = PrefixSet.From([new PortedRange(entry.Addresses, entry.Ports)], gone);
            if (isPorted)
            {
                foreach (PortedPrefix item in left.Items) yield return (new IpRange(item.Prefix), item.Ports, length);
            }
            else
            {
                foreach (IpRange range in left.ToRanges()) yield return (range, PortRange.All, length);
            }
        }
    }

    private static List<PortedRange> Excluded(ImmutableArray<AddressEntry> entries) =>
        [.. entries.Where(static entry => entry.IsExclusion).Select(Whole)];

    private static PortedRange Whole(AddressEntry entry) => new(entry.Addresses, PortRange.All);
}
