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
        if (!TryGetPair(insideRealm, publicRealm, out int insidePair)) return DecideInboundBySourceNat(packet, publicRealm, insideRealm, insideAddress, NoRule);
        ref readonly ExposeView inside = ref ExposeOf(Pairs[insidePair], insideAddress);
        if (inside.Kind != ExposeKind.Masquerade || !PoolHas(inside.Pool, packet.Destination))
            return DecideInboundBySourceNat(packet, publicRealm, insideRealm, insideAddress, inside.Rule);

        // The sender stands in the public realm, or (hairpin) beside the inside endpoint; either way it is judged, and seen, as the public realm's peer.
        if (packet.Realm == insideRealm) return Pass(packet, Pairs[insidePair].Sources, insideRealm, inside);
        if (packet.Realm != publicRealm || !TryGetPair(packet.Realm, insideRealm, out int senderPair)) return Drop(DropReason.NotExposed, inside.Rule);
        return UnderAcl(senderPair, packet, Pass(packet, Pairs[senderPair].Sources, insideRealm, inside));
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

            Decision next = AskHairpin(packet, pair);
            if (next.Kind != DecisionKind.AskMappings) continue;
            asked = next;
            return true;
        }

        return false;
    }

    // To a masquerade's public address of the sender's own realm: the mapping knows whose it is, if the sender may be seen at the peer at all.
    private Decision AskHairpin(in FirstPacket packet, in PairView pair)
    {
        ref readonly ExposeView sender = ref SenderOf(pair.Sources, packet, out bool mayBegin);
        if (!mayBegin) return Drop(DropReason.NotExposed, sender.Rule);
        if (!CanTakePort(packet)) return Drop(DropReason.UnsupportedProtocol, sender.Rule);
        var asked = new Decision { Kind = DecisionKind.AskMappings, RealmTo = pair.To, SourcePool = Decision.NoPool, Timers = sender.Timers, Rule = sender.Rule };
        return TrySetSource(packet, sender, ref asked, out DropReason refused) ? asked : Drop(refused, sender.Rule);
    }

    // To a fixed public endpoint of somebody in the sender's own realm.
    private Decision TurnRound(in FirstPacket packet, in ExposeView target)
    {
        Decision decision = Pass(packet, Pairs[target.Pair].Sources, packet.Realm, target);
        if (decision.Kind != DecisionKind.Stateless || decision.RewritesSource) return decision;

        // The answer goes from private to private address: no look-up could tell that it is to be translated, so a session remembers it.
        decision.Kind = DecisionKind.Session;
        decision.OriginalConduct = decision.ReplyConduct = FlowConduct.KeepErrorSource;
        return decision;
    }

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
