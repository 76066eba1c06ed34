using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>Judges the exposes of one end of a peering against each other.</summary>
internal sealed class EndRules(PeeringDocument peering, PeeringEndSpec end, Problems problems)
{
    public void Judge(List<Expose> exposes)
    {
        if (exposes.Count < 2) return;
        OneDefault(exposes);
        if (!OneFamily(exposes)) return;
        HashSet<(int, int)> reported = [];
        Disjoint(exposes, expose => expose.Private, "private", privates: true, reported);
        Disjoint(exposes, expose => expose.Public, "public", privates: false, reported);
    }

    private void OneDefault(List<Expose> exposes)
    {
        Expose? first = null;
        foreach (Expose expose in exposes)
        {
            if (!expose.IsDefault) continue;
            if (first is not null)
                problems.Error(expose.Place, peering.PathOf(end, expose.Spec), ConfigRule.Forbidden, "Manifest cannot have multiple default exposes", first.Place);
            first ??= expose;
        }
    }

    private bool OneFamily(List<Expose> exposes)
    {
        Expose? first = null;
        foreach (Expose expose in exposes)
        {
            if (expose.IsDefault) continue;
            if (first is not null && FamilyOf(first) != FamilyOf(expose))
            {
                problems.Error(expose.Place, peering.PathOf(end, expose.Spec), ConfigRule.Forbidden,
                    $"the exposes of '{end.Realm}' towards one VPC mix IPv4 and IPv6", first.Place);
                return false;
            }

            first ??= expose;
        }

        return true;
    }

    internal static IpFamily FamilyOf(Expose expose) => expose.Private.Items[0].Prefix.Family;

    private void Disjoint(List<Expose> exposes, Func<Expose, PrefixSet> setOf, string side, bool privates, HashSet<(int, int)> reported)
    {
        List<SweepPiece> pieces = [];
        for (int i = 0; i < exposes.Count; i++)
            foreach (PortedPrefix piece in setOf(exposes[i]).Items) pieces.Add(new SweepPiece(piece, i, (int)ClassOf(exposes[i])));
        OverlapSweep.Run(pieces, (a, b) => MayMeet((OverlapClass)a, (OverlapClass)b, privates), (a, b) =>
        {
            (SweepPiece first, SweepPiece second) = a.Owner < b.Owner ? (a, b) : (b, a);
            if (!reported.Add((first.Owner, second.Owner))) return true;
            Expose one = exposes[first.Owner], two = exposes[second.Owner];
            string packet = privates
                ? SharedPacket.From(first.Piece, second.Piece, one, two, peering.Other(end))
                : SharedPacket.To(first.Piece, second.Piece, one, two, peering.Other(end));
            problems.Error(PlaceOf(two), peering.PathOf(end, two.Spec), ConfigRule.OverlappingPrefixes,
                $"{side} prefixes of two exposes of '{end.Realm}' overlap: {first.Piece} and {second.Piece}; {packet}", PlaceOf(one));
            return !problems.IsFull;
        });
    }

    /// <summary>The place of a block in a conflict: a forward's own line where it is one of several.</summary>
    internal static Place PlaceOf(Expose expose) => expose.Forward is { } forward && expose.Spec.Nat!.Forwards.Length > 1 ? forward.Place : expose.Place;

    private static OverlapClass ClassOf(Expose expose) => expose.Nat switch
    {
        NatKind.Static => OverlapClass.Static,
        NatKind.Masquerade => OverlapClass.Masquerade,
        NatKind.PortForward => expose.Forward!.Protocol switch
        {
            ForwardProtocol.Tcp => OverlapClass.ForwardTcp,
            ForwardProtocol.Udp => OverlapClass.ForwardUdp,
            _ => OverlapClass.ForwardAny,
        },
        _ => OverlapClass.None,
    };

    // Two public ports may lead to one private port, so the private sides of forwards may meet.
    private static bool MayMeet(OverlapClass a, OverlapClass b, bool privates)
    {
        bool forwardA = a >= OverlapClass.ForwardAny, forwardB = b >= OverlapClass.ForwardAny;
        if (forwardA && forwardB) return privates || (a != b && a != OverlapClass.ForwardAny && b != OverlapClass.ForwardAny);
        return (a == OverlapClass.Masquerade && forwardB) || (b == OverlapClass.Masquerade && forwardA);
    }

    private enum OverlapClass
    {
        None,
        Static,
        Masquerade,
        ForwardAny,
        ForwardTcp,
        ForwardUdp,
    }
}
