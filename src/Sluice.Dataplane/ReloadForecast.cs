using System.Collections.Immutable;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>What another policy would do to every session that lives now. Read beside the packet path; nothing is changed.</summary>
/// <remarks>The sessions of the moment: those that begin or end between the forecast and a reload are not in it.</remarks>
public sealed class ReloadForecast
{
    private ReloadForecast(ImmutableArray<RuleForecast> rules)
    {
        Rules = rules;
        Total = new SessionFate(rules.Sum(static rule => rule.Fate.Kept), rules.Sum(static rule => rule.Fate.Moved), rules.Sum(static rule => rule.Fate.Ended));
    }

    /// <summary>All sessions.</summary>
    public SessionFate Total { get; }

    /// <summary>By the rule that sessions live under now, in the order of its number; rules without sessions are absent.</summary>
    public ImmutableArray<RuleForecast> Rules { get; }

    /// <summary>Puts every live session to a policy.</summary>
    /// <param name="store">The sessions.</param>
    /// <param name="current">What is in force.</param>
    /// <param name="next">The policy to come.</param>
    /// <param name="now">The clock.</param>
    public static ReloadForecast Of(SessionStore store, Ruleset current, GatewayPolicy next, uint now)
    {
        var fates = new SortedDictionary<uint, SessionFate>();
        foreach (SessionView session in store.Sessions(now))
        {
            LiveSession live = LiveSessionOf(in session);
            uint rule = session.Rule;

            // Rules are numbered by each policy anew: what an older one confirmed last is named by what the present one says.
            if (session.Generation != current.Generation)
                rule = current.Policy.Redecide(live, out Decision present) == Revalidation.Kept ? present.Rule : GatewayPolicy.NoRule;
            bool isKept = next.Redecide(live, out Decision decision) == Revalidation.Kept;
            SessionFate fate = fates.GetValueOrDefault(rule);
            fates[rule] = !isKept ? fate with { Ended = fate.Ended + 1 }
                : NameOf(current.Policy, rule) == NameOf(next, decision.Rule) ? fate with { Kept = fate.Kept + 1 }
                : fate with { Moved = fate.Moved + 1 };
        }

        return new ReloadForecast([.. fates.Select(entry => new RuleForecast(entry.Key, RuleOf(current.Policy, entry.Key), entry.Value))]);
    }

    /// <summary>What a policy is told of a live session.</summary>
    internal static LiveSession LiveSessionOf(in SessionView session) => new(
        session.Original,
        session.Reply,
        HasPublicSource: session.Pool is not null,
        ThroughMapping: session.DestinationMapping != NewSession.NoMapping);

    private static PolicyRule RuleOf(GatewayPolicy policy, uint rule) =>
        rule < policy.Rules.Length ? policy.Rules[(int)rule] : policy.Rules[(int)GatewayPolicy.NoRule];

    // A document that moves a rule to another line has not made it another rule.
    private static string NameOf(GatewayPolicy policy, uint rule) => RuleOf(policy, rule).Name;
}

/// <summary>What becomes of the sessions of one rule.</summary>
/// <param name="Rule">The rule's number in the policy in force.</param>
/// <param name="Description">The rule.</param>
/// <param name="Fate">How many sessions go on, and how many don't.</param>
public readonly record struct RuleForecast(uint Rule, PolicyRule Description, SessionFate Fate);

/// <summary>Numbers of sessions by what becomes of them.</summary>
/// <param name="Kept">They go on under the rule of the same name.</param>
/// <param name="Moved">They go on under another rule.</param>
/// <param name="Ended">They are ended.</param>
public readonly record struct SessionFate(int Kept, int Moved, int Ended);
