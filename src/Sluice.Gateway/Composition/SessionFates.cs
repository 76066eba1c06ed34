using Sluice.Dataplane;
using Sluice.Gateway.Views;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Composition;

/// <summary>Says what becomes of the live sessions under another policy, by the same judgement that they meet once it is in force.</summary>
internal static class SessionFates
{
    public const string Kept = "kept";
    public const string Moved = "moved";
    public const string Ended = "ended";

    /// <summary>Why a session ends whose packets the new policy lets pass in another way.</summary>
    public const string Translated = "TranslatedOtherwise";

    /// <summary>Judges every live session by a policy that is not in force. Sessions that the policy in force is about to end are not counted.</summary>
    public static SessionFatesView Foresee(PacketEngine engine, GatewayPolicy next)
    {
        GatewayPolicy now = engine.Rules.Policy;
        var counts = new Dictionary<Fate, long>();
        foreach (Sluice.Sessions.SessionView session in engine.Store.Sessions(engine.Clock.Now))
        {
            LiveSession live = LiveOf(session);
            uint rule = session.Rule;
            if (session.Generation != engine.Rules.Generation)
            {
                // Its rule is numbered as an older policy did; the one in force has not met it yet.
                if (now.Redecide(live, out Decision current) != Revalidation.Kept) continue;
                rule = current.Rule;
            }

            Fate fate = FateOf(now.Rules[(int)rule], live, next);
            counts[fate] = counts.GetValueOrDefault(fate) + 1;
        }

        return Summarize(counts);
    }

    private static Fate FateOf(PolicyRule rule, in LiveSession live, GatewayPolicy next)
    {
        switch (next.Redecide(live, out Decision decision))
        {
            case Revalidation.Kept:
                PolicyRule another = next.Rules[(int)decision.Rule];
                return rule.Name == another.Name ? new Fate(Kept, rule, null, null) : new Fate(Moved, rule, another, null);
            case Revalidation.Forbidden:
                return new Fate(Ended, rule, null, decision.Kind == DecisionKind.Drop ? decision.Reason.ToString() : Translated);
            default:
                return new Fate(Ended, rule, null, Translated);
        }
    }

    private static LiveSession LiveOf(in Sluice.Sessions.SessionView session) => new(
        session.Original,
        session.Reply,
        HasPublicSource: session.Pool is not null,
        ThroughMapping: session.DestinationMapping != NewSession.NoMapping);

    private static SessionFatesView Summarize(Dictionary<Fate, long> counts)
    {
        long Sum(string what) => counts.Where(c => c.Key.What == what).Sum(c => c.Value);
        return new SessionFatesView(
            Sum(Kept),
            Sum(Moved),
            Sum(Ended),
            counts.Where(c => c.Key.Reason is not null).GroupBy(c => c.Key.Reason!, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(c => c.Value), StringComparer.Ordinal),
            [
                .. counts.OrderBy(c => Array.IndexOf([Ended, Moved, Kept], c.Key.What)).ThenByDescending(c => c.Value).ThenBy(c => c.Key.Rule.Name, StringComparer.Ordinal)
                    .Select(c => new SessionFateView(
                        c.Key.What, c.Value, c.Key.Rule.Name, c.Key.Rule.Place, c.Key.Another?.Name, c.Key.Another?.Place, c.Key.Reason)),
            ]);
    }

    private sealed record Fate(string What, PolicyRule Rule, PolicyRule? Another, string? Reason);
}
