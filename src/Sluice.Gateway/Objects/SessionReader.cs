using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Gateway.Objects;

/// <summary>Reads sessions and events of a gateway with the names that belong to their numbers.</summary>
/// <param name="gateway">The gateway.</param>
internal sealed class SessionReader(ComposedGateway gateway)
{
    private readonly Lock gate = new();
    private Ruleset current = gateway.Engine.Rules;
    private Ruleset before = gateway.Engine.Rules;

    private PacketEngine Engine => gateway.Engine;

    /// <summary>All live sessions.</summary>
    public IEnumerable<SessionFacts> All()
    {
        (Ruleset now, Ruleset old) = Rules();
        return Engine.Store.Sessions(Engine.Clock.Now).Select(session => FactsOf(in session, NameOf(in session, now, old) ?? ReloadForecast.RuleOf(in session, now, Engine.Store.Accounts)?.Name));
    }

    /// <summary>A session that began or ended.</summary>
    public SessionFacts FactsOf(in SessionEvent happened)
    {
        (Ruleset now, Ruleset old) = Rules();
        var session = new SessionView
        {
            Number = happened.Number,
            State = happened.State,
            Original = happened.Original,
            Reply = happened.Reply,
            RealmTo = happened.RealmTo,
            Rule = happened.Rule,
            Generation = happened.Generation,
            Account = happened.Account,
            SourceAccount = happened.SourceAccount,
            AgeMilliseconds = happened.AgeMilliseconds,
            IdleMilliseconds = happened.IdleMilliseconds,
            IdleLimitMilliseconds = happened.IdleLimitMilliseconds,
            RemainingMilliseconds = happened.IdleLimitMilliseconds - Math.Min(happened.IdleLimitMilliseconds, happened.IdleMilliseconds),
            OriginalPackets = happened.OriginalPackets,
            OriginalBytes = happened.OriginalBytes,
            ReplyPackets = happened.ReplyPackets,
            ReplyBytes = happened.ReplyBytes,
        };
        return FactsOf(in session, NameOf(in session, now, old));
    }

    /// <summary>Point of time of a reading of the clock.</summary>
    public DateTimeOffset TimeOf(uint at) => Engine.Options.Time.GetUtcNow() - TimeSpan.FromMilliseconds((int)(Engine.Clock.Now - at));

    // Rules are numbered by each policy anew; for a moment after a reload sessions still live by the one before.
    private (Ruleset Current, Ruleset Before) Rules()
    {
        lock (gate)
        {
            Ruleset rules = Engine.Rules;
            if (!ReferenceEquals(rules, current)) (before, current) = (current, rules);
            return (current, before);
        }
    }

    private SessionFacts FactsOf(in SessionView session, string? rule) =>
        new(session, gateway.Realms.NameOf(session.Original.Realm), gateway.Realms.NameOf(session.RealmTo), rule ?? "")
        {
            Backend = NameOf(session.Account),
            Policy = NameOf(session.SourceAccount)?.Owner,
        };

    // Of a session that has ended the account may be gone too, if no configuration names it any more.
    private AccountName? NameOf(uint account) => account != AccountTable.None && Engine.Store.Accounts.TryGetName(account, out AccountName name) ? name : null;

    private static string? NameOf(in SessionView session, Ruleset now, Ruleset old)
    {
        GatewayPolicy? policy = session.Generation == now.Generation ? now.Policy : session.Generation == old.Generation ? old.Policy : null;
        return policy is not null && session.Rule < policy.Rules.Length ? policy.Rules[(int)session.Rule].Name : null;
    }
}
