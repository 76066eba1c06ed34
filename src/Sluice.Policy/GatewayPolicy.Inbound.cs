using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // A realm may show one public address to several peers; a packet from inside to it is looked up in so many of their realms.
    private const int MostHairpinRealms = 16;

    /// <summary>
    /// Decides on a packet to a public address after the mapping is known: whether the inside endpoint may still be reached through it,
    /// and by whom. Allocates nothing.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="publicRealm">The realm in which the address is public, and where the mapping was found: <see cref="Decision.RealmTo"/> of the question.</param>
    /// <param name="insideRealm">The realm of the mapping's inside endpoint.</param>
    /// <param name="insideAddress">The mapping's inside address.</param>
    public Decision DecideInbound(in FirstPacket packet, ushort publicRealm, ushort insideRealm, in IpAddress insideAddress)
    {
        if (!TryGetPair(insideRealm, publicRealm, out int insidePair)) return Drop(DropReason.NotExposed, NoRule);
        ref readonly ExposeView inside = ref ExposeOf(Pairs[insidePair], insideAddress);
        if (inside.Kind != ExposeKind.Masquerade || !PoolHas(inside.Pool, packet.Destination)) return Drop(DropReason.NotExposed, inside.Rule);

        // The sender stands in the public realm, or (hairpin) beside the inside endpoint; either way it is judged, and seen, as the public realm's peer.
        bool hairpin = packet.Realm == insideRealm;
        int senderPair = insidePair;
        if (!hairpin && (packet.Realm != publicRealm || !TryGetPair(packet.Realm, insideRealm, out senderPair))) return Drop(DropReason.NotExposed, inside.Rule);
        ref readonly ExposeView sender = ref ExposeOf(Pairs[senderPair], packet.Source);
        if (sender.Kind == ExposeKind.None) return Drop(DropReason.NotExposed, inside.Rule);
        bool senderHides = sender.Kind == ExposeKind.Masquerade;
        return new Decision
        {
            Kind = DecisionKind.Session,
            // A sender with a public endpoint of its own sends outward as well as inward, and what is sent outward always prolongs (RFC 4787 REQ-6).
            OriginalConduct = senderHides ? FlowConduct.None : FlowConduct.KeepErrorSource | InwardOf(inside, packet.Protocol),
            RealmTo = insideRealm,
            SourcePool = sender.Pool,
            Timers = inside.Timers,
            Rule = inside.Rule,
        };
    }

    /// <summary>
    /// After an <see cref="DecisionKind.AskMappings"/> for a sender's own realm's public address found no mapping: the next peer towards which the address is public.
    /// False when there is none left; then the packet is dropped as <see cref="DropReason.NoMapping"/>.
    /// </summary>
    public bool AskNext(in FirstPacket packet, ref Decision asked)
    {
        if (asked.Kind != DecisionKind.AskMappings || asked.RealmTo == packet.Realm) return false;
        bool passed = false;
        int tried = 0;
        foreach (int number in PairsOf(packet.Realm))
        {
            ref readonly PairView pair = ref Pairs[number];
            if (!AnyPoolHas(pair.Pools, packet.Destination)) continue;
            if (++tried > MostHairpinRealms) return false;
            if (!passed)
            {
                passed = pair.To == asked.RealmTo;
                continue;
            }

            ref readonly ExposeView sender = ref ExposeOf(pair, packet.Source);
            if (sender.Kind == ExposeKind.None) continue;
            asked = AskHairpin(packet, pair, sender);
            return true;
        }

        return false;
    }

    private static Decision AskHairpin(in FirstPacket packet, in PairView pair, in ExposeView sender) =>
        !CanTakePort(packet)
            ? Drop(DropReason.UnsupportedProtocol, sender.Rule)
            : new Decision
            {
                Kind = DecisionKind.AskMappings,
                RealmTo = pair.To,
                SourcePool = sender.Pool,
                Timers = sender.Timers,
                Rule = sender.Rule,
            };

    private ReadOnlySpan<int> PairsOf(ushort realm) => realm < MasqueradingPairs.Length ? MasqueradingPairs[realm] : default;

    private bool AnyPoolHas(int[] pools, in IpAddress address)
    {
        foreach (int pool in pools)
            if (PoolHas(pool, address)) return true;
        return false;
    }

    private bool PoolHas(int pool, in IpAddress address)
    {
        foreach (IpRange range in Pools[pool].Addresses.AsSpan())
            if (range.Contains(address)) return true;
        return false;
    }
}
