using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Explain;

/// <summary>What is remembered of the packet, and for how long.</summary>
internal static class SessionStage
{
    /// <summary>The live session that the packet is of.</summary>
    public static StageView? Live(ExplainContext at)
    {
        if (at.Forecast.Session is not { } session) return null;
        bool isOfNow = session.Generation == at.Forecast.Rules.Generation;
        CauseView[] because = isOfNow && at.CauseOf(session.Rule) is { } cause ? [cause] : [];
        string began = $"{at.Endpoint(session.Original.Source, session.Original.SourcePort)} of {at.RealmName(session.Original.Realm)} began it";
        string denied = at.Forecast.IsDenied ? "; the access list denies this direction, so the packet ends it" : "";
        return new StageView("live session",
        [
            $"session {session.Number} ({EndpointText.Protocol(session.Original.Protocol)}, {EndpointText.State(session.State)}): {began}{(at.Forecast.IsReply ? ", and this packet answers" : "")}{denied}",
            $"idle {TimeText.Span(session.IdleMilliseconds)} of {TimeText.Span(session.IdleLimitMilliseconds)}{(isOfNow ? "" : "; the configuration in force judges it on its next packet")}",
        ], because);
    }

    /// <summary>What a first packet begins.</summary>
    public static StageView? Begins(ExplainContext at) => at.Forecast.Decision switch
    {
        // What has no ports is remembered by its addresses where a rule keeps its flow.
        { Kind: DecisionKind.Stateless, HasAcl: true } decision when at.Policy.Judge(at.Findings.Peer, at.Packet).KeepsFlow => Session(at, decision),
        { Kind: DecisionKind.Stateless } => new StageView("session", ["none: each packet is judged by itself, in both directions"], []),
        { Kind: DecisionKind.Route } when at.Forecast.Way is not null => new StageView("session", ["none: within a realm packets are routed"], []),
        { Kind: DecisionKind.Session } decision => Session(at, decision),
        _ => null,
    };

    private static StageView Session(ExplainContext at, in Decision decision)
    {
        string times = Times(at.Policy.Timers[decision.Timers], at.Packet.Protocol);
        string first = at.Forecast.Reason switch
        {
            DropReason.MidstreamTcp => "TCP begins a session with a SYN alone; this packet is of none that lives",
            DropReason.FilteredInbound => "the mapping's filtering does not admit this sender: its host has not spoken to it",
            _ => $"one is made; {times}",
        };
        List<string> says = [first];
        if (at.Forecast.Mapping is not null && decision.SourcePool != Decision.NoPool && at.Forecast.Verdict == Verdict.Forward)
            says.Add("whether the mapping admits the sender (its filtering) shows when the sender's public endpoint is drawn");
        ExposeOfEnd? found = new[] { at.DestinationExpose, at.SourceExpose }.FirstOrDefault(one => one?.Expose.IsStateful == true);
        return new StageView("session", says, found is null ? [] : [.. Causes(at, found.Expose)]);
    }

    private static IEnumerable<CauseView> Causes(ExplainContext at, Expose expose)
    {
        NatProfileDocument profile = at.Config.ProfileOf(expose);
        if (expose.Spec.Nat is { IdleTimeout: { } idle } nat) yield return new CauseView(nat.Place.ToString(), $"idleTimeout {TimeText.Span((uint)idle.TotalMilliseconds)}");
        if (at.Config.Profiles.Contains(profile)) yield return new CauseView(profile.Place.ToString(), $"NatProfile {profile.Name}");
    }

    private static string Times(in TimerSet timers, byte protocol) => protocol switch
    {
        IpProtocol.Tcp or IpProtocol.Sctp => $"it ends after {TimeText.Span(timers.TcpHalfOpen)} half-open, {TimeText.Span(timers.TcpEstablished)} established, {TimeText.Span(timers.TcpClosing)} closing",
        IpProtocol.Icmp or IpProtocol.IcmpV6 => $"it ends after {TimeText.Span(timers.Icmp)} of silence",
        _ => $"it ends after {TimeText.Span(timers.Udp)} of silence",
    };
}
