using System.Collections.Immutable;
using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>What another policy would do to every session that lives now. Read beside the packet path; nothing is changed.</summary>
/// <remarks>The sessions of the moment: those that begin or end between the forecast and a reload are not in it.</remarks>
public sealed class ReloadForecast
{
    private ReloadForecast(ImmutableArray<ForecastOutcome> outcomes)
    {
        Outcomes = outcomes;
        Rules =
        [
            .. outcomes.GroupBy(static outcome => outcome.Rule).OrderBy(static rule => rule.Key).Select(static rule => new RuleForecast(
                rule.Key,
                rule.First().Description,
                new SessionFate(
                    rule.Where(static outcome => outcome is { IsKept: true, IsMoved: false }).Sum(static outcome => outcome.Sessions),
                    rule.Where(static outcome => outcome.IsMoved).Sum(static outcome => outcome.Sessions),
                    rule.Where(static outcome => !outcome.IsKept).Sum(static outcome => outcome.Sessions)))),
        ];
        Total = new SessionFate(Rules.Sum(static rule => rule.Fate.Kept), Rules.Sum(static rule => rule.Fate.Moved), Rules.Sum(static rule => rule.Fate.Ended));
    }

    /// <summary>All sessions.</summary>
    public SessionFate Total { get; }

    /// <summary>By the rule that sessions live under now, in the order of its number; rules without sessions are absent.</summary>
    public ImmutableArray<RuleForecast> Rules { get; }

    /// <summary>The same, with where sessions move to and why they end.</summary>
    public ImmutableArray<ForecastOutcome> Outcomes { get; }

    /// <summary>Puts every live session to a policy.</summary>
    /// <param name="store">The sessions.</param>
    /// <param name="current">What is in force.</param>
    /// <param name="next">The policy to come.</param>
    /// <param name="now">The clock.</param>
    public static ReloadForecast Of(SessionStore store, Ruleset current, GatewayPolicy next, uint now)
    {
        AccountMap accounts = AccountMap.Look(next, store.Accounts);
        var counts = new Dictionary<(uint Rule, uint NewRule, Revalidation Judgement, DropReason Reason), int>();
        ImmutableArray<ushort> numbers = Ruleset.NumbersOf(next, current.Ports.AsSpan());
        foreach (SessionView session in store.Sessions(now))
        {
            uint rule = session.Rule;

            // Rules are numbered by each policy anew: what an older one confirmed last is named by what the present one says.
            bool isEnding = false;
            if (session.Generation != current.Generation)
            {
                isEnding = Leaving.Judge(session, current.LiveSessionOf(in session), current.Policy, store.Accounts, out Decision present, out _) != Revalidation.Kept;
                rule = isEnding ? GatewayPolicy.NoRule : present.Rule;
            }

            // What the present policy ends with the sweep's next round is not the next one's doing.
            Revalidation judgement = Leaving.Judge(session, current.LiveSessionOf(in session, accounts, numbers), next, store.Accounts, out Decision decision, out _);
            if (isEnding && judgement != Revalidation.Kept) continue;
            bool isDropped = judgement == Revalidation.Forbidden && decision.Kind == DecisionKind.Drop;
            var key = (rule, judgement == Revalidation.Kept ? decision.Rule : GatewayPolicy.NoRule, judgement, isDropped ? decision.Reason : default);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return new ReloadForecast([.. counts.Select(entry => OutcomeOf(current.Policy, next, entry.Key, entry.Value))]);
    }

    private static ForecastOutcome OutcomeOf(
        GatewayPolicy current, GatewayPolicy next, (uint Rule, uint NewRule, Revalidation Judgement, DropReason Reason) key, int sessions)
    {
        PolicyRule rule = RuleOf(current, key.Rule);
        bool isKept = key.Judgement == Revalidation.Kept;
        PolicyRule? another = isKept ? RuleOf(next, key.NewRule) : null;

        // A document that moves a rule to another line has not made it another rule.
        bool isMoved = isKept && another!.Name != rule.Name;
        DropReason? reason = !isKept && key.Reason != default ? key.Reason : null;
        return new ForecastOutcome(key.Rule, rule, isKept, isMoved, another, reason, sessions);
    }

    /// <summary>The rule in force that a live session goes by, or is about to: one that an older policy confirmed last is judged anew. Null: it is about to end.</summary>
    public static PolicyRule? RuleOf(in SessionView session, Ruleset current, AccountTable accounts)
    {
        if (session.Generation == current.Generation) return RuleOf(current.Policy, session.Rule);
        bool isKept = Leaving.Judge(session, current.LiveSessionOf(in session), current.Policy, accounts, out Decision present, out _) == Revalidation.Kept;
        return isKept ? RuleOf(current.Policy, present.Rule) : null;
    }

    private static PolicyRule RuleOf(GatewayPolicy policy, uint rule) =>
        rule < policy.Rules.Length ? policy.Rules[(int)rule] : policy.Rules[(int)GatewayPolicy.NoRule];
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

/// <summary>Sessions of one rule that share an outcome.</summary>
/// <param name="Rule">The rule's number in the policy in force.</param>
/// <param name="Description">The rule.</param>
/// <param name="IsKept">Whether they go on.</param>
/// <param name="IsMoved">Whether they go on under another rule.</param>
/// <param name="NewRule">The rule that they go on under.</param>
/// <param name="Reason">Why they end: what their first packet would be dropped for; null where it would pass, but go elsewhere or be translated otherwise.</param>
/// <param name="Sessions">How many.</param>
public readonly record struct ForecastOutcome(
    uint Rule, PolicyRule Description, bool IsKept, bool IsMoved, PolicyRule? NewRule, DropReason? Reason, int Sessions);
