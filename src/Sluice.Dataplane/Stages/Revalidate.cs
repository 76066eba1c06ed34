using Sluice.Dataplane.Workers;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Judges live sessions again: by their time, and by rules that have come into force since they were confirmed.</summary>
internal sealed unsafe class Revalidate(WorkerContext context)
{
    /// <summary>Whether a found line may carry packets now: alive, within its time, and allowed by the rules in force. What may not is ended here.</summary>
    public bool IsStillGood(IpFamily family, uint line)
    {
        FlowState* state = context.Store.StateOf(family, line);
        ushort generation = Volatile.Read(ref state->Generation);
        if (generation == 0) return false;
        if (!context.Store.IsAliveSlow(family, line, context.Now))
        {
            context.Store.EndExpired(context.Sessions, family, line, context.Now);
            return false;
        }

        if (generation == context.Generation) return true;
        if (IsAllowed(family, line)) return true;
        context.Store.End(context.Sessions, family, line, EndReason.PolicyChanged, context.Now);
        return false;
    }

    // A session is put to the new rules as its first packet was; what they would do the same way lives on with its public endpoint.
    private bool IsAllowed(IpFamily family, uint line)
    {
        FlowState* state = context.Store.StateOf(family, line);
        if ((state->Conduct & FlowConduct.Cache) != 0 || !context.Store.TryDescribe(family, line, context.Now, out SessionView session)) return false;

        Ruleset rules = context.Rules;
        if (rules.Policy.Redecide(rules.LiveSessionOf(in session), out Decision decision) != Revalidation.Kept) return false;
        bool denies = decision.HasAcl && rules.Policy.IsReplyDenied(session.Original, session.Reply, decision.Rule);
        var confirmation = new Confirmation(
            rules.Generation,
            rules.TimerSets[decision.Timers],
            decision.Rule,
            rules.PoolOf(decision.SourcePool),
            decision.OriginalConduct,
            decision.ReplyConduct | (denies ? FlowConduct.Denied : FlowConduct.None),
            Account: decision.Backend != 0 ? rules.Accounts.OfBackend(decision.Backend) : session.Account,
            SourceAccount: decision.SourceNat != 0 ? rules.Accounts.OfSourceNat(decision.SourceNat) : session.SourceAccount,
            IsForwarded: decision.RewritesSource);
        if (!context.Store.Confirm(context.Sessions, family, line, confirmation)) return false;
        state->NextHop = FlowState.NoNextHop;
        context.Store.StateOf(family, state->Partner)->NextHop = FlowState.NoNextHop;
        return true;
    }
}
