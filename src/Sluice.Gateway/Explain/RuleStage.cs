using Sluice.Gateway.Views;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>What a rule of an added kind makes of a packet that leaves its realm.</summary>
internal static class RuleStage
{
    public static StageView? Of(ExplainContext at)
    {
        if (at.Forecast.Decision is not { } decision || at.Policy.NatRuleOf(decision.Rule) is not { } rule) return null;

        // The same rule has said what becomes of the destination.
        bool wasSaid = at.Findings is { Destination: DestinationFinding.Ruled } findings && findings.DestinationRule == rule.Number;
        bool changesSource = decision.RewritesSource || decision.SourcePool != Decision.NoPool;
        if (wasSaid && !changesSource) return null;
        string name = at.Policy.Rules[(int)rule.Number].Name;
        List<string> says = [$"{at.Asked.SourceText}: {name} {Does(at, decision)}"];
        if (!wasSaid && rule.Explain(at.Packet, decision) is { } own) says.Add(own);
        return new StageView("leaving", says, at.CauseOf(rule.Number) is { } cause ? [cause] : []);
    }

    private static string Does(ExplainContext at, in Decision decision) => decision switch
    {
        { Kind: DecisionKind.Drop } => "refuses it",
        { RewritesSource: true } => $"sends it as {at.Endpoint(decision.Source, decision.SourcePort)}",
        { SourcePool: not Decision.NoPool } => $"sends it from {string.Join(", ", at.Policy.Pools[decision.SourcePool].Addresses)}",
        { RewritesDestination: true } => $"leads it to {at.Endpoint(decision.Destination, decision.DestinationPort)}",
        _ => "lets it pass",
    };
}
