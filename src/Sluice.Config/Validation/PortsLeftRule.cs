using System.Runtime.InteropServices;
using Sluice.Config.Documents;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>A masquerade whose forwards claim every port of a protocol could never begin a session.</summary>
internal static class PortsLeftRule
{
    public static void Judge(PeeringDocument peering, PeeringEndSpec end, List<Expose> exposes, Func<Expose, NatProfileDocument> profileOf, Problems problems)
    {
        foreach (Expose masquerade in exposes)
        {
            if (masquerade.Nat != NatKind.Masquerade) continue;
            foreach (ForwardProtocol protocol in (ReadOnlySpan<ForwardProtocol>)[ForwardProtocol.Tcp, ForwardProtocol.Udp])
            {
                if (FirstOfAll(masquerade, exposes, protocol, profileOf(masquerade).Ports) is not { } forward) continue;
                problems.Error(masquerade.Place, peering.PathOf(end, masquerade.Spec), ConfigRule.NoPortsLeft,
                    $"forwards such as {forward.Public} claim every {(protocol == ForwardProtocol.Tcp ? "TCP" : "UDP")} port of the masquerade's addresses {masquerade.Public}: it could begin no session",
                    EndRules.PlaceOf(forward));
                break;
            }
        }
    }

    // The first forward that meets the pool, if together they leave nothing of it.
    private static Expose? FirstOfAll(Expose masquerade, List<Expose> exposes, ForwardProtocol protocol, PortRange ports)
    {
        List<PortedRange> claimed = [];
        Expose? first = null;
        long claimedPorts = 0;
        foreach (Expose forward in exposes)
        {
            if (forward.Nat != NatKind.PortForward || (forward.Forward!.Protocol != ForwardProtocol.Any && forward.Forward.Protocol != protocol)) continue;
            PortedPrefix piece = forward.Public.Items[0];
            PortedRange range = new(new IpRange(piece.Prefix), piece.Ports);
            if (!masquerade.Public.Overlaps(range)) continue;
            first ??= forward;
            claimed.Add(range);
            claimedPorts += piece.Ports.Count;
        }

        // Fewer forwarded ports than one address has can't claim all of it: the usual case, without arithmetic.
        if (first is null || claimedPorts < ports.Count) return null;
        List<PortedRange> pool = [];
        foreach (PortedPrefix piece in masquerade.Public.Items) pool.Add(new PortedRange(new IpRange(piece.Prefix), ports));
        return PrefixSet.From(CollectionsMarshal.AsSpan(pool), CollectionsMarshal.AsSpan(claimed)).IsEmpty ? first : null;
    }
}
