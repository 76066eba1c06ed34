using System.Globalization;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>A packet's tuple, as its realm sees it.</summary>
internal sealed record MixedTuple(char Realm, string Protocol, string Source, int SourcePort, string Destination, int DestinationPort)
{
    public MixedTuple Answer(char realm) => new(realm, Protocol, Destination, DestinationPort, Source, SourcePort);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Realm} {Protocol} {Source}:{SourcePort} > {Destination}:{DestinationPort}");
}

/// <summary>What became of a packet: its verdict, and where and as what it left.</summary>
internal sealed record MixedOutcome(string Verdict, string? Link, MixedTuple? Tuple)
{
    public override string ToString() => Tuple is null ? Verdict : $"{Verdict} by {Link} as {Tuple}";
}

/// <summary>A session as the oracle remembers it.</summary>
internal sealed record MixedSession(MixedTuple Original, MixedTuple Sent, MixedTuple Answer, MixedService? Service, MixedBackend? Backend)
{
    /// <summary>What an answer becomes.</summary>
    public MixedTuple Restored => Original.Answer(Original.Realm);

    /// <summary>A direct backend gets packets that are for another address.</summary>
    public string LinkOut => MixedNet.LinkOf(Sent.Realm, Backend is { Direct: true } ? Backend.Address : Sent.Destination);

    public bool IsTranslated => (Original.Source, Original.SourcePort, Original.Destination, Original.DestinationPort) != (Sent.Source, Sent.SourcePort, Sent.Destination, Sent.DestinationPort);
}

/// <summary>Reads a configuration naively and tells whether what became of a packet is right. It remembers sessions in a dictionary, and learns from what it sees only what a gateway is free to choose.</summary>
internal sealed class MixedOracle
{
    private readonly Dictionary<MixedTuple, MixedSession> sessions = [];
    private readonly Dictionary<(string Service, string Client), MixedBackend> pins = [];

    public required MixedNet Net { get; set; }

    public IReadOnlyCollection<MixedSession> Sessions => [.. sessions.Values.Distinct()];

    public void Forget(MixedSession session)
    {
        sessions.Remove(session.Original);
        sessions.Remove(session.Answer);
    }

    /// <summary>Takes another configuration: a client keeps its backend as long as that is active in each.</summary>
    public void Reload(MixedNet next)
    {
        Net = next;
        foreach (((string name, string client), MixedBackend backend) in pins.ToList())
            if (!next.Services.Any(s => s.Name == name && s.HasAffinity && s.Backends.Any(b => b.IsActive && b.IsSamePlace(backend)))) pins.Remove((name, client));
    }

    /// <summary>What is wrong with an outcome; null where nothing is.</summary>
    public string? Judge(MixedTuple packet, string link, bool begins, MixedOutcome outcome)
    {
        if (sessions.TryGetValue(packet, out MixedSession? session)) return Follows(packet, session, outcome);
        if (packet.Realm == 'b') return FromPeer(packet, begins, outcome);
        if (Net.ServiceAt(packet.Destination, packet.DestinationPort, packet.Protocol) is { } service) return Served(packet, link, begins, service, outcome);
        if (Net.IsVip(packet.Destination)) return Dropped(outcome, "NotExposed");
        if (packet.Destination is "10.0.0.1" or "20.0.0.254" or "198.51.100.1") return outcome.Verdict == "consume" ? null : "it is the host's";
        if (Net.Source?.Has(packet.Destination) == true) return ToPublic(packet, begins, outcome);
        return packet.Destination.StartsWith("10.1.0.", StringComparison.Ordinal) ? ToPeer(packet, begins, outcome) : Routed(packet, link, begins, outcome);
    }

    private static string? Follows(MixedTuple packet, MixedSession session, MixedOutcome outcome)
    {
        (MixedTuple expected, string link) = packet == session.Original ? (session.Sent, session.LinkOut) : (session.Restored, MixedNet.LinkOf(session.Restored.Realm, session.Restored.Destination));
        return outcome.Tuple == expected && outcome.Link == link ? null : $"its session says {expected} by {link}";
    }

    private string? Served(MixedTuple packet, string link, bool begins, MixedService service, MixedOutcome outcome)
    {
        if (service.Usable.Length == 0) return Dropped(outcome, "NoBackend");
        if (!begins) return Dropped(outcome, "MidstreamTcp");
        if (outcome.Tuple is not { } sent) return "a backend is there";
        MixedBackend? pinned = service.HasAffinity && pins.TryGetValue((service.Name, packet.Source), out MixedBackend? pin) ? Array.Find(service.Backends, b => b.IsActive && b.IsSamePlace(pin)) : null;
        foreach (MixedBackend backend in pinned is null ? service.Usable : [pinned])
        {
            bool isThere = backend.Direct
                ? sent.Destination == packet.Destination && sent.DestinationPort == packet.DestinationPort && outcome.Link == MixedNet.LinkOf(backend.Address)
                : sent.Destination == backend.Address && sent.DestinationPort == service.PortAt(backend, packet.DestinationPort) && outcome.Link == MixedNet.LinkOf(backend.Address);
            if (!isThere || !IsSeenRightly(packet, link, backend, sent)) continue;
            pins[(service.Name, packet.Source)] = backend;
            return Learn(packet, sent, service, backend);
        }

        return pinned is null ? "no usable backend has that" : $"its client has {pinned.Address}";
    }

    private bool IsSeenRightly(MixedTuple packet, string link, MixedBackend backend, MixedTuple sent)
    {
        if (backend.Source is { } source) return sent.Source == source;
        if (packet.Realm == 'a' && !backend.Direct && Net.Covers(packet.Source, link, backend.Address)) return Net.Source!.Has(sent.Source);
        return sent.Source == (!backend.Direct && backend.Address == packet.Source ? packet.Destination : packet.Source);
    }

    private string? Routed(MixedTuple packet, string link, bool begins, MixedOutcome outcome)
    {
        string linkOut = MixedNet.LinkOf(packet.Destination);
        bool isCovered = Net.Covers(packet.Source, link, packet.Destination) && (linkOut != link || Net.Source!.SaysWhichLinks);
        if (linkOut == link && !isCovered) return Dropped(outcome, "NotExposed");
        if (packet.Protocol == "gre") return isCovered ? Dropped(outcome, "UnsupportedProtocol") : outcome.Tuple == packet && outcome.Link == linkOut ? null : "it is routed";
        if (isCovered && !begins) return Dropped(outcome, "MidstreamTcp");
        if (outcome.Tuple is not { } sent || outcome.Link != linkOut || sent.Destination != packet.Destination || sent.DestinationPort != packet.DestinationPort) return $"it is routed by {linkOut}";
        if (isCovered) return Net.Source!.Has(sent.Source) ? Learn(packet, sent) : "its source is covered";
        if (sent.Source != packet.Source) return "its source isn't covered";
        bool isRemembered = begins && (Net.IsBackend(packet.Destination, packet.DestinationPort, packet.Protocol) || Net.CoversAnswer(packet.Source, link, packet.Destination));
        if (isRemembered) return Learn(packet, sent);
        if (sent != packet) return "nothing asks for another port";
        return begins && sessions.TryGetValue(sent.Answer('a'), out MixedSession? owner) && owner.IsTranslated ? $"its answer would be taken for {owner.Answer}" : null;
    }

    private string? ToPeer(MixedTuple packet, bool begins, MixedOutcome outcome)
    {
        int host = packet.Source.StartsWith("10.0.0.", StringComparison.Ordinal) ? int.Parse(packet.Source[7..], CultureInfo.InvariantCulture) : 255;
        if (host >= 128 && host < 144) return outcome.Tuple == packet with { Realm = 'b', Source = $"203.0.113.{host - 64}" } ? null : "it is one to one";
        if (host >= 160 && host < 176) return ToPeerAsItIs(packet, begins, outcome);
        if (host > 15) return outcome.Tuple is null ? null : "it isn't shown to the peer";
        if (packet.Protocol == "gre") return Dropped(outcome, "UnsupportedProtocol");
        if (!begins) return Dropped(outcome, "MidstreamTcp");
        if (outcome.Tuple is not { } sent) return "a port is free";
        string? forwarded = host == 3 && packet.SourcePort is >= 50 and < 55 ? "203.0.113.9" : null;
        bool isRight = forwarded is null ? sent.Source is "203.0.113.0" or "203.0.113.1" or "203.0.113.2" or "203.0.113.3" : sent.Source == forwarded && sent.SourcePort == packet.SourcePort + 6950;
        return isRight && sent.Destination == packet.Destination && sent.DestinationPort == packet.DestinationPort ? Learn(packet, sent) : "it is masqueraded";
    }

    private string? ToPeerAsItIs(MixedTuple packet, bool begins, MixedOutcome outcome)
    {
        if (Net.Source?.Takes(packet.Source, packet.Destination, "a0", "b0") != true) return outcome.Tuple == packet with { Realm = 'b' } ? null : "it is plainly shown";
        if (packet.Protocol == "gre") return Dropped(outcome, "UnsupportedProtocol");
        if (!begins) return Dropped(outcome, "MidstreamTcp");
        return outcome.Tuple is { } sent && Net.Source.Has(sent.Source) && sent.Destination == packet.Destination && sent.DestinationPort == packet.DestinationPort ? Learn(packet, sent) : "its source is covered";
    }

    private string? FromPeer(MixedTuple packet, bool begins, MixedOutcome outcome)
    {
        if (packet.Destination == "10.1.0.1") return outcome.Verdict == "consume" ? null : "it is the host's";
        if (!packet.Source.StartsWith("10.1.0.", StringComparison.Ordinal)) return outcome.Tuple is null ? null : "its sender isn't shown";
        if (packet.Destination.StartsWith("30.0.0.", StringComparison.Ordinal))
        {
            if (Net.ServiceAt(packet.Destination, packet.DestinationPort, packet.Protocol) is { } service) return Served(packet, "b0", begins, service, outcome);
            if (Net.IsVip(packet.Destination)) return Dropped(outcome, "NotExposed");
            return outcome.Tuple is null || outcome.Tuple == packet with { Realm = 'a' } ? null : "it is plainly shown";
        }

        if (packet.Destination.StartsWith("10.0.0.16", StringComparison.Ordinal))
        {
            if (outcome.Tuple != packet with { Realm = 'a' }) return "it is plainly shown";
            return begins && packet.Protocol != "gre" && Net.Source?.Takes(packet.Destination, packet.Source, "a0", "b0") == true ? Learn(packet, outcome.Tuple) : null;
        }

        if (Net.Source?.Has(packet.Destination) == true) return ToPublic(packet, begins, outcome);
        if (!packet.Destination.StartsWith("203.0.113.", StringComparison.Ordinal)) return outcome.Tuple is null ? null : "that isn't shown to the peer";
        int last = int.Parse(packet.Destination[10..], CultureInfo.InvariantCulture);
        if (last is >= 64 and < 80) return outcome.Tuple == packet with { Realm = 'a', Destination = $"10.0.0.{last + 64}" } ? null : "it is one to one";
        if (last == 9 && packet.Protocol != "gre" && packet.DestinationPort is >= 7000 and < 7005)
        {
            if (!begins) return Dropped(outcome, "MidstreamTcp");
            return outcome.Tuple is { Destination: "10.0.0.3" } sent && sent.DestinationPort == packet.DestinationPort - 6950 && sent.Source == packet.Source ? Learn(packet, sent) : "it is forwarded";
        }

        return ToPublic(packet, begins, outcome);
    }

    // Towards a public endpoint without a session of one's own: a mapping may let in whoever its owner spoke to.
    private string? ToPublic(MixedTuple packet, bool begins, MixedOutcome outcome)
    {
        if (outcome.Tuple is not { } sent) return null;
        bool isKnown = begins && sessions.Values.Any(s => s.Sent.Realm == packet.Realm && s.Sent.Source == packet.Destination && s.Sent.SourcePort == packet.DestinationPort && s.Original.Protocol == packet.Protocol &&
            s.Sent.Destination == packet.Source && s.Original.Source == sent.Destination && s.Original.SourcePort == sent.DestinationPort);
        return isKnown && sent.Source == packet.Source ? Learn(packet, sent) : "no mapping lets it in";
    }

    private string? Learn(MixedTuple packet, MixedTuple sent, MixedService? service = null, MixedBackend? backend = null)
    {
        var session = new MixedSession(packet, sent, sent.Answer(sent.Realm), service, backend);
        if (sessions.TryGetValue(session.Answer, out MixedSession? owner)) return $"its answers are those of {owner.Original}";
        sessions[packet] = session;
        sessions[session.Answer] = session;
        return null;
    }

    private static string? Dropped(MixedOutcome outcome, string reason) => outcome.Verdict == $"drop {reason}" ? null : $"it is to be dropped for {reason}";
}
