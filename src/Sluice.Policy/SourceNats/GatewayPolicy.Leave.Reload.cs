using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.SourceNats;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // A session keeps a public address that a policy of its realm still has, whatever the policies now say of its destination and links.
    private void RedecideLeaving(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        Redirect(first, ref decision);
        LeaveByRules(first, live.LinkOut, ref decision);
        if (decision.Kind is DecisionKind.Route or DecisionKind.Stateless or DecisionKind.Session) RedecideSource(live, first, ref decision);
    }

    // Whether a policy speaks of the source. Where a backend that is its own client sees the virtual address, it goes on to.
    private bool RedecideSource(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        if (!MayTakeSource(first, decision, out bool turnsRound)) return false;
        if (TryKeepSourceOfPolicy(live, first, ref decision)) return true;
        if (turnsRound && !live.HasPublicSource) return false;
        LeaveByPolicies(first, live.LinkOut, ref decision);
        return decision.SourceNat != 0 || decision.Kind == DecisionKind.Drop;
    }

    private bool TryKeepSourceOfPolicy(in LiveSession live, in FirstPacket first, ref Decision decision)
    {
        bool isFree = decision.SourcePool == Decision.NoPool && (!decision.RewritesSource || (decision.Backend != 0 && decision.Destination == first.Source));
        if (!isFree || !live.HasPublicSource || !TryFindSourceNat(first.Realm, decision.RealmTo, live.Reply.Destination, out int number)) return false;
        decision.RewritesSource = false;
        SourceNatViews[number].TryGetPool(decision.RealmTo, first.Source.Family, out decision.SourcePool);
        SetSourceNat(first, number, ref decision);
        return true;
    }

    // A source port that was changed because the return tuple was taken stays changed.
    private bool HasSourceOfPolicy(in LiveSession live, in Decision decision)
    {
        if (decision.Kind == DecisionKind.Drop) return false;
        if (decision.SourcePool != Decision.NoPool) return live.HasPublicSource && PoolHas(decision.SourcePool, live.Reply.Destination);
        IpAddress source = decision.RewritesSource ? decision.Source : live.Original.Source;
        return !live.HasPublicSource && source == live.Reply.Destination;
    }

    // To a policy's address: what its mapping admits may come in, also through a peering that shows the host as it is.
    private Decision DecideInboundBySourceNat(in FirstPacket packet, ushort publicRealm, ushort insideRealm, in IpAddress insideAddress, uint otherwise)
    {
        if (!TryFindSourceNat(insideRealm, publicRealm, packet.Destination, out int number) || packet.Realm != publicRealm) return Drop(DropReason.NotExposed, otherwise);
        SourceNat nat = SourceNatViews[number];
        var decision = new Decision
        {
            Kind = DecisionKind.Session,
            RealmTo = insideRealm,
            SourcePool = Decision.NoPool,
            Rule = nat.Rule,
            Timers = nat.Timers,
            OriginalConduct = FlowConduct.KeepErrorSource | (packet.Protocol == IpProtocol.Tcp ? FlowConduct.None : nat.Inward),
            SourceNat = (ushort)(number + 1),
        };
        if (insideRealm == publicRealm) return decision;
        if (!TryGetPair(insideRealm, publicRealm, out int insidePair) || ExposeOf(Pairs[insidePair], insideAddress).Kind != ExposeKind.Plain) return Drop(DropReason.NotExposed, nat.Rule);
        if (!TryGetPair(publicRealm, insideRealm, out int pair)) return Drop(DropReason.NotExposed, nat.Rule);
        ref readonly ExposeView sender = ref SenderOf(Pairs[pair].Sources, packet, out bool mayBegin);
        if (!mayBegin) return Drop(DropReason.NotExposed, sender.Kind == ExposeKind.None ? nat.Rule : sender.Rule);
        if (!TrySetSource(packet, sender, ref decision, out DropReason refused)) return Drop(refused, sender.Rule);
        if (sender.Hides) decision.OriginalConduct = FlowConduct.None;
        return UnderAcl(pair, packet, decision);
    }
}
