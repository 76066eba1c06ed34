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
        ILookup<string, PortedPrefix> masqueraded = seen.Where(static one => one.Expose.Nat == NatKind.Masquerade)
            .SelectMany(static one => one.Expose.Public.Items.Select(item => (one.End.Realm, item))).ToLookup(static pair => pair.Realm, static pair => pair.item);
        for (int i = 0; i < seen.Count; i++)
            foreach (PortedPrefix piece in seen[i].Expose.Public.Items) pieces.Add(new SweepPiece(piece, i, ClassOf(seen[i], piece, masqueraded)));
        HashSet<(int, int)> reported = [];
        OverlapSweep.Run(pieces, MayShare, (a, b) =>
        {
            (SweepPiece first, SweepPiece second) = a.Owner < b.Owner ? (a, b) : (b, a);
            Seen one = seen[first.Owner], two = seen[second.Owner];
            if (one.End.Realm == two.End.Realm || !reported.Add((first.Owner, second.Owner))) return true;
            if (first.Class / 2 != second.Class / 2 && first.Class > 0 && second.Class > 0)
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

    // Masquerades of one gateway group may share addresses, since they share a pool; and whoever has a part in such a pool may forward ports of it,
    // which the pool then gives to nobody. Two forwards of one port are a conflict as ever.
    private static bool MayShare(int a, int b) => a > 0 && a / 2 == b / 2 && (a & b & 1) == 0;

    // 0: shares with nobody. A gateway group has an even class for its masquerades, and the odd one above it for forwards from the same realm's pool.
    private int ClassOf(Seen seen, in PortedPrefix piece, ILookup<string, PortedPrefix> masqueraded)
    {
        IpPrefix prefix = piece.Prefix;
        bool forwards = seen.Expose.Nat == NatKind.PortForward && masqueraded[seen.End.Realm].Any(pool => pool.Prefix.Contains(prefix));
        if (seen.Expose.Nat != NatKind.Masquerade && !forwards) return 0;
        string group = seen.Peering.GatewayGroup;
        if (!groupClasses.TryGetValue(group, out int number)) groupClasses.Add(group, number = groupClasses.Count + 1);
        return (2 * number) + (forwards ? 1 : 0);
    }
}
