using System.Globalization;
using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Objects;
using Sluice.Sessions;
using SessionView = Sluice.Gateway.Views.SessionView;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat session and show cnat timestamp: counts alone, or sessions with their directions, rewrites and times.</summary>
/// <param name="gateway">The gateway.</param>
internal sealed class SessionAnswer(ComposedGateway gateway)
{
    // A session is always both of its directions.
    private const int References = 2;

    private readonly SessionReader reader = new(gateway);

    /// <summary>show cnat session.</summary>
    public IEnumerable<string> Sessions(CommandQuestion question)
    {
        SessionCounts counts = gateway.Engine.Store.Count();
        if (question.Verbosity == 0)
        {
            yield return Count(counts.Total);
            yield return string.Create(CultureInfo.InvariantCulture,
                $"  tcp established {counts.TcpEstablished}, tcp transitory {counts.TcpTransitory}, udp {counts.Udp}, icmp {counts.Icmp}, other {counts.Other}");
            yield break;
        }

        SessionFacts[] shown = [.. Meant(question)];
        foreach (SessionFacts session in shown)
        {
            SessionView view = session.ToView();
            yield return string.Create(CultureInfo.InvariantCulture,
                $"[{view.Id}] {view.Protocol} {view.Source} -> {view.Destination} as {view.TranslatedSource} -> {view.TranslatedDestination}  {view.State}, ends in {view.ExpiresInSeconds:0.#} s, {Rule(view)}");
            if (question.Return)
                yield return $"[{view.Id}] {view.Protocol} {view.TranslatedDestination} -> {view.TranslatedSource} as {view.Destination} -> {view.Source}  return";
            if (question.Verbosity > 1)
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"  {view.From} to {view.To}, age {view.AgeSeconds:0.#} s, idle {view.IdleSeconds:0.#} s, {view.Original.Packets} packets {view.Original.Bytes} bytes, return {view.Reply.Packets} packets {view.Reply.Bytes} bytes");
            }
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{shown.Length} shown of {Count(counts.Total)}");
    }

    /// <summary>show cnat timestamp.</summary>
    public IEnumerable<string> Timestamps(CommandQuestion question)
    {
        if (question.Verbosity > 0)
        {
            foreach (SessionFacts session in reader.All().OrderBy(static session => session.Session.Number))
            {
                SessionView view = session.ToView();
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"[{view.Id}] last seen {view.IdleSeconds:0.#} s ago, lifetime {view.IdleSeconds + view.ExpiresInSeconds:0.#} s, refs {References}");
                if (question.Verbosity == 1) continue;
                yield return $"  forward {view.Source} -> {view.Destination} as {view.TranslatedSource} -> {view.TranslatedDestination}";
                yield return $"  return {view.TranslatedDestination} -> {view.TranslatedSource} as {view.Destination} -> {view.Source}";
            }
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{Count(gateway.Engine.Store.Count().Total)}, room for {gateway.Engine.Options.Capacity}");
    }

    // By number, so that equal questions have equal answers.
    private IEnumerable<SessionFacts> Meant(CommandQuestion question)
    {
        if (question.References is not (null or References)) return [];
        SessionFilter filter = SessionFilter.Everything;
        if (question.Address is { } address)
            filter = filter.And((in SessionFacts s) => s.Session.Original.Source == address || s.Session.Original.Destination == address || s.Session.Reply.Source == address || s.Session.Reply.Destination == address);
        if (question.Port is { } port)
        {
            filter = filter.And((in SessionFacts s) =>
                s.Session.Original.SourcePort == port || s.Session.Original.DestinationPort == port || s.Session.Reply.SourcePort == port || s.Session.Reply.DestinationPort == port);
        }

        if (question.Protocol is { } protocol) filter = filter.And((in SessionFacts s) => s.Session.Original.Protocol == protocol);
        if (question.OfDefaultRealm) filter = filter.And(static (in SessionFacts s) => s.From == ConfigSet.DefaultRealm);
        return new SessionQuery(filter, SessionOrder.Number, question.Max).Of(reader.All());
    }

    private static string Rule(SessionView view) => view.Rule.Length == 0 ? "no rule" : view.Rule;

    private static string Count(long sessions) => sessions == 1 ? "1 session" : string.Create(CultureInfo.InvariantCulture, $"{sessions} sessions");
}
