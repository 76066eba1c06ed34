using Sluice.Packets;
using Sluice.Sessions;

namespace Sluice.Policy;

public sealed partial class GatewayPolicy
{
    // By the number of a pair: what its packets are put to; null or missing where the peering has no list.
    internal AclList?[] Acls { get; init; } = [];

    /// <summary>
    /// Whether the packets that answer a new session are denied while those of its own direction are allowed. Asked once, when the session is made or confirmed.
    /// </summary>
    /// <param name="original">The first packet's tuple.</param>
    /// <param name="reply">The tuple of the packets that come back, as they arrive.</param>
    /// <param name="rule">The rule that decided on the first packet: <see cref="Decision.Rule"/>.</param>
    public bool IsReplyDenied(in FlowParts original, in FlowParts reply, uint rule) => JudgeReply(original, reply, rule).Denies;

    /// <summary>What the access list says of the packets that answer a session; see <see cref="IsReplyDenied"/>.</summary>
    public AclVerdict JudgeReply(in FlowParts original, in FlowParts reply, uint rule)
    {
        AclVerdict verdict = Judge(original.Realm, FirstPacket.Of(reply));
        if (verdict.IsByRule || !TryGetPair(original.Realm, reply.Realm, out int pair) || ListOf(pair) is not { } list) return verdict;

        // The rule that allowed the flow speaks for its answers where none speaks of them.
        return list.Rules.KeepsFlow(rule) ? new AclVerdict(rule, AclTraits.KeepsFlow) : verdict;
    }

    /// <summary>
    /// What the access list says of a packet by itself. An ICMP error is judged by this for the packet that it quotes, as the quoted packet's sender sent it:
    /// an error about a packet that may pass may pass.
    /// </summary>
    /// <param name="to">The realm that the packet goes to.</param>
    /// <param name="packet">The packet as its sender sends it, before all translation.</param>
    public AclVerdict Judge(ushort to, in FirstPacket packet) =>
        TryGetPair(packet.Realm, to, out int pair) && ListOf(pair) is { } list ? list.Judge(packet) : default;

    private AclList? ListOf(int pair) => (uint)pair < (uint)Acls.Length ? Acls[pair] : null;

    /// <summary>Puts a packet that exposes let pass to the access list of its pair.</summary>
    /// <param name="pair">The number of the pair from the packet's realm to the one that it goes to.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="decision">What the exposes decided.</param>
    private Decision UnderAcl(int pair, in FirstPacket packet, in Decision decision) =>
        ListOf(pair) is { } list && decision.Kind is DecisionKind.Stateless or DecisionKind.Session ? UnderAclSlow(list, packet, decision) : decision;

    private static Decision UnderAclSlow(AclList list, in FirstPacket packet, Decision decision)
    {
        decision.HasAcl = true;
        if (packet.IsError) return decision;
        AclVerdict verdict = list.Judge(packet);
        if (verdict.Denies)
        {
            Decision allowed = decision;
            decision = Drop(DropReason.AclDenied, verdict.Rule);
            decision.RealmTo = allowed.RealmTo;
            decision.HasAcl = true;
            decision.InSilence = allowed is { Kind: DecisionKind.Session, RewritesDestination: true, SourcePool: Decision.NoPool };
        }

        decision.Log = verdict.Logs;
        if (verdict.IsByRule) decision.Rule = verdict.Rule;

        // Of what has no ports only the dataplane knows whether it can be remembered: a fragment can't.
        if (verdict.KeepsFlow && packet.HasPorts && decision.Kind == DecisionKind.Stateless)
        {
            decision.Kind = DecisionKind.Session;
            decision.OriginalConduct &= ~FlowConduct.Cache;
            decision.ReplyConduct &= ~FlowConduct.Cache;
        }

        return decision;
    }
}
