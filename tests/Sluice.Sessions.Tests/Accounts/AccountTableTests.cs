using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Accounts;

/// <summary>The numbers of accounts: the same over reloads, and nobody else's while anything is under them.</summary>
public sealed class AccountTableTests
{
    private static readonly AccountName Web = new(AccountKind.Backend, "web", TestStore.Ip("20.0.0.1"), 8080);
    private static readonly AccountName Other = new(AccountKind.Backend, "web", TestStore.Ip("20.0.0.2"), 8080);

    [Fact]
    public void A_name_keeps_its_number_while_a_configuration_holds_it()
    {
        using var test = new TestStore();
        AccountTable accounts = test.Store.Accounts;
        uint number = accounts.Hold(Web, default);
        Assert.NotEqual(AccountTable.None, number);
        Assert.Equal(number, accounts.Hold(Web, default));
        accounts.Release(number);
        accounts.Collect();
        Assert.Equal(number, accounts.Find(Web));
        accounts.Release(number);
        accounts.Collect();
        Assert.Equal(AccountTable.None, accounts.Find(Web));
    }

    [Fact]
    public void A_number_is_another_names_only_when_its_last_session_has_ended()
    {
        using var test = new TestStore();
        AccountTable accounts = test.Store.Accounts;
        uint number = accounts.Hold(Web, default);
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000) with { Account = number });
        Assert.Equal(number, session.Account);
        Assert.Equal(1, accounts.EntryOf(number).Active);
        accounts.Release(number);
        accounts.Collect();
        Assert.NotEqual(number, accounts.Hold(Other, default));
        AccountView view = Assert.Single(accounts.Views(), view => view.Number == number);
        Assert.Equal((Web, false), (view.Name, view.IsNamed));

        test.End(session);
        Assert.Equal(0, accounts.EntryOf(number).Active);
        accounts.Collect();
        Assert.Equal(number, accounts.Hold(Web with { Owner = "mail" }, default));
        Assert.Equal(0, accounts.EntryOf(number).Begun);
    }

    [Fact]
    public void A_session_has_the_accounts_of_its_destination_and_of_its_source()
    {
        using var test = new TestStore();
        AccountTable accounts = test.Store.Accounts;
        uint backend = accounts.Hold(Web, default), policy = accounts.Hold(new AccountName(AccountKind.SourceNat, "leaving"), default);
        SessionView both = test.Create(test.Udp("10.0.0.2", 5000) with { Account = backend, SourceAccount = policy });
        SessionView none = test.Create(test.Udp("10.0.0.2", 5001));
        Assert.Equal((backend, policy), (both.Account, both.SourceAccount));
        Assert.Equal((AccountTable.None, AccountTable.None), (none.Account, none.SourceAccount));
        Assert.Equal((1, 1), (accounts.EntryOf(backend).Active, accounts.EntryOf(policy).Active));
        test.End(both);
        Assert.Equal((0, 0), (accounts.EntryOf(backend).Active, accounts.EntryOf(policy).Active));

        // The place of a session that had accounts gives them to none that has not.
        Assert.Equal(AccountTable.None, test.Create(test.Udp("10.0.0.2", 5002)).Account);
    }

    [Fact]
    public void An_account_says_where_a_direct_backends_packets_go_and_whether_its_sessions_are_left_to_finish()
    {
        using var test = new TestStore();
        AccountTable accounts = test.Store.Accounts;
        uint direct = accounts.Hold(Web, new AccountTerms(Drains: true, IsDirect: true)), plain = accounts.Hold(Other, default);
        Assert.True(accounts.TryGetNextHop(direct, IpFamily.V4, out IpAddress address));
        Assert.Equal(Web.Address, address);
        Assert.False(accounts.TryGetNextHop(plain, IpFamily.V4, out _));
        accounts.Release(direct);
        accounts.Release(plain);
        Assert.True(accounts.Drains(direct));
        Assert.False(accounts.Drains(plain));
    }
}
