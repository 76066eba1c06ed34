using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges what the peerings of different realms expose to one realm.</summary>
internal sealed class OverlayRules(Problems problems)
{
    private readonly Dictionary<string, List<Seen>> byViewer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> groupClasses = new(StringComparer.Ordinal);

    private sealed record Seen(Expose Expose, PeeringEndSpec End, PeeringDocument Peering);

    /// <summary>Takes note of what one end shows the other.</summary>
    public void Add(PeeringDocument peering, PeeringEndSpec end, string viewer, List<Expose> exposes)
    {
        if (!byViewer.TryGetValue(viewer, out List<Seen>? seen)) byViewer.Add(viewer, seen = []);
        foreach (Expose expose in exposes) seen.Add(new Seen(expose, end, peering));
    }

    public void Judge()
    {
        foreach ((string viewer, List<Seen> seen) in byViewer)
        {
            OneDefault(viewer, seen);
            Disjoint(viewer, seen);
        }
    }

    private void OneDefault(string viewer, List<Seen> seen)
    {
        Seen? first = null;
        foreach (Seen one in seen)
        {
            if (!one.Expose.IsDefault) continue;
            if (first is not null && first.End.Realm != one.End.Realm)
            {
                problems.Error(one.Expose.Place, one.Peering.PathOf(one.End, one.Expose.Spec), ConfigRule.Forbidden,
                    $"Multiple default destinations exposed to VPC '{viewer}': '{first.End.Realm}' and '{one.End.Realm}'", first.Expose.Place);
            }

            first ??= one;
        }

        if (first is null) return;
        foreach (Seen one in seen)
            if (!one.Expose.IsDefault && one.End.Realm != first.End.Realm && one.Peering.GatewayGroup != first.Peering.GatewayGroup)
                DistinctGroups(first, one);
    }

    private void Disjoint(string viewer, List<Seen> seen)
    {
        if (seen.Count < 2) return;
        List<SweepPiece> pieces = new(seen.Count);
        for (int i = 0; i < seen.Count; i++)
            foreach (PortedPrefix piece in seen[i].Expose.Public.Items) pieces.Add(new SweepPiece(piece, i, ClassOf(seen[i])));
        HashSet<(int, int)> reported = [];

        // Masquerades of one gateway group may share addresses (they share a pool); a class above 0 is such a group.
        OverlapSweep.Run(pieces, static (a, b) => a > 0 && a == b, (a, b) =>
        {
            (SweepPiece first, SweepPiece second) = a.Owner < b.Owner ? (a, b) : (b, a);
            Seen one = seen[first.Owner], two = seen[second.Owner];
            if (one.End.Realm == two.End.Realm || !reported.Add((first.Owner, second.Owner))) return true;
            if (first.Class > 0 && second.Class > 0)
            {
                DistinctGroups(one, two, $"; {SharedPacket.To(first.Piece, second.Piece, one.Expose, two.Expose, viewer)}");
            }
            else
            {
                problems.Error(EndRules.PlaceOf(two.Expose), two.Peering.PathOf(two.End, two.Expose.Spec), ConfigRule.OverlappingPrefixes,
                    $"'{one.End.Realm}' and '{two.End.Realm}' expose overlapping prefixes to '{viewer}': {first.Piece} and {second.Piece}; "
                    + SharedPacket.To(first.Piece, second.Piece, one.Expose, two.Expose, viewer),
                    EndRules.PlaceOf(one.Expose));
            }

            return !problems.IsFull;
        });
    }

    private void DistinctGroups(Seen one, Seen two, string packet = "") =>
        problems.Error(EndRules.PlaceOf(two.Expose), two.Peering.PathOf(two.End, two.Expose.Spec), ConfigRule.Forbidden,
            $"Overlapping exposes cannot use distinct groups ('{one.Peering.GatewayGroup}' and '{two.Peering.GatewayGroup}'){packet}",
            EndRules.PlaceOf(one.Expose));

    private int ClassOf(Seen seen)
    {
        if (seen.Expose.Nat != NatKind.Masquerade) return 0;
        string group = seen.Peering.GatewayGroup;
        if (!groupClasses.TryGetValue(group, out int number)) groupClasses.Add(group, number = groupClasses.Count + 1);
        return number;
    }
}
