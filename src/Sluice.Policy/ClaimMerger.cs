using System.Collections.Immutable;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>Puts claims of ports in order and joins those that touch.</summary>
internal static class ClaimMerger
{
    internal static ImmutableArray<PortClaim> Merge(List<PortClaim> claims)
    {
        var merged = ImmutableArray.CreateBuilder<PortClaim>(claims.Count);
        foreach (PortClaim claim in claims.OrderBy(static c => c.Realm).ThenBy(static c => c.Ports).ThenBy(static c => c.Addresses).ThenBy(static c => c.Range.First))
        {
            if (merged.Count > 0 && Joins(merged[^1], claim))
                merged[^1] = claim with { Range = new PortRange(merged[^1].Range.First, Math.Max(merged[^1].Range.Last, claim.Range.Last)) };
            else merged.Add(claim);
        }

        return merged.ToImmutable();
    }

    private static bool Joins(in PortClaim one, in PortClaim next) =>
        one.Realm == next.Realm && one.Ports == next.Ports && one.Addresses == next.Addresses && next.Range.First <= one.Range.Last + 1;
}
