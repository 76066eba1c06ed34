using Sluice.Gateway.Views;
using Sluice.Sessions;

namespace Sluice.Gateway.Composition;

/// <summary>One reading of what is counted under accounts, live sessions' packets included.</summary>
internal sealed class AccountReading
{
    private readonly Dictionary<uint, AccountTraffic> live;
    private readonly ILookup<(AccountKind Kind, string Owner), AccountView> accounts;

    public AccountReading(SessionStore store)
    {
        // What ends between the two readings is missing from the first of them rather than counted twice.
        accounts = store.Accounts.Views().ToLookup(static account => (account.Name.Kind, account.Name.Owner));
        live = store.LiveAccountTraffic();
    }

    /// <summary>The accounts of a kind that belong to a document.</summary>
    public IEnumerable<AccountView> Of(AccountKind kind, string owner) => accounts[(kind, owner)];

    /// <summary>What is counted under one of them.</summary>
    public AccountCounts CountsOf(in AccountView account) => AccountCounts.Of(account.Counts, live.GetValueOrDefault(account.Number));

    /// <summary>The same as it is shown.</summary>
    public static StatisticsView ViewOf(in AccountCounts counts) => new(
        counts.Active,
        counts.Begun,
        counts.Expired,
        new RefusedView(counts.Refused.NoBackend, counts.Refused.PoolExhausted, counts.Refused.TableFull, counts.Refused.QuotaExceeded),
        counts.Unanswered,
        counts.Rejected,
        new TrafficView(counts.Traffic.Original.Packets, counts.Traffic.Original.Bytes),
        new TrafficView(counts.Traffic.Reply.Packets, counts.Traffic.Reply.Bytes));
}
