using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.SourceNats;

namespace Sluice.Gateway.Explain;

/// <summary>Which source-NAT policy covers what leaves, or why none does.</summary>
internal static class LeaveStage
{
    public static StageView? Of(ExplainContext at)
    {
        if (at.Forecast is not { Decision: { } decision, IsForHost: false }) return null;
        if (decision.SourceNat != 0) return Covered(at, decision, at.Policy.SourceNats[decision.SourceNat - 1]);
        if (at.Forecast.Way?.Route is null) return null;
        List<string> says = [];
        List<CauseView> because = [];
        for (int place = 0; place < at.Policy.SourceNats.Count; place++)
        {
            SourceNat policy = at.Policy.SourceNats[place];
            if (policy.Realm != at.Packet.Realm) continue;
            says.Add($"{policy.Name} {Why(at, decision, at.Forecast.Rules.ExplainLeaving(at.Packet, decision, place))}");
            if (at.CauseOf(policy.Rule) is { } cause) because.Add(cause);
        }

        if (IsRemembered(at, decision)) says.Add("it is remembered untranslated, so that what answers it is told from other packets");
        return says.Count == 0 ? null : new StageView("source NAT", says, because);
    }

    private static StageView Covered(ExplainContext at, in Decision decision, SourceNat policy)
    {
        CauseView[] because = at.CauseOf(policy.Rule) is { } cause ? [cause] : [];
        string becomes = decision switch
        {
            { Kind: DecisionKind.Drop, Reason: DropReason.PoolExhausted } => $"no address of {Family(at.Packet.Source)} is known that it could have",
            { Kind: DecisionKind.Drop } => "what has no ports can't share an address",
            { SourcePool: not Decision.NoPool } => SourceStage.Mapped(at) is { } mapped ? $"it has {mapped} already" : $"it becomes {SourceStage.Drawn(at, at.Policy.Pools[decision.SourcePool])}",
            { RewritesSource: true } => $"its prefix is replaced: it becomes {SourceStage.Fixed(at)}",
            _ when at.Forecast.Mapping is not null => "the destination is its public endpoint",
            _ => "its destination is redirected, and its source stays",
        };
        return new StageView("source NAT", [$"{at.Asked.SourceText} leaves under {policy.Name}: {becomes}"], because);
    }

    private static string Why(ExplainContext at, in Decision decision, LeavingFinding finding) => finding switch
    {
        LeavingFinding.LinkNotListed => $"does not list link {at.Link.Name} for {Family(at.Packet.Source)}",
        LeavingFinding.Excluded => $"excludes {at.Forecast.Destination}",
        LeavingFinding.SameLink => "does not cover what leaves by the link that it came in by",
        LeavingFinding.DecidedBefore => decision is { RewritesSource: true } or { SourcePool: not Decision.NoPool } ? "is not asked: its source is decided already" : "is not asked",
        _ => "has no line that takes its source",
    };

    private static bool IsRemembered(ExplainContext at, in Decision decision) =>
        decision is { Kind: DecisionKind.Session, Backend: 0, HasAcl: false, RewritesSource: false, RewritesDestination: false, SourcePool: Decision.NoPool } && at.Forecast.Mapping is null;

    private static string Family(in IpAddress address) => address.IsV4 ? "IPv4" : "IPv6";
}
