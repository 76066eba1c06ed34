using Sluice.Packets.Addresses;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What is counted of translations and their backends.</summary>
public sealed class StatisticsTests
{
    private const string First = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }";

    private const string Opened = """
        clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
          = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
        servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA
          = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
        clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A
          = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp A
        """;

    [Fact]
    public void Packets_and_bytes_are_counted_each_way_while_a_session_lives_and_when_it_has_ended()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run(Opened);
        AccountCounts live = Of(rig, "20.0.0.1");
        Assert.Equal((1, 1, 0), (live.Active, live.Begun, live.Expired));
        Assert.Equal(new AccountTraffic(new TrafficCount(2, 80), new TrafficCount(1, 40)), live.Traffic);
        rig.Wait(3 * 3_600_000);
        Assert.Equal(live with { Active = 0, Expired = 1 }, Of(rig, "20.0.0.1"));
    }

    [Fact]
    public void What_a_backend_that_is_gone_has_served_stays_its_translations()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run(Opened);
        rig.Reload(Virtual.Web(Second));
        rig.Reload(Virtual.Web(Second, more: ", onRemove: drain"));
        Assert.Equal(AccountTable.None, rig.Engine.Store.Accounts.Find(Name("20.0.0.1")));
        AccountCounts whole = Whole(rig);
        Assert.Equal((0, 1, 2ul, 1ul), (whole.Active, whole.Begun, whole.Traffic.Original.Packets, whole.Traffic.Reply.Packets));
    }

    [Fact]
    public void Refusals_are_counted_at_the_translation_by_reason()
    {
        using var rig = new Rig(Virtual.Web(""), capacity: 1);
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S"));
        Assert.Equal(new RefusalCounts(2, 0, 0, 0), Whole(rig).Refused);
        rig.Reload(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S"));
        Assert.Equal(new RefusalCounts(2, 0, 1, 0), Whole(rig).Refused);
        Assert.Equal(1, Of(rig, "20.0.0.1").Begun);
    }

    [Fact]
    public void A_reset_to_the_first_SYN_says_that_nobody_listens()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run(Opened);
        rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40000 tcp RA seq 1000 ack 1000"));
        Assert.Equal(0, Of(rig, "20.0.0.1").Rejected);
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S seq 1000"));
        for (int i = 0; i < 2; i++) rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40001 tcp RA seq 0 ack 1001"));
        Assert.Equal((1, 0), (Of(rig, "20.0.0.1").Rejected, Of(rig, "20.0.0.1").Unanswered));
        rig.Wait(3 * 3_600_000);
        Assert.Equal((1, 0), (Of(rig, "20.0.0.1").Rejected, Of(rig, "20.0.0.1").Unanswered));
    }

    [Fact]
    public void A_SYN_in_answer_to_the_first_one_says_once_that_somebody_listens()
    {
        using var rig = new Rig(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 1000"));
        Assert.Equal(0u, Accepted());
        for (int i = 0; i < 2; i++) rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40000 tcp SA seq 5000 ack 1001"));
        Assert.Equal(1u, Accepted());
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S seq 1000"));
        rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40001 tcp RA seq 0 ack 1001"));
        Assert.Equal(1u, Accepted());

        uint Accepted() => rig.Engine.Store.Accounts.EntryOf(rig.Engine.Store.Accounts.Find(Name("20.0.0.1"))).Accepted;
    }

    [Fact]
    public void A_client_that_gives_up_is_no_fault_of_the_backend()
    {
        using var rig = new Rig(Virtual.Web(First));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S seq 1000"));
        rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40001 tcp SA seq 5000 ack 1001"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp R seq 1001"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40002 > 30.0.0.2:80 tcp S seq 1000"));
        rig.In("servers", PacketScript.Parse("20.0.0.1:8080 > 10.0.0.2:40002 tcp SA seq 5000 ack 1001"));
        rig.Wait(3 * 3_600_000);
        AccountCounts counts = Of(rig, "20.0.0.1");
        Assert.Equal((2, 0, 0), (counts.Expired, counts.Rejected, counts.Unanswered));
    }

    [Theory]
    [InlineData(First, 1)]
    [InlineData("{ address: 20.0.0.1, mode: direct }", 0)]
    [InlineData("{ address: 20.0.0.1, mode: direct, source: { address: 1.2.3.4 } }", 1)]
    public void Silence_of_a_backend_is_counted_where_its_answers_come_by(string backend, long expected)
    {
        using var rig = new Rig(Virtual.Web(backend));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S"));
        rig.Wait(3 * 3_600_000);
        AccountCounts counts = rig.Engine.Store.Accounts.Views().Where(static one => one.Name.Kind == AccountKind.Backend)
            .Select(static one => AccountCounts.Of(one.Counts, default)).Single();
        Assert.Equal((1, expected, 0), (counts.Expired, counts.Unanswered, counts.Rejected));
    }

    /// <summary>The account is the same endpoint's, however it is reached.</summary>
    [Fact]
    public void Silence_of_a_backend_is_counted_from_when_it_is_direct_no_more()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, mode: direct }"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40001 > 30.0.0.2:80 tcp S"));
        rig.Reload(Virtual.Web("{ address: 20.0.0.1 }"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40002 > 30.0.0.2:80 tcp S"));
        rig.Wait(3 * 3_600_000);
        Assert.Equal(1, Of(rig, new AccountName(AccountKind.Backend, "web", IpAddress.Parse("20.0.0.1"))).Unanswered);
    }

    private static AccountName Name(string address) => new(AccountKind.Backend, "web", IpAddress.Parse(address), 8080);

    private static AccountCounts Of(Rig rig, string address) => Of(rig, Name(address));

    private static AccountCounts Whole(Rig rig) => Of(rig, new AccountName(AccountKind.Translation, "web"));

    private static AccountCounts Of(Rig rig, AccountName name)
    {
        uint number = rig.Engine.Store.Accounts.Find(name);
        Assert.NotEqual(AccountTable.None, number);
        return AccountCounts.Of(rig.Engine.Store.Accounts.EntryOf(number), rig.Engine.Store.LiveAccountTraffic().GetValueOrDefault(number));
    }
}
