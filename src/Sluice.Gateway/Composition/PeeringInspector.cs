using Sluice.Config;
using Sluice.Config.Comparison;
using Sluice.Config.Documents;
using Sluice.Gateway.Views;
using Sluice.Policy;

namespace Sluice.Gateway.Composition;

/// <summary>Says what the peerings in force are, and how many sessions live by each of their exposes and rules.</summary>
internal static class PeeringInspector
{
    public static PeeringsView Read(ComposedGateway gateway)
    {
        if (gateway.Config is not { } config) return new PeeringsView([]);
        Dictionary<string, long> sessions = SessionsByPlace(gateway);
        return new PeeringsView([.. config.Peerings.Select(peering => ViewOf(peering, sessions))]);
    }

    // A rule is known by its place: policies number their rules anew.
    private static Dictionary<string, long> SessionsByPlace(ComposedGateway gateway)
    {
        var byRule = new Dictionary<uint, long>();
        GatewayPolicy policy = gateway.Engine.Rules.Policy;
        ushort generation = gateway.Engine.Rules.Generation;
        foreach (Sluice.Sessions.SessionView session in gateway.Engine.Store.Sessions(gateway.Engine.Clock.Now))
            if (session.Generation == generation) byRule[session.Rule] = byRule.GetValueOrDefault(session.Rule) + 1;
        var byPlace = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((uint rule, long count) in byRule.Where(r => r.Key < policy.Rules.Length))
        {
            string place = policy.Rules[(int)rule].Place;
            byPlace[place] = byPlace.GetValueOrDefault(place) + count;
        }

        return byPlace;
    }

    private static PeeringView ViewOf(Peering peering, Dictionary<string, long> sessions)
    {
        ExposeView[] exposes = [.. ViewsOf(peering.Left, peering.Right.Realm, sessions), .. ViewsOf(peering.Right, peering.Left.Realm, sessions)];
        AclView? acl = peering.Acl is { } list ? ViewOf(list, sessions) : null;
        return new PeeringView(peering.Name, peering.Place.ToString(), exposes, acl, exposes.Sum(e => e.Sessions) + (acl?.Rules.Sum(r => r.Sessions) ?? 0));
    }

    private static IEnumerable<ExposeView> ViewsOf(PeeringEnd end, string to, Dictionary<string, long> sessions) => end.Exposes
        .GroupBy(expose => expose.Spec, ReferenceEqualityComparer.Instance)
        .Select(block =>
        {
            Expose one = block.First();
            string[] places = [.. block.Select(e => e.Forward?.Place.ToString()).OfType<string>().Append(one.Place.ToString()).Distinct(StringComparer.Ordinal)];
            return new ExposeView(
                end.Realm,
                to,
                one.Spec.Index + 1,
                one.IsDefault ? "default" : PeeringItems.WordOf(one.Nat),
                [.. PeeringItems.WordsOf(one.Spec.Ips)],
                [.. PeeringItems.WordsOf(one.Spec.Nat is null ? one.Spec.Ips : one.Spec.As)],
                [.. block.Select(e => e.Forward).OfType<ForwardSpec>().Select(PeeringItems.WordsOf)],
                one.Place.ToString(),
                places.Sum(place => sessions.GetValueOrDefault(place)));
        });

    private static AclView ViewOf(AclSpec acl, Dictionary<string, long> sessions) => new(
        acl.DenyByDefault ? "deny" : "deny-unless-exposed",
        [
            .. acl.Rules.Select(rule => new AclRuleView(
                rule.Name, rule.Allow ? "allow" : "deny", rule.From, rule.To, PeeringItems.MatchOf(rule), rule.FlowScope ? "flow" : "packet", rule.Log,
                rule.Place.ToString(), sessions.GetValueOrDefault(rule.Place.ToString()))),
        ]);
}
