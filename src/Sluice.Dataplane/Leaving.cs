using Sluice.Packets;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Dataplane;

/// <summary>Sessions whose backend, or whose whole translation, the configuration has no more.</summary>
internal static class Leaving
{
    /// <summary>Whether a session that is not to be kept is so for want of its backend, and not because somebody may no longer speak with somebody.</summary>
    public static bool HasLostBackend(in SessionView session, Revalidation judgement, in Decision decision) =>
        session.Account != AccountTable.None
        && (judgement == Revalidation.Changed || decision.Reason == DropReason.NoBackend || session.Original.Realm == session.Reply.Realm);

    /// <summary>
    /// Whether such a session goes on though nothing in the configuration leads to it: TCP within one realm, where its document said so. While its backend is listed
    /// there is another reason why nothing leads there, such as a client that the translation is no longer for.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="accounts">What the documents said.</param>
    /// <param name="listed">The accounts of the configuration that judges.</param>
    public static bool IsLeftToFinish(in SessionView session, AccountTable accounts, AccountMap listed) =>
        session.Original.Protocol == IpProtocol.Tcp
        && session.Original.Realm == session.Reply.Realm
        && listed.BackendOf(session.Account) == 0
        && accounts.Drains(session.Account);

    /// <summary>How it goes on: as it is.</summary>
    public static Confirmation ConfirmationOf(in SessionView session, ushort generation) => new(
        generation,
        session.Timers,
        GatewayPolicy.NoRule,
        session.Pool,
        session.Pool is null ? FlowConduct.KeepErrorSource : FlowConduct.None,
        FlowConduct.KeepErrorSource,
        session.Account,
        session.SourceAccount);
}
