using Sluice.Packets;
using Sluice.Policy.Kinds;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    /// <summary>The rules of documents of added kinds, in the order in which they are asked.</summary>
    public IReadOnlyList<NatRule> NatRules => AddedRules;

    // By the number in a Destination.
    internal NatRule[] AddedRules { get; init; } = [];

    // By realm number: the rules that are asked for what leaves it, in order.
    internal NatRule[][] LeavingRules { get; init; } = [];

    /// <summary>The rule of an added kind that has a number among <see cref="Rules"/>; null where it is another's.</summary>
    /// <remarks>Their numbers follow each other.</remarks>
    public NatRule? NatRuleOf(uint rule) => AddedRules.Length > 0 && rule - AddedRules[0].Number < AddedRules.Length ? AddedRules[rule - AddedRules[0].Number] : null;

    private static Decision Arrive(in FirstPacket packet, NatRule rule)
    {
        var decision = new Decision
        {
            Kind = DecisionKind.Drop,
            Reason = DropReason.NotExposed,
            RealmTo = packet.Realm,
            SourcePool = Decision.NoPool,
            InSilence = true,
        };
        rule.Arrive(packet, ref decision);
        decision.Rule = rule.Number;
        decision.Timers = rule.Timers;
        return decision;
    }

    // What the rule would decide otherwise is ended, unless it says that the session's own endpoints are as good.
    private Revalidation RedecideByRule(in LiveSession live, in FirstPacket first, NatRule rule, ref Decision decision)
    {
        if (decision.Kind == DecisionKind.Drop) return Revalidation.Forbidden;
        bool isSame = decision.Kind != DecisionKind.Route && decision.RealmTo == live.Reply.Realm && LeadsToSameEndpoint(live, decision) && HasSameSource(live, first, decision);
        return isSame || rule.Keeps(live, ref decision) ? Revalidation.Kept : Revalidation.Changed;
    }

    private bool HasSameSource(in LiveSession live, in FirstPacket first, in Decision decision) => decision.SourcePool == Decision.NoPool
        ? !live.HasPublicSource && HasFixedSource(live, first, decision)
        : live.HasPublicSource && PoolHas(decision.SourcePool, live.Reply.Destination);

    // Of what a rule changed it is the rule that decided; what it leaves alone stays somebody else's. An access list's rule says more: whether answers pass depends on it.
    private void LeaveByRules(in FirstPacket packet, int linkOut, ref Decision decision)
    {
        foreach (NatRule rule in packet.Realm < LeavingRules.Length ? LeavingRules[packet.Realm] : [])
        {
            if (decision.Kind is not (DecisionKind.Route or DecisionKind.Stateless or DecisionKind.Session)) return;
            Decision before = decision;
            rule.Leave(packet, linkOut, ref decision);
            if (!IsChanged(before, decision)) continue;
            if (!decision.HasAcl) decision.Rule = rule.Number;
            if (before.Kind != DecisionKind.Session) decision.Timers = rule.Timers;
        }
    }

    private static bool IsChanged(in Decision before, in Decision after) =>
        before.Kind != after.Kind || before.RewritesSource != after.RewritesSource || before.RewritesDestination != after.RewritesDestination
        || before.SourcePool != after.SourcePool || before.RealmTo != after.RealmTo
        || before.Source != after.Source || before.SourcePort != after.SourcePort
        || before.Destination != after.Destination || before.DestinationPort != after.DestinationPort;
}
