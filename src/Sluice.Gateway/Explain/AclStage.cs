using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Explain;

/// <summary>What the access list of the peering says of the packet, and of what answers it.</summary>
internal static class AclStage
{
    public static StageView? Of(ExplainContext at)
    {
        // Within one realm no peering lies between the two, and no access list.
        bool isHere = at.Findings.Destination is DestinationFinding.PoolHere or DestinationFinding.TranslatedHere;
        if (isHere || !at.Findings.HasPeer || !at.Findings.MayBegin) return null;
        AclVerdict verdict = at.Policy.Judge(at.Findings.Peer, at.Packet);
        if (verdict.Rule == GatewayPolicy.NoRule) return null;
        var says = new List<string> { $"{Words(verdict)}{(verdict.Logs ? "; a record is due" : "")}" };
        var because = new List<CauseView>();
        if (at.CauseOf(verdict.Rule) is { } cause) because.Add(cause);
        if (!verdict.Denies && at.Forecast.Decision is { Kind: DecisionKind.Session or DecisionKind.Stateless } decision)
        {
            AclVerdict reply = Reply(at, decision);
            says.Add(reply.Denies ? "what answers it is denied: packets go one way" : reply.Rule == verdict.Rule && reply.KeepsFlow
                ? "what answers it passes with it (scope: flow)"
                : "what answers it passes too");
            if (reply.Rule != verdict.Rule && at.CauseOf(reply.Rule) is { } other) because.Add(other with { Text = $"{other.Text}, of what answers" });
        }

        return new StageView("access list", says, because);
    }

    private static string Words(AclVerdict verdict) => (verdict.IsByRule, verdict.Denies) switch
    {
        (true, true) => "a rule denies the packet",
        (true, false) => "a rule allows the packet",
        (false, true) => "no rule matches, and the default denies",
        _ => "no rule matches, and the default lets pass what is exposed",
    };

    private static AclVerdict Reply(ExplainContext at, in Decision decision)
    {
        FirstPacket packet = at.Packet;
        (IpAddress address, ushort port) = decision switch
        {
            { RewritesSource: true } => (decision.Source, decision.SourcePort),
            { SourcePool: not Decision.NoPool } => (at.Policy.Pools[decision.SourcePool].Addresses[0].First, packet.SourcePort),
            _ => (packet.Source, packet.SourcePort),
        };
        var original = new FlowParts(packet.Realm, packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        var reply = new FlowParts(decision.RealmTo, packet.Protocol, at.Forecast.Destination, at.Forecast.DestinationPort, address, port);
        return at.Policy.JudgeReply(original, reply, decision.Rule);
    }
}
