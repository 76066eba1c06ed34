using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Explain;

/// <summary>What becomes of a packet to a virtual IP: which backend it gets, and why that one.</summary>
internal static class ServiceStage
{
    public static StageView Of(ExplainContext at)
    {
        string leads = $"{at.Asked.DestinationText} is a virtual IP: {at.Policy.Rules[(int)at.Findings.DestinationRule].Name}";
        CauseView[] because = at.CauseOf(at.Findings.DestinationRule) is { } cause ? [cause] : [];
        if (at.Forecast is { Reason: DropReason.NoBackend }) return new StageView("destination", [leads, "no backend of it can be had"], because);
        if (at.Forecast.Decision is not { Kind: DecisionKind.Session } decision || !at.Policy.TryGetBackend(decision.Backend, out VirtualService? service, out _))
            return new StageView("destination", [leads], because);

        string backend = at.Endpoint(at.Forecast.Destination, at.Forecast.DestinationPort);
        if (decision.IsRoutedBy) backend = $"{decision.RouteBy}, which gets it as it is";
        string ofHow = service!.Backends.Length == 1 ? "its one backend is" : $"of {service.Backends.Length} backends its hash chooses";
        List<string> says = [leads];
        if (at.Forecast.AffinityMilliseconds is { } left)
            says.Add($"{at.Packet.Source} had {backend} last and keeps that for {TimeText.Span(left)} more, or anew after each session that it begins");
        else if (service.Affinity is { } lasts)
            says.Add($"{ofHow} {backend}, which {at.Packet.Source} then keeps for {TimeText.Span((uint)lasts.TotalMilliseconds)} after its last new session");
        else
            says.Add($"{ofHow} {backend}");
        return new StageView("destination", says, because);
    }
}
