using Sluice.Packets.Addresses;
using Sluice.Policy.Translations;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    /// <summary>Tells what the look-ups of <see cref="Decide"/> find for a packet: the same maps, read the same way.</summary>
    public PolicyFindings Explain(in FirstPacket packet)
    {
        int found = packet.Realm < Destinations.Length ? Destinations[packet.Realm].Find(packet.Destination) : PrefixMap.Miss;
        found = Resolve(packet, found);
        int number = Destination.NumberOf(found);
        return Destination.KindOf(found) switch
        {
            DestinationKind.Peer => Towards(number, packet, DestinationFinding.Exposed, ShownBy(Pairs[number ^ 1], packet)),
            DestinationKind.Public => Nowhere(DestinationFinding.Pool, NoRule),
            DestinationKind.Hairpin => Towards(number, packet, DestinationFinding.PoolHere, NoRule),
            DestinationKind.Translated => Towards(Exposes[number].Pair ^ 1, packet, DestinationFinding.Translated, Exposes[number].Rule),
            DestinationKind.TranslatedHairpin => Towards(Exposes[number].Pair, packet, DestinationFinding.TranslatedHere, Exposes[number].Rule),
            DestinationKind.Refused => Nowhere(DestinationFinding.NobodysPort, (uint)number),
            DestinationKind.Service => AtService(ServiceLines[number], packet, DestinationFinding.Service),
            DestinationKind.ServiceRest or DestinationKind.PeerServiceRest => AtService(ServiceLines[number], packet, DestinationFinding.ServiceRest),
            DestinationKind.Ruled => Nowhere(DestinationFinding.Ruled, AddedRules[number].Number),
            _ => Nowhere(DestinationFinding.Stays, NoRule),
        };
    }

    /// <summary>The same for a packet to a public address, once a mapping says whose it is: what the look-ups of <see cref="DecideInbound"/> find.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="publicRealm">The realm in which the address is public.</param>
    /// <param name="insideRealm">The realm of the mapping's inside endpoint.</param>
    /// <param name="insideAddress">The mapping's inside address.</param>
    public PolicyFindings ExplainInbound(in FirstPacket packet, ushort publicRealm, ushort insideRealm, in IpAddress insideAddress)
    {
        bool isHere = packet.Realm == insideRealm;
        DestinationFinding destination = isHere ? DestinationFinding.PoolHere : DestinationFinding.Pool;
        if (!TryGetPair(insideRealm, publicRealm, out int insidePair)) return Nowhere(destination, NoRule);
        uint rule = ExposeOf(Pairs[insidePair], insideAddress).Rule;
        if (isHere) return Towards(insidePair, packet, destination, rule);
        return TryGetPair(packet.Realm, insideRealm, out int pair) ? Towards(pair, packet, destination, rule) : Nowhere(destination, rule);
    }

    private PolicyFindings Towards(int pair, in FirstPacket packet, DestinationFinding destination, uint rule)
    {
        ref readonly ExposeView sender = ref SenderOf(Pairs[pair].Sources, packet, out bool mayBegin);
        return new PolicyFindings(destination, rule, Pairs[pair].To, sender.Rule, mayBegin);
    }

    private PolicyFindings AtService(in ServiceLine line, in FirstPacket packet, DestinationFinding finding) =>
        line.Pair == ServiceLine.Own ? Nowhere(finding, line.Rule) : Towards(line.Pair, packet, finding, line.Rule);

    private static PolicyFindings Nowhere(DestinationFinding destination, uint rule) => new(destination, rule, RealmRegistry.None, NoRule, MayBegin: false);

    // What a peer shows as it is is what it has: its own end says which expose.
    private uint ShownBy(in PairView pair, in FirstPacket packet)
    {
        int found = pair.Sources.Find(packet.Destination);
        if (Source.IsCell(found)) found = Cells.Find(Source.NumberOf(found), packet, packet.DestinationPort);
        return Exposes[Source.NumberOf(found)].Rule;
    }
}
