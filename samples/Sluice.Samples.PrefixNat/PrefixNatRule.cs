using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.Kinds;
using Sluice.Policy.SourceNats;

namespace Sluice.Samples.PrefixNat;

/// <summary>Lets the hosts of one prefix be seen as those of another, statelessly and in both directions.</summary>
/// <param name="realm">The realm of both prefixes.</param>
/// <param name="prefixes">The prefixes.</param>
/// <param name="links">The links that lead outside; null: all but the one that a packet came in by.</param>
public sealed class PrefixNatRule(ushort realm, PrefixPair prefixes, LinkSet? links) : NatRule
{
    public override IEnumerable<ushort> LeavingRealms => [realm];

    // From outside, or from a neighbour inside who uses the outside name (hairpin).
    public override void Arrive(in FirstPacket packet, ref Decision decision)
    {
        if (prefixes.TryInward(packet.Destination, out IpAddress inside)) LeadTo(realm, inside, packet.DestinationPort, ref decision);
    }

    // What an inside host sends outside, and what it sends to a neighbour by the outside name: the answer must come back this way too.
    public override void Leave(in FirstPacket packet, int linkOut, ref Decision decision)
    {
        if (!prefixes.Inside.Contains(packet.Source) || decision.RewritesSource || decision.SourcePool != Decision.NoPool) return;
        bool turnsRound = decision.RewritesDestination && prefixes.Inside.Contains(decision.Destination);
        if (!turnsRound && !(links is { } outside ? outside.Has(linkOut) : linkOut != packet.Link)) return;
        if (prefixes.TryOutward(packet.Source, out IpAddress source)) SendAs(packet, source, ref decision);
        else Refuse(DropReason.NotExposed, ref decision);
    }

    public override string Explain(in FirstPacket packet, in Decision decision) => decision.Kind == DecisionKind.Drop
        ? "it has no counterpart in the other prefix: the word that would be adjusted is all ones"
        : $"{prefixes.Inside} is seen as {prefixes.Outside}, host by host; the sum of each address stays";
}
