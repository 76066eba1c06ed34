using Sluice.Dataplane.Workers;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>Judges live sessions again: by their time, and by rules that have come into force since they were confirmed.</summary>
internal sealed unsafe class Revalidate(WorkerContext context)
{
    private const byte Beginning = TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Rst | TcpFlag.Fin;

    private readonly EndWithReset resets = new(context);

    /// <summary>Whether a found line may carry packets now: alive, within its time, and allowed by the rules in force. What may not is ended here.</summary>
    /// <param name="family">The family.</param>
    /// <param name="line">The line.</param>
    /// <param name="waits">Whether a connection that is to be reset may wait for what is on its way: in virtual time a reload is done at once.</param>
    public bool IsStillGood(IpFamily family, uint line, bool waits = true)
    {
        Fate fate = Judge(family, line, out SessionView session);
        if (fate == Fate.IsToBeReset) resets.EndSlow(session, isTime: !waits);
        return fate == Fate.Lives;
    }

    /// <summary>The same for a packet of the line: where it may not follow the line, it begins anew, or has been disposed of.</summary>
    public Meeting Meet(Packet* packet, IpFamily family, uint line)
    {
        switch (Judge(family, line, out SessionView session))
        {
            case Fate.Lives:
                return Meeting.Follows;
            case Fate.IsOver:
                return Meeting.Begins;
        }

        bool isReply = line != session.Ref.Line;
        if (!isReply && (packet->TcpFlags & Beginning) == TcpFlag.Syn)
        {
            // A client that still tries to connect finds another backend at once.
            context.Store.End(context.Sessions, family, line, EndReason.BackendRemoved, context.Now, session.Number);
            return Meeting.Begins;
        }

        resets.EndAtSlow(packet, session, isReply);
        return Meeting.IsDisposedOf;
    }

    // Ends what is over, but for a TCP session whose ends are to be told.
    private Fate Judge(IpFamily family, uint line, out SessionView session)
    {
        session = default;
        FlowState* state = context.Store.StateOf(family, line);
        ushort generation = Volatile.Read(ref state->Generation);
        if (generation == 0) return Fate.IsOver;
        if (!context.Store.IsAliveSlow(family, line, context.Now))
        {
            context.Store.EndExpired(context.Sessions, family, line, context.Now);
            return Fate.IsOver;
        }

        if (generation == context.Generation) return Fate.Lives;
        var reason = EndReason.PolicyChanged;
        if ((state->Conduct & FlowConduct.Cache) == 0 && context.Store.TryDescribe(family, line, context.Now, out session))
        {
            if (IsAllowed(in session, out bool isBackendGone)) return Fate.Lives;
            if (isBackendGone && session.Original.Protocol == IpProtocol.Tcp) return Fate.IsToBeReset;
            if (isBackendGone) reason = EndReason.BackendRemoved;
        }

        context.Store.End(context.Sessions, family, line, reason, context.Now);
        return Fate.IsOver;
    }

    // A session is put to the new rules as its first packet was; what they would do the same way lives on with its public endpoint.
    private bool IsAllowed(in SessionView session, out bool isBackendGone)
    {
        Ruleset rules = context.Rules;
        LiveSession live = rules.LiveSessionOf(in session);
        Revalidation judgement = Leaving.Judge(session, live, rules.Policy, context.Store.Accounts, out Decision decision, out bool isFinishing);
        isBackendGone = judgement != Revalidation.Kept && Leaving.HasLostBackend(live, rules.Policy, judgement, decision);
        if (judgement != Revalidation.Kept) return false;
        if (Confirm(in session, ConfirmationOf(in session, in decision, isFinishing ? session.Timers : rules.TimerSets[decision.Timers]))) return true;
        isBackendGone = isFinishing;
        return false;
    }

    private Confirmation ConfirmationOf(in SessionView session, in Decision decision, ushort timers)
    {
        Ruleset rules = context.Rules;
        bool denies = decision.HasAcl && rules.Policy.IsReplyDenied(session.Original, session.Reply, decision.Rule);
        return new Confirmation(
            rules.Generation,
            timers,
            decision.Rule,
            rules.PoolOf(decision.SourcePool),
            decision.OriginalConduct,
            decision.ReplyConduct | (denies ? FlowConduct.Denied : FlowConduct.None),
            Account: decision.Backend != 0 ? rules.Accounts.OfBackend(decision.Backend) : session.Account,
            SourceAccount: rules.Accounts.OfSource(in decision) is var account and not AccountTable.None ? account : session.SourceAccount,
            IsForwarded: decision.RewritesSource);
    }

    private bool Confirm(in SessionView session, in Confirmation confirmation)
    {
        if (!context.Store.Confirm(context.Sessions, session.Ref.Family, session.Ref.Line, confirmation)) return false;
        FlowState* original = context.Store.StateOf(session.Ref.Family, session.Ref.Line);
        original->NextHop = FlowState.NoNextHop;
        context.Store.StateOf(session.Ref.Family, original->Partner)->NextHop = FlowState.NoNextHop;
        return true;
    }

    private enum Fate
    {
        Lives,
        IsOver,
        IsToBeReset,
    }
}

/// <summary>What becomes of a packet that has found a line of another generation, or of another time.</summary>
internal enum Meeting
{
    /// <summary>It goes the line's way.</summary>
    Follows,

    /// <summary>The line is over: the packet is judged as a first one.</summary>
    Begins,

    /// <summary>It has been disposed of.</summary>
    IsDisposedOf,
}
