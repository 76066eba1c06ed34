using Sluice.Packets.Addresses;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What sessions to virtual IPs are counted under, over reloads.</summary>
public sealed class AccountTests
{
    private const string First = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }";

    [Fact]
    public void A_session_is_under_the_account_of_its_backend()
    {
        using var rig = new Rig(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        Assert.Equal(Name("20.0.0.1"), NameOf(rig));
    }

    [Fact]
    public void A_backend_that_stays_keeps_its_account_wherever_it_stands_in_the_list()
    {
        using var rig = new Rig(Virtual.Web(Second));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        uint account = Only(rig).Account;
        rig.Reload(Virtual.Web($"{First}, {Second}"));
        Assert.Equal(account, Only(rig).Account);
        Assert.Equal(Name("20.0.0.2"), NameOf(rig));
        Assert.Equal(2, rig.Engine.Store.Accounts.Views().Count(static one => one.Name.Kind == AccountKind.Backend));
        rig.Reload(Virtual.Web(Second));
        Assert.Equal(account, Only(rig).Account);
        Assert.Single(rig.Engine.Store.Accounts.Views(), static one => one.Name.Kind == AccountKind.Backend);
        Assert.Equal(1, rig.Engine.Store.Accounts.EntryOf(account).Active);
    }

    private static AccountName Name(string address) => new(AccountKind.Backend, "web", IpAddress.Parse(address), 8080);

    private static SessionView Only(Rig rig) => Assert.Single(rig.Engine.Store.Sessions(rig.Now));

    private static AccountName NameOf(Rig rig)
    {
        Assert.True(rig.Engine.Store.Accounts.TryGetName(Only(rig).Account, out AccountName name));
        return name;
    }
}
