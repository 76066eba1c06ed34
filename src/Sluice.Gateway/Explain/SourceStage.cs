using Sluice.Config.Documents;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;
using MappingView = Sluice.Sessions.MappingView;

namespace Sluice.Gateway.Explain;

/// <summary>Whether the sender may speak to where the destination leads, and what its source becomes.</summary>
internal static class SourceStage
{
    public static StageView? Of(ExplainContext at)
    {
        if (!at.Findings.HasPeer) return null;
        string towards = at.RealmName(at.Findings.Peer);
        if (at.SourceExpose is not { } found || !at.Findings.MayBegin) return Hidden(at, towards);
        CauseView line = ConfigPlaces.Private(found, at.Packet.Source);
        return found.Expose.Nat switch
        {
            NatKind.Static => Say(at, $"towards {towards} it is {Fixed(at)}, one to one", line),
            NatKind.PortForward => Say(at, $"{Fixed(at)} is forwarded to it towards {towards}, so it is seen as that", ConfigPlaces.Whole(found), line),
            NatKind.Masquerade => Masqueraded(at, found, towards, line),
            _ => Say(at, found.Expose.IsDefault ? $"{towards} sees it as it is, like everything that nothing else covers" : $"{towards} sees it as it is", line),
        };
    }

    /// <summary>The source endpoint as it leaves; where a pool gives it, what it may be.</summary>
    public static string Leaves(ExplainContext at) => at.Forecast.Session is { } session
        ? at.Forecast.IsReply
            ? at.Endpoint(session.Original.Destination, session.Original.DestinationPort)
            : at.Endpoint(session.Reply.Destination, session.Reply.DestinationPort)
        : at.Forecast.Decision switch
        {
            { RewritesSource: true } => Fixed(at),
            { SourcePool: not Decision.NoPool } decision => Mapped(at) ?? Drawn(at, at.Policy.Pools[decision.SourcePool]),
            _ => at.Asked.SourceText,
        };

    private static StageView Hidden(ExplainContext at, string towards)
    {
        ExposeOfEnd[] about = [.. at.Places.AboutPrivate(at.Realm, towards, at.Packet.Source)];
        bool hasForwards = about.Any(found => found.Expose.Nat == NatKind.PortForward);
        string sentence = hasForwards
            ? $"{at.Realm} exposes it to {towards} by forwards alone: it is reached, and begins nothing"
            : $"{at.Realm} does not expose it to {towards}";
        IEnumerable<CauseView> because = about.Select(found => ConfigPlaces.Mention(found, at.Packet.Source));
        if (about.Length == 0 && at.Places.EndOf(at.Realm, towards) is { } end) because = [end];
        return Say(at, sentence, [.. because]);
    }

    private static StageView Masqueraded(ExplainContext at, ExposeOfEnd found, string towards, CauseView line)
    {
        if (at.Forecast.Decision is not { SourcePool: not Decision.NoPool and var number })
        {
            string not = at.Forecast.Reason == DropReason.UnsupportedProtocol ? ", which only TCP, UDP and ICMP queries can be" : "";
            return Say(at, $"towards {towards} it is masqueraded{not}", line);
        }

        PoolDefinition pool = at.Policy.Pools[number];
        string becomes = Mapped(at) is { } mapped
            ? $"towards {towards} it is masqueraded, and has {mapped} already"
            : $"towards {towards} it is masqueraded: it becomes {Drawn(at, pool)}";
        CauseView[] because = [line, .. found.Expose.Spec.As.Where(static entry => !entry.IsExclusion).Select(static entry => new CauseView(entry.Place.ToString(), $"public addresses {entry.Addresses}"))];
        return Say(at, becomes, because);
    }

    // The public endpoint that the sender has already, where its mappings don't depend on whom it speaks to.
    internal static string? Mapped(ExplainContext at)
    {
        FirstPacket packet = at.Packet;
        ushort realm = at.Forecast.Decision is { SourceNat: not 0 } ? at.Forecast.RealmTo : at.Findings.Peer;
        foreach (MappingView mapping in at.Gateway.Engine.Store.Mappings(at.Gateway.Engine.Clock.Now))
        {
            if (mapping.Index != NewSession.NoMapping && mapping.InsideRealm == packet.Realm && mapping.PublicRealm == realm && mapping.Protocol == packet.Protocol
                && mapping.Inside == packet.Source && mapping.InsidePort == packet.SourcePort)
                return at.Endpoint(mapping.Public, mapping.PublicPort);
        }

        return null;
    }

    internal static string Drawn(ExplainContext at, PoolDefinition pool)
    {
        string addresses = string.Join(", ", pool.Addresses);
        if (pool.Addresses.Length > 1 || pool.Addresses[0].Span > 0) addresses = $"one of {addresses}";
        bool isQuery = at.Packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        string what = isQuery ? "identifier" : "port";
        bool isKept = pool.Profile.PreservePort && (isQuery || pool.Profile.Ports.Contains(at.Packet.SourcePort));
        string range = isQuery ? "any" : $"one of {pool.Profile.Ports}";
        return isKept ? $"{addresses}, {what} {at.Packet.SourcePort} where it is free" : $"{addresses}, {what} {range}";
    }

    internal static string Fixed(ExplainContext at) =>
        at.Forecast.Decision is { RewritesSource: true } decision ? at.Endpoint(decision.Source, decision.SourcePort) : "a fixed public endpoint";

    private static StageView Say(ExplainContext at, string sentence, params CauseView[] because) => new("source", [$"{at.Asked.SourceText}: {sentence}"], because);
}
