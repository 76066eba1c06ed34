using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>What a new configuration means for live sessions.</summary>
public sealed class ReloadTests : IDisposable
{
    private const string Begins = """
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 1
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp SA seq 1 ack 2
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp SA
        vpc1 10.0.0.2 > 192.168.50.2 icmp echo request id 7
          = vpc2 203.0.113.1 > 192.168.50.2 icmp echo request id 7
        """;

    private const string GoesOn = """
        vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 2 ack 2
          = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp A
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 2 ack 2
          = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp A
        vpc2 192.168.50.2 > 203.0.113.1 icmp echo reply id 7
          = vpc1 192.168.50.2 > 10.0.0.2 icmp echo reply id 7
        """;

    private readonly Rig rig = new(Net.Masquerade());

    public void Dispose() => rig.Dispose();

    [Fact]
    public void The_same_configuration_changes_nothing()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Masquerade());
        play.Run(GoesOn);
    }

    [Fact]
    public void A_session_that_is_still_allowed_keeps_its_public_endpoint_while_new_ones_may_get_another()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Masquerade(profile: "ports: \"30000-40000\"", publics: "203.0.113.0/30"));
        play.Run(GoesOn);
        play.Run("""
            vpc1 10.0.0.3:5001 > 192.168.50.2:80 tcp S
              = vpc2 {address}:{port} > 192.168.50.2:80 tcp S
            """);
        Assert.NotEqual("5001", play["port"]);
    }

    [Fact]
    public void A_session_whose_public_address_is_gone_ends()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Masquerade(publics: "203.0.113.9/32"));
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        play.Run("""
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 2 ack 2
              drop NotExposed
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 2 ack 2
              drop MidstreamTcp
            vpc1 10.0.0.2 > 192.168.50.2 icmp echo request id 7
              = vpc2 203.0.113.9 > 192.168.50.2 icmp echo request id 7
            """);
    }

    [Fact]
    public void A_session_that_is_forbidden_ends_and_its_host_is_told()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
            [$"vpc1: {Net.Masquerading("10.0.0.64/26", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        play.Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 2 ack 2
              = vpc1 10.0.0.1 > 10.0.0.2 icmp unreachable 13 [10.0.0.2:5000 > 192.168.50.2:80 tcp]
              drop NotExposed
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 2 ack 2
              drop NoMapping
            """);
    }

    [Fact]
    public void A_masquerade_that_becomes_plain_ends_its_sessions()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
            [$"vpc1: {Net.Plain("10.0.0.0/24")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        play.Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 2 ack 2
              = vpc2 10.0.0.2:5000 > 192.168.50.2:80 tcp A
            """);
        rig.Reload(Net.Masquerade());
        play.Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 2 ack 2
              drop MidstreamTcp
            """);
    }

    [Fact]
    public void A_session_finds_its_new_way_when_routes_change()
    {
        var play = new Play(rig).Run(Begins);
        rig.Reload(Net.Of(
            [
                Net.Link("vpc1", "10.0.0.1/24", "10.0.0.254", ", routes: [{ to: 10.0.0.2/32, via: 10.0.0.254 }]"),
                Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"),
            ],
            [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        play.Run("""
            vpc2 192.168.50.2:80 > 203.0.113.1:5000 tcp A seq 2 ack 2
              = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp A
            """);
        Assert.Equal("02:00:00:00:10:01", Packets.Addresses.MacAddress.FromBytes(rig.Frames.Single()).ToString());
    }

    [Fact]
    public void New_idle_times_count_from_the_next_packet()
    {
        var play = new Play(rig).Run(Begins);
        rig.Wait(30_000);
        rig.Reload(Net.Masquerade("timers: { icmp: 10s }"));
        play.Run(GoesOn);
        play.Run("""
            vpc1 10.0.0.2 > 192.168.50.2 icmp echo request id 7
              = vpc2 203.0.113.1 > 192.168.50.2 icmp echo request id 7
            wait 10001ms
            vpc2 192.168.50.2 > 203.0.113.1 icmp echo reply id 7
              drop NoMapping
            """);
    }
}
