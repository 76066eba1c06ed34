using Sluice.Packets;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Which packets a translation matches, which it leaves, and what becomes of refusals when a backend is back.</summary>
public sealed class ServiceMatchTests
{
    private const string Backend = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }";

    [Fact]
    public void A_range_of_ports_is_led_to_a_range_of_the_same_width()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, port: \"9000-9010\" }", "UDP", port: "port: \"8000-8010\""));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:8000 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:9000 udp
            clients 10.0.0.2:40000 > 30.0.0.2:8010 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:9010 udp
            servers 20.0.0.1:9010 > 10.0.0.2:40000 udp
              = clients 30.0.0.2:8010 > 10.0.0.2:40000 udp
            clients 10.0.0.2:40000 > 30.0.0.2:8011 udp
              drop NotExposed
            """);
    }

    [Fact]
    public void All_ports_of_one_protocol_stay_as_they_are()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1 }", "UDP", port: ""));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:1 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:1 udp
            clients 10.0.0.2:40000 > 30.0.0.2:65535 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:65535 udp
            servers 20.0.0.1:65535 > 10.0.0.2:40000 udp
              = clients 30.0.0.2:65535 > 10.0.0.2:40000 udp
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              drop NotExposed
            """);
    }

    [Fact]
    public void One_address_has_translations_of_several_ports_and_protocols()
    {
        using var rig = new Rig(Virtual.Web(Backend) + Virtual.Translation("dns", "{ address: 20.0.0.2 }", "UDP", port: "port: 53")
            + Virtual.Translation("tls", "{ address: 20.0.0.3 }", port: "port: 443"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            clients 10.0.0.2:40000 > 30.0.0.2:53 udp
              = servers 10.0.0.2:40000 > 20.0.0.2:53 udp
            clients 10.0.0.2:40000 > 30.0.0.2:443 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.3:443 tcp S
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              drop NotExposed
            clients 10.0.0.2 > 30.0.0.2 protocol 47
              drop NotExposed
            """);
    }

    [Fact]
    public void What_matches_nothing_of_a_real_address_goes_on_to_the_host_that_has_it()
    {
        using var rig = new Rig(Virtual.Web(Backend, mode: "real", address: "20.0.0.3"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 20.0.0.3:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            clients 10.0.0.2:40000 > 20.0.0.3:22 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.3:22 tcp S
            clients 10.0.0.2 > 20.0.0.3 icmp echo request id 7
              = servers 10.0.0.2 > 20.0.0.3 icmp echo request id 7
            clients 10.0.0.2 > 20.0.0.3 protocol 47
              = servers 10.0.0.2 > 20.0.0.3 protocol 47
            """);
    }

    [Fact]
    public void A_real_address_of_a_link_answers_its_own_echo_and_translates_over_IPv6_too()
    {
        using var rig = new Rig(Virtual.Web("{ address: \"fd00:2::1\", port: 8080 }", mode: "real", address: "fd00:1::1"));
        new Play(rig).Run("""
            clients [fd00:1::2]:40000 > [fd00:1::1]:80 tcp S
              = servers [fd00:1::2]:40000 > [fd00:2::1]:8080 tcp S
            clients [fd00:1::2]:40000 > [fd00:1::1]:22 tcp S
              consume
            clients fd00:1::2 > fd00:1::1 icmp6 echo request id 7
              consume
            """);
    }

    [Fact]
    public void An_echo_is_answered_over_IPv6_and_asked_of_no_backend()
    {
        using var rig = new Rig(Virtual.Web("{ address: \"fd00:2::1\", port: 8080 }", address: "fd00:30::2"));
        new Play(rig).Run("""
            clients fd00:1::2 > fd00:30::2 icmp6 echo request id 7
              = clients fd00:30::2 > fd00:1::2 icmp6 echo reply id 7
              consume
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_backend_that_is_its_own_client_hears_the_virtual_address_over_IPv6_and_UDP()
    {
        using var rig = new Rig(Virtual.Web("{ address: \"fd00:2::1\", port: 8080 }", "UDP", address: "fd00:30::2"));
        new Play(rig).Run("""
            servers [fd00:2::1]:40000 > [fd00:30::2]:80 udp
              = servers [fd00:30::2]:40000 > [fd00:2::1]:8080 udp
            servers [fd00:2::1]:8080 > [fd00:30::2]:40000 udp
              = servers [fd00:30::2]:80 > [fd00:2::1]:40000 udp
            """);
    }

    [Theory]
    [InlineData("TCP", "tcp S", "clients 30.0.0.2:80 > 10.0.0.2:40000 tcp RA")]
    [InlineData("UDP", "udp", "clients 10.0.0.1 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 udp]")]
    public void Without_a_usable_backend_each_packet_is_refused_and_the_first_after_its_return_passes(string protocol, string packet, string told)
    {
        using var rig = new Rig(Virtual.Web(Backend, protocol));
        rig.Engine.Rules.Policy.SetUp(1, false);
        for (int i = 0; i < 3; i++)
        {
            new Play(rig).Run($"""
                clients 10.0.0.2:40000 > 30.0.0.2:80 {packet}
                  = {told}
                  drop NoBackend
                """);
        }

        Assert.Equal(0, rig.Engine.Store.InUse);
        rig.Engine.Rules.Policy.SetUp(1, true);
        new Play(rig).Run($"""
            clients 10.0.0.2:40000 > 30.0.0.2:80 {packet}
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 {packet}
            """);
        rig.Engine.Rules.Policy.SetUp(1, false);

        // What lives goes on: whether its backend can be reached is its own affair.
        new Play(rig).Run($"""
            clients 10.0.0.2:40000 > 30.0.0.2:80 {packet}
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 {packet}
            """);
    }

    [Fact]
    public void Packets_of_one_burst_see_the_same_backend_whether_or_not_they_were_decided_ahead()
    {
        using var rig = new Rig(Virtual.Web($"{Backend}, {Second}", "UDP"));
        byte[] frame = rig.FrameOf("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 udp"));
        string[] left = rig.Send("clients", [.. Enumerable.Repeat(frame, 100)]);
        Assert.Equal(100, left.Length);
        Assert.Single(left.Distinct());
        Assert.Equal(1, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void The_later_of_two_sessions_with_one_return_tuple_leaves_by_another_port()
    {
        using var rig = new Rig(Virtual.Web(Backend) + Virtual.Translation("other", Backend, address: "30.0.0.3"));
        Play play = new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            clients 10.0.0.2:40000 > 30.0.0.3:80 tcp S
              = servers 10.0.0.2:{p} > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 10.0.0.2:{p} tcp SA
              = clients 30.0.0.3:80 > 10.0.0.2:40000 tcp SA
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            """);
        Assert.NotEqual("40000", play["p"]);
    }

    [Fact]
    public void A_connection_that_begins_again_while_it_closes_chooses_again()
    {
        using var rig = new Rig(Virtual.Web(Backend));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 100
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA seq 500 ack 101
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp FA seq 101 ack 501
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp FA
            """);
        rig.Reload(Virtual.Web($"{{ address: 20.0.0.1, port: 8080, state: draining }}, {Second}"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S seq 9000
              = servers 10.0.0.2:40000 > 20.0.0.2:8080 tcp S
            """);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.Reopened));
        Assert.Equal((0, 1), (rig.Engine.Store.Accounts.EntryOf(AccountOf(rig, "20.0.0.1")).Active, rig.Engine.Store.Accounts.EntryOf(AccountOf(rig, "20.0.0.2")).Active));
    }

    [Fact]
    public void What_follows_an_ended_session_is_a_new_packet()
    {
        using var rig = new Rig(Virtual.Web(Backend));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            wait 241s
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp A
              drop MidstreamTcp
            """);
        Assert.Equal(0UL, rig.Engine.Counters().DroppedFor(DropReason.NoBackend));
    }

    private static uint AccountOf(Rig rig, string address) =>
        rig.Engine.Store.Accounts.Views().Single(view => view.Name.Kind == AccountKind.Backend && view.Name.Address.ToString() == address).Number;
}
