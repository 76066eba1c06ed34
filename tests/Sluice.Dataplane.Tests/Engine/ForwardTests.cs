using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Port forwards, alone and together with what else may stand at either end.</summary>
public sealed class ForwardTests
{
    private const string Forward = "portForward: { ports: [{ proto: udp, port: \"22\", as: \"5001\" }, { proto: tcp, port: \"22\", as: \"22101\" }] }";

    private const string Masked = "{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }";

    private const string Forwarded = "{ ips: [{ cidr: 10.0.0.2/32 }], as: [{ cidr: 203.0.113.1/32 }], nat: { " + Forward + " } }";

    private static string Both(params string[] exposes) => Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2 192.168.50.3")],
        [$"vpc1: {{ expose: [{string.Join(", ", exposes)}] }}, vpc2: {Net.Plain("192.168.50.0/24")}"]);

    [Fact]
    public void Anybody_reaches_the_service_and_hears_it_from_the_public_endpoint()
    {
        using var rig = new Rig(Both(Masked, Forwarded));
        new Play(rig).Run("""
            vpc2 192.168.50.2:4000 > 203.0.113.1:22101 tcp S
              = vpc1 192.168.50.2:4000 > 10.0.0.2:22 tcp S
            vpc1 10.0.0.2:22 > 192.168.50.2:4000 tcp SA
              = vpc2 203.0.113.1:22101 > 192.168.50.2:4000 tcp SA
            vpc2 192.168.50.3:4000 > 203.0.113.1:5001 udp
              = vpc1 192.168.50.3:4000 > 10.0.0.2:22 udp
            vpc2 192.168.50.2:4001 > 203.0.113.1:22101 tcp A
              drop MidstreamTcp
            vpc2 192.168.50.2:4001 > 203.0.113.1:22102 tcp S
              drop NoMapping
            """);
        Assert.Equal(2, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void What_the_forwarded_endpoint_sends_by_itself_leaves_from_its_public_endpoint_and_the_rest_from_a_port_of_the_pool()
    {
        using var rig = new Rig(Both(Masked, Forwarded));
        new Play(rig).Run("""
            vpc1 10.0.0.2:22 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:9 udp
            vpc2 192.168.50.2:9 > 203.0.113.1:5001 udp
              = vpc1 192.168.50.2:9 > 10.0.0.2:22 udp
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 tcp S
              = vpc2 203.0.113.1:5001 > 192.168.50.2:9 tcp S
            vpc1 10.0.0.3:22 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:{p} > 192.168.50.2:9 udp
            """);
        var play = new Play(rig).Run("""
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:{q} > 192.168.50.2:9 udp
            """);
        Assert.NotEqual("5001", play["q"]);
    }

    [Fact]
    public void Errors_from_the_forwarded_end_come_from_the_public_address_whoever_reports()
    {
        using var rig = new Rig(Both(Masked, Forwarded));
        new Play(rig).Run("""
            vpc2 192.168.50.2:4000 > 203.0.113.1:5001 udp
              = vpc1 192.168.50.2:4000 > 10.0.0.2:22 udp
            vpc1 10.0.0.2 > 192.168.50.2 icmp unreachable 3 [192.168.50.2:4000 > 10.0.0.2:22 udp]
              = vpc2 203.0.113.1 > 192.168.50.2 icmp unreachable 3 [192.168.50.2:4000 > 203.0.113.1:5001 udp]
            vpc1 10.9.9.9 > 192.168.50.2 icmp time exceeded [192.168.50.2:4000 > 10.0.0.2:22 udp]
              = vpc2 203.0.113.1 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:4000 > 203.0.113.1:5001 udp]
            vpc2 192.0.2.9 > 203.0.113.1 icmp time exceeded [203.0.113.1:5001 > 192.168.50.2:4000 udp]
              = vpc1 192.0.2.9 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:22 > 192.168.50.2:4000 udp]
            """);
    }

    [Fact]
    public void A_router_of_a_hidden_end_that_is_exposed_by_itself_is_shown_as_itself()
    {
        using var rig = new Rig(Both(Masked, "{ ips: [{ cidr: 10.9.9.0/24 }] }"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:4000 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:4000 > 192.168.50.2:9 udp
            vpc2 192.168.50.2:9 > 203.0.113.1:4000 udp
              = vpc1 192.168.50.2:9 > 10.0.0.2:4000 udp
            vpc1 10.9.9.9 > 192.168.50.2 icmp time exceeded [192.168.50.2:9 > 10.0.0.2:4000 udp]
              = vpc2 10.9.9.9 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:9 > 203.0.113.1:4000 udp]
            vpc1 10.7.7.7 > 192.168.50.2 icmp time exceeded [192.168.50.2:9 > 10.0.0.2:4000 udp]
              = vpc2 203.0.113.1 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:9 > 203.0.113.1:4000 udp]
            """);
    }

    [Fact]
    public void A_return_tuple_that_is_taken_gets_the_later_session_another_source_port_and_both_live_through_a_reload()
    {
        string twice = Both(Masked, Forwarded.Replace("{ proto: tcp, port: \"22\", as: \"22101\" }", "{ proto: udp, port: \"22\", as: \"5002\" }", StringComparison.Ordinal));
        using var rig = new Rig(twice);
        Play play = new Play(rig).Run("""
            vpc2 192.168.50.2:4000 > 203.0.113.1:5001 udp
              = vpc1 192.168.50.2:4000 > 10.0.0.2:22 udp
            vpc2 192.168.50.2:4000 > 203.0.113.1:5002 udp
              = vpc1 192.168.50.2:{p} > 10.0.0.2:22 udp
            """);
        Assert.NotEqual("4000", play["p"]);
        const string GoesOn = """
            vpc1 10.0.0.2:22 > 192.168.50.2:{p} udp
              = vpc2 203.0.113.1:5002 > 192.168.50.2:4000 udp
            vpc1 10.0.0.2:22 > 192.168.50.2:4000 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:4000 udp
            vpc2 192.168.50.2:4000 > 203.0.113.1:5002 udp
              = vpc1 192.168.50.2:{p} > 10.0.0.2:22 udp
            """;
        play.Run(GoesOn);
        rig.Reload(twice);
        play.Run(GoesOn);
        Assert.Equal(2, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void Both_ends_may_hide_their_hosts()
    {
        using var rig = new Rig(Net.Of(
            [
                Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "172.16.0.1/24", "172.16.0.2"),
                Net.Link("six1", "fd00:1::1/64", "fd00:1::2"), Net.Link("six2", "fd00:2::1/64", "fd00:2::2"),
            ],
            [
                $"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Masquerading("172.16.0.2/32", "198.51.100.1/32", Forward)}",
                $"six1: {Net.Masquerading("fd00:1::/64", "2001:db8:1::1/128")}, six2: {Net.Masquerading("fd00:2::2/128", "2001:db8:2::1/128", Forward)}",
            ]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:4000 > 198.51.100.1:5001 udp
              = vpc2 203.0.113.1:4000 > 172.16.0.2:22 udp
            vpc2 172.16.0.2:22 > 203.0.113.1:4000 udp
              = vpc1 198.51.100.1:5001 > 10.0.0.2:4000 udp
            vpc2 172.16.0.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:4000 > 172.16.0.2:22 udp]
              = vpc1 198.51.100.1 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:4000 > 198.51.100.1:5001 udp]
            vpc1 10.0.0.99 > 198.51.100.1 icmp time exceeded [198.51.100.1:5001 > 10.0.0.2:4000 udp]
              = vpc2 203.0.113.1 > 172.16.0.2 icmp time exceeded 0 [172.16.0.2:22 > 203.0.113.1:4000 udp]
            six1 [fd00:1::2]:4000 > [2001:db8:2::1]:22101 tcp S
              = six2 [2001:db8:1::1]:4000 > [fd00:2::2]:22 tcp S
            six2 [fd00:2::2]:22 > [2001:db8:1::1]:4000 tcp SA
              = six1 [2001:db8:2::1]:22101 > [fd00:1::2]:4000 tcp SA
            six2 fd00:2::2 > 2001:db8:1::1 icmp6 unreachable 1 [[2001:db8:1::1]:4000 > [fd00:2::2]:22 tcp S]
              = six1 2001:db8:2::1 > fd00:1::2 icmp6 unreachable 1 [[fd00:1::2]:4000 > [2001:db8:2::1]:22101 tcp]
            """);
        Assert.Equal(2, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_sender_with_a_fixed_address_reaches_a_forward()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "172.16.0.1/24", "172.16.0.2")],
            [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.0/24", "static: {}")}, vpc2: {Net.Masquerading("172.16.0.2/32", "198.51.100.1/32", Forward)}"]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:4000 > 198.51.100.1:22101 tcp S
              = vpc2 203.0.113.2:4000 > 172.16.0.2:22 tcp S
            vpc2 172.16.0.2:22 > 203.0.113.2:4000 tcp SA
              = vpc1 198.51.100.1:22101 > 10.0.0.2:4000 tcp SA
            vpc1 10.0.0.9 > 198.51.100.1 icmp unreachable 1 [198.51.100.1:22101 > 10.0.0.2:4000 tcp SA]
              = vpc2 203.0.113.9 > 172.16.0.2 icmp unreachable 1 [172.16.0.2:22 > 203.0.113.2:4000 tcp]
            vpc1 192.0.2.1 > 198.51.100.1 icmp unreachable 1 [198.51.100.1:22101 > 10.0.0.2:4000 tcp SA]
              = vpc2 192.0.2.1 > 172.16.0.2 icmp unreachable 1 [172.16.0.2:22 > 203.0.113.2:4000 tcp]
            vpc2 172.16.0.77 > 203.0.113.2 icmp unreachable 1 [203.0.113.2:4000 > 172.16.0.2:22 tcp S]
              = vpc1 198.51.100.1 > 10.0.0.2 icmp unreachable 1 [10.0.0.2:4000 > 198.51.100.1:22101 tcp]
            """);
    }

    [Fact]
    public void A_forward_that_claims_the_endpoint_of_a_live_session_takes_it_away_and_nobody_else_gets_it()
    {
        using var rig = new Rig(Both(Masked));
        new Play(rig).Run("""
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:9 udp
            vpc1 10.0.0.3:5002 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:5002 > 192.168.50.2:9 udp
            """);
        Assert.Equal(new SessionFate(Kept: 1, Moved: 0, Ended: 1), rig.Forecast(Both(Masked, Forwarded)).Total);
        rig.Reload(Both(Masked, Forwarded));
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.PolicyChanged));
        var play = new Play(rig).Run("""
            vpc2 192.168.50.2:9 > 203.0.113.1:5001 udp
              = vpc1 192.168.50.2:9 > 10.0.0.2:22 udp
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:{p} > 192.168.50.2:9 udp
            vpc2 192.168.50.2:9 > 203.0.113.1:5002 udp
              = vpc1 192.168.50.2:9 > 10.0.0.3:5002 udp
            """);
        Assert.NotEqual("5001", play["p"]);
        rig.Wait(1_000_000);
        Assert.NotEqual("5001", new Play(rig).Run("""
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:{p} > 192.168.50.2:9 udp
            """)["p"]);
        rig.Reload(Both(Masked));
        rig.Wait(1_000_000);
        new Play(rig).Run("""
            vpc1 10.0.0.3:5001 > 192.168.50.2:9 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:9 udp
            """);
    }

    [Fact]
    public void A_forward_that_goes_ends_its_sessions_and_one_that_stays_keeps_them()
    {
        using var rig = new Rig(Both(Masked, Forwarded));
        new Play(rig).Run("""
            vpc2 192.168.50.2:4000 > 203.0.113.1:22101 tcp S
              = vpc1 192.168.50.2:4000 > 10.0.0.2:22 tcp S
            """);
        rig.Reload(Both(Forwarded));
        Assert.Equal(1, rig.Engine.Store.Count().Total);
        new Play(rig).Run("""
            vpc1 10.0.0.2:22 > 192.168.50.2:4000 tcp SA
              = vpc2 203.0.113.1:22101 > 192.168.50.2:4000 tcp SA
            """);
        rig.Reload(Both(Masked));
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.PolicyChanged));
    }
}
