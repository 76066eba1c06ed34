using System.Diagnostics.CodeAnalysis;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;

namespace Sluice.Gateway.Explain;

/// <summary>Says what would become of a packet, stage by stage, and which lines of the configuration decide it. Changes nothing; any thread may ask.</summary>
/// <param name="gateway">The gateway: a running one, with its sessions, or one that was composed to be asked.</param>
public sealed class Explainer(ComposedGateway gateway)
{
    /// <summary>Answers a question.</summary>
    /// <param name="question">As written.</param>
    /// <param name="view">The answer.</param>
    /// <param name="problem">Else: what is wrong with the question, as a sentence.</param>
    public bool TryExplain(ExplainQuestion question, [NotNullWhen(true)] out ExplanationView? view, [NotNullWhen(false)] out string? problem)
    {
        view = null;
        if (!ExplainedPacket.TryRead(question, out ExplainedPacket? asked, out problem)) return false;
        if (gateway.Config is not { } config)
        {
            problem = "no configuration is in force yet";
            return false;
        }

        (LinkSpec? link, LinkPort? port) = gateway.Links.FirstOrDefault(l => l.Spec.Name == question.Link);
        if (link is null || port is null)
        {
            problem = $"there is no link '{question.Link}'; there are: {string.Join(", ", config.Gateway.Links.Select(l => l.Name))}";
            return false;
        }

        view = ViewOf(new ExplainContext(gateway, config, link, asked, asked.Packet with { Realm = port.Realm, Link = port.Index }));
        return true;
    }

    private static ExplanationView ViewOf(ExplainContext at)
    {
        PacketForecast forecast = at.Forecast;
        bool isSent = forecast.Verdict == Verdict.Forward;
        string? source = isSent ? SourceStage.Leaves(at) : null;
        string? destination = !isSent ? null : at.Packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 && !forecast.IsReply
            ? $"{forecast.Destination}"
            : at.Endpoint(forecast.Destination, forecast.DestinationPort);
        string? leaves = isSent ? RouteStage.OutOf(at)?.Link.Name : null;
        string words = forecast.Verdict switch
        {
            Verdict.Forward when source!.Contains(' ', StringComparison.Ordinal) => $"leaves by {leaves} to {destination}; its source is {source}",
            Verdict.Forward => $"leaves by {leaves} as {source} > {destination}",
            Verdict.Drop => DropReasonWords.Of(forecast.Reason),
            _ => "left to the host, or answered by the gateway",
        };
        return new ExplanationView(
            at.Asked.Text,
            at.Link.Name,
            at.Realm,
            Stages(at),
            forecast.Verdict.ToString().ToLowerInvariant(),
            forecast.Verdict == Verdict.Drop ? forecast.Reason.ToString() : null,
            words,
            forecast.Session?.Number,
            leaves,
            source,
            destination);
    }

    private static List<StageView> Stages(ExplainContext at)
    {
        var link = new StageView("link", [$"{at.Link.Name} carries packets of realm {at.Realm}"], [new CauseView(at.Link.Place.ToString(), $"link {at.Link.Name}")]);
        if (at.Asked.HasAssumedPort) link = link with { Says = [.. link.Says, $"{at.PortText(at.Packet.SourcePort)} is assumed for the source"] };
        StageView?[] stages = SessionStage.Live(at) is { } live
            ? [link, live, RouteStage.Of(at)]
            : at.Forecast.IsForGroup
                ? [link, DestinationStage.Of(at)]
                : [link, DestinationStage.Of(at), SourceStage.Of(at), RuleStage.Of(at), LeaveStage.Of(at), AclStage.Of(at), SessionStage.Begins(at), RouteStage.Of(at)];
        return [.. stages.OfType<StageView>()];
    }
}
