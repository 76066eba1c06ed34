using Sluice.Config.Documents;
using Sluice.Gateway.Views;
using Sluice.Packets;
using Sluice.Policy;

namespace Sluice.Gateway.Explain;

/// <summary>Where the destination leads, and what it becomes.</summary>
internal static class DestinationStage
{
    public static StageView Of(ExplainContext at) => at.Findings.Destination switch
    {
        _ when at.Forecast.IsForGroup => Say($"{at.Packet.Destination} names a group: its packets are the host's", []),
        DestinationFinding.Stays => Stays(at),
        DestinationFinding.Exposed => Exposed(at),
        DestinationFinding.Translated or DestinationFinding.TranslatedHere => Translated(at),
        DestinationFinding.NobodysPort => NobodysPort(at),
        DestinationFinding.Service => ServiceStage.Of(at),
        DestinationFinding.Ruled => Ruled(at),
        DestinationFinding.ServiceRest when at.Forecast.Verdict == Verdict.Consume => Say($"{at.Packet.Destination} is a virtual IP: the gateway answers echo requests to it", []),
        DestinationFinding.ServiceRest => Say($"{at.Packet.Destination} is a virtual IP, and no translation has this port of it", []),
        _ => Pool(at),
    };

    private static StageView Stays(ExplainContext at)
    {
        CauseView? own = at.Places.Own(at.Realm, at.Packet.Destination);
        CauseView[] because = own is not null ? [own] : [.. at.Places.KeptFrom(at.Realm, at.Packet.Destination).Select(found => ConfigPlaces.Mention(found, at.Packet.Destination))];
        return at.Forecast.IsForHost
            ? Say($"{at.Packet.Destination} is the gateway's own address in {at.Realm}", because)
            : Say($"nobody shows {at.Packet.Destination} to {at.Realm}, so it stays in {at.Realm}", because);
    }

    private static StageView Exposed(ExplainContext at)
    {
        string peer = at.RealmName(at.Findings.Peer);
        if (at.DestinationExpose is not { } found) return Say($"{at.Packet.Destination} leads to {peer}", []);
        return found.Expose.IsDefault
            ? Say($"{at.Packet.Destination} leads to {peer}, where everything leads that nothing else covers", [ConfigPlaces.Whole(found)])
            : Say($"{at.Packet.Destination} leads to {peer}, which shows it as it is", [ConfigPlaces.Private(found, at.Packet.Destination)]);
    }

    private static StageView Translated(ExplainContext at)
    {
        ExposeOfEnd? found = at.DestinationExpose;
        string whose = at.Findings.Destination == DestinationFinding.TranslatedHere ? at.Realm : at.RealmName(at.Findings.Peer);
        string how = found?.Expose.Nat == NatKind.PortForward ? "is forwarded to" : "stands one to one for";
        string inside = at.Forecast.Decision is { RewritesDestination: true } decision ? at.Endpoint(decision.Destination, decision.DestinationPort) : "an inside endpoint";
        return Say($"{at.Asked.DestinationText} {how} {inside} of {whose}", Lines(found, at));
    }

    // What a rule of an added kind says of it, or in general words what it does.
    private static StageView Ruled(ExplainContext at)
    {
        CauseView[] because = at.CauseOf(at.Findings.DestinationRule) is { } cause ? [cause] : [];
        Decision decision = at.Policy.Decide(at.Packet);
        string? own = at.Policy.NatRuleOf(at.Findings.DestinationRule)?.Explain(at.Packet, decision);
        string does = decision switch
        {
            { Kind: DecisionKind.Drop } => "drops it",
            { RewritesDestination: true } => $"leads it to {at.Endpoint(decision.Destination, decision.DestinationPort)}",
            _ => "lets it pass",
        };
        return Say(own ?? $"{at.Packet.Destination} is an address of {at.Policy.Rules[(int)at.Findings.DestinationRule].Name}, which {does}", because);
    }

    private static StageView NobodysPort(ExplainContext at)
    {
        CauseView[] owners = [.. at.Places.OwnersOf(at.Realm, at.Packet.Destination).Select(ConfigPlaces.Whole)];
        return Say($"{at.Packet.Destination} is a public address of the gateway, and nobody has {at.PortText(at.Packet.DestinationPort)} of it", owners);
    }

    private static StageView Pool(ExplainContext at)
    {
        bool isHere = at.Findings.Destination == DestinationFinding.PoolHere;
        string realm = isHere ? at.RealmName(at.Findings.Peer) : at.Realm;
        IEnumerable<ExposeOfEnd> owners = at.Places.OwnersOf(realm, at.Packet.Destination).Where(owner => owner.Expose.Nat == NatKind.Masquerade);
        CauseView[] because = [.. owners.Select(owner => ConfigPlaces.Public(owner, at.Packet.Destination))];
        if (at.Policy.SourceNatOf(at.Packet.Realm, at.Packet.Destination) is { } policy && at.CauseOf(policy.Rule) is { } line) because = [.. because, line];
        string of = owners.Any() || because.Length == 0 ? "a masquerade" : "source NAT";
        string whose = isHere ? $"a public address of hosts of {at.Realm} itself, as {realm} sees them" : $"a public address of {of}";
        string port = at.PortText(at.Packet.DestinationPort);
        if (at.Packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6) port = "the identifier";
        string owner = at.Forecast.Mapping is { } mapping
            ? $"its {port} stands for {at.Endpoint(mapping.Inside, mapping.InsidePort)} of {at.RealmName(mapping.InsideRealm)}"
            : at.Forecast.Reason == DropReason.UnsupportedProtocol ? "only TCP, UDP and ICMP queries have what tells its hosts apart"
            : $"nobody inside has {port} of it now, and no forward claims it";
        return new StageView("destination", [$"{at.Packet.Destination} is {whose}", owner], because);
    }

    private static CauseView[] Lines(ExposeOfEnd? found, ExplainContext at) =>
        found is null ? [] : found.Expose.Nat == NatKind.PortForward
            ? [ConfigPlaces.Whole(found), ConfigPlaces.Public(found, at.Packet.Destination)]
            : [ConfigPlaces.Public(found, at.Packet.Destination)];

    private static StageView Say(string sentence, CauseView[] because) => new("destination", [sentence], because);
}
