using Sluice.Packets;
using Sluice.Policy;
using Sluice.Policy.Translations;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>Sessions whose backend, or whose whole translation, the configuration has no more.</summary>
internal static class Leaving
{
    /// <summary>Whether a session that is not to be kept is so for want of its backend, and not because somebody may no longer speak with somebody.</summary>
    public static bool HasLostBackend(in LiveSession live, GatewayPolicy policy, Revalidation judgement, in Decision decision) =>
        live.HasBackend
        && (judgement == Revalidation.Changed || decision.Reason == DropReason.NoBackend || live.Original.Realm == live.Reply.Realm || policy.MayStillEnter(live));

    /// <summary>What a policy makes of a live session, one that is left to finish included.</summary>
    /// <param name="session">The session.</param>
    /// <param name="live">The same, as the policy is told of it.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="accounts">What the documents said.</param>
    /// <param name="decision">What it goes on by, or why it doesn't.</param>
    /// <param name="isFinishing">Whether it is kept only to be finished: as it is, with the idle times that it has.</param>
    public static Revalidation Judge(
        in SessionView session, in LiveSession live, GatewayPolicy policy, AccountTable accounts, out Decision decision, out bool isFinishing)
    {
        Revalidation judgement = policy.Redecide(live, out decision);
        isFinishing = false;
        if (judgement == Revalidation.Kept || !IsToFinish(session, live, policy, accounts) || !policy.TryFinish(live, out Decision finishing)) return judgement;
        isFinishing = true;
        decision = finishing;
        return Revalidation.Kept;
    }

    // Of a backend that the policy still lists, for a translation that is elsewhere now, it is the policy that says so; of another one what named it last.
    private static bool IsToFinish(in SessionView session, in LiveSession live, GatewayPolicy policy, AccountTable accounts) =>
        live.HasBackend && (policy.TryGetBackend(live.Backend, out VirtualService? service, out _) ? service!.DrainsRemoved : accounts.Drains(session.Account));
}
