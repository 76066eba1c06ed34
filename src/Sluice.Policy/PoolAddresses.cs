using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>The public addresses of a masquerade as its pool takes them.</summary>
internal static class PoolAddresses
{
    /// <summary>The addresses that exclusions leave, in the order of the list as written, each once.</summary>
    internal static ImmutableArray<IpRange> InOrder(Expose expose)
    {
        var ordered = ImmutableArray.CreateBuilder<IpRange>();
        List<PortedRange> gone = [.. expose.Spec.As.Where(static entry => entry.IsExclusion).Select(Ranges)];
        foreach (PortedRange entry in expose.Spec.As.Where(static entry => !entry.IsExclusion).Select(Ranges))
        {
            ordered.AddRange(PrefixSet.From([entry], gone.ToArray()).ToRanges());
            gone.Add(entry);
        }

        return ordered.ToImmutable();
    }

    private static PortedRange Ranges(AddressEntry entry) => new(entry.Addresses, PortRange.All);
}
