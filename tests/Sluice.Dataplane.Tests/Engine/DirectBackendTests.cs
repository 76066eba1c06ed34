using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Backends that have the virtual address themselves and answer clients straight: one direction is all that the gateway sees.</summary>
public sealed class DirectBackendTests
{
    private const string First = "{ address: 20.0.0.1, mode: direct }", Second = "{ address: 20.0.0.2, mode: direct }", Far = "{ address: 40.0.0.9, mode: direct }";

    private static string ByMac(Rig rig) => string.Join(':', rig.Frames[^1].Take(6).Select(static one => one.ToString("x2")));

    private static SessionView Only(Rig rig) => Assert.Single(rig.Engine.Store.Sessions(rig.Now));

    [Fact]
    public void Packets_go_on_to_the_backend_after_routes_and_neighbours_have_changed()
    {
        using var rig = new Rig(Virtual.Web(Far, routes: ", routes: [{ to: 40.0.0.0/24, via: 20.0.0.1 }]"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            """);
        Assert.Equal("02:00:00:00:10:01", ByMac(rig));
        rig.Reload(Virtual.Web(Far, routes: ", routes: [{ to: 40.0.0.0/24, via: 20.0.0.2 }]"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp A
            """);
        Assert.Equal("02:00:00:00:10:02", ByMac(rig));
    }

    [Fact]
    public void A_session_stays_with_its_own_backend_when_another_is_added_before_it()
    {
        using var rig = new Rig(Virtual.Web(Second));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp S"));
        Assert.Equal("02:00:00:00:10:02", ByMac(rig));
        rig.Reload(Virtual.Web($"{First}, {Second}"));
        rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 tcp A"));
        Assert.Equal("02:00:00:00:10:02", ByMac(rig));
        Assert.Equal(1, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_connection_of_which_only_the_client_is_heard_is_open_once_it_acknowledges()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            """);
        Assert.Equal(SessionStateName.HalfOpen, Only(rig).State);
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 501
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp A
            wait 7200s
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp PA seq 101 ack 501 len 10
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp PA
            """);
        Assert.Equal(SessionStateName.Established, Only(rig).State);
    }

    [Fact]
    public void A_connection_that_the_client_never_acknowledges_ends_half_open()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            wait 241s
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Theory]
    [InlineData("R seq 9000000")]
    [InlineData("FA seq 9000000 ack 501")]
    public void The_client_s_reset_or_end_is_the_connections(string last)
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run($"""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 501
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp A
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp {last}
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp {last.Split(' ')[0]}
            """);
        Assert.Equal(SessionStateName.Closing, Only(rig).State);
        rig.Wait(241_000);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void Answers_that_come_through_the_gateway_pass_as_they_are()
    {
        using var rig = new Rig(Virtual.Web(First));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            servers 30.0.0.2:80 > 10.0.0.2:40000 tcp SA seq 500 ack 101
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A seq 101 ack 501
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp A
            """);
        Assert.Equal(SessionStateName.Established, Only(rig).State);
    }

    [Fact]
    public void A_direct_backend_with_a_source_answers_to_that_and_through_the_gateway()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, mode: direct, source: { address: 1.2.3.4 } }"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 1.2.3.4:40000 > 30.0.0.2:80 tcp S
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A
              = servers 1.2.3.4:40000 > 30.0.0.2:80 tcp A
            """);
        Assert.Equal(SessionStateName.HalfOpen, Only(rig).State);
        new Play(rig).Run("""
            servers 30.0.0.2:80 > 1.2.3.4:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            """);
        Assert.Equal(SessionStateName.Established, Only(rig).State);
    }

    [Fact]
    public void UDP_and_IPv6_go_straight_too()
    {
        using var rig = new Rig(Virtual.Web("{ address: \"fd00:2::2\", mode: direct }", "UDP", address: "fd00:30::2"));
        new Play(rig).Run("""
            clients [fd00:1::2]:40000 > [fd00:30::2]:80 udp
              = servers [fd00:1::2]:40000 > [fd00:30::2]:80 udp
            """);
        rig.Reload(Virtual.Web("{ address: \"fd00:2::1\", mode: direct }, { address: \"fd00:2::2\", mode: direct }", "UDP", address: "fd00:30::2"));
        new Play(rig).Run("""
            clients [fd00:1::2]:40000 > [fd00:30::2]:80 udp
              = servers [fd00:1::2]:40000 > [fd00:30::2]:80 udp
            """);
        Assert.Equal("02:00:00:00:10:05", ByMac(rig));
    }
}
