namespace Sluice.Sessions;

/// <summary>What passed under an account.</summary>
/// <param name="Original">The way of the first packets.</param>
/// <param name="Reply">The way back.</param>
public readonly record struct AccountTraffic(TrafficCount Original, TrafficCount Reply)
{
    internal AccountTraffic Plus(in AccountTraffic more) => new(Original.Plus(more.Original), Reply.Plus(more.Reply));
}

/// <summary>What has been counted under an account, or several: of sessions that have ended and of those that live.</summary>
/// <param name="Active">Sessions that live.</param>
/// <param name="Begun">Sessions made so far.</param>
/// <param name="Expired">Sessions whose time was over.</param>
/// <param name="Refused">First packets that got no session, by reason.</param>
/// <param name="Unanswered">TCP sessions that heard nothing from where they went.</param>
/// <param name="Rejected">TCP sessions that heard a reset first.</param>
/// <param name="Traffic">Packets and bytes.</param>
public readonly record struct AccountCounts(
    long Active, long Begun, long Expired, RefusalCounts Refused, long Unanswered, long Rejected, AccountTraffic Traffic)
{
    /// <summary>The counts of an entry, with what the live sessions of its account have passed.</summary>
    public static AccountCounts Of(in AccountEntry entry, in AccountTraffic live) => new(
        entry.Active,
        entry.Begun,
        entry.Expired,
        new RefusalCounts(entry.NoBackend, entry.PoolExhausted, entry.TableFull, entry.QuotaExceeded),
        entry.Unanswered,
        entry.Rejected,
        live.Plus(new AccountTraffic(
            new TrafficCount((ulong)entry.OriginalPackets, (ulong)entry.OriginalBytes), new TrafficCount((ulong)entry.ReplyPackets, (ulong)entry.ReplyBytes))));

    /// <summary>Both together.</summary>
    public AccountCounts Plus(in AccountCounts more) => new(
        Active + more.Active,
        Begun + more.Begun,
        Expired + more.Expired,
        Refused.Plus(more.Refused),
        Unanswered + more.Unanswered,
        Rejected + more.Rejected,
        Traffic.Plus(more.Traffic));
}

/// <summary>First packets that got no session.</summary>
/// <param name="NoBackend">There was no backend.</param>
/// <param name="PoolExhausted">No port or address was left for their source.</param>
/// <param name="TableFull">No table had room.</param>
/// <param name="QuotaExceeded">Their host had its quota.</param>
public readonly record struct RefusalCounts(long NoBackend, long PoolExhausted, long TableFull, long QuotaExceeded)
{
    /// <summary>All of them.</summary>
    public long Total => NoBackend + PoolExhausted + TableFull + QuotaExceeded;

    internal RefusalCounts Plus(in RefusalCounts more) =>
        new(NoBackend + more.NoBackend, PoolExhausted + more.PoolExhausted, TableFull + more.TableFull, QuotaExceeded + more.QuotaExceeded);
}
