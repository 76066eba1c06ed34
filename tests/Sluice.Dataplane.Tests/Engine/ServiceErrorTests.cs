using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>ICMP errors about packets to and from virtual IPs: carried to whoever sent what they quote, as that sender knows it.</summary>
public sealed class ServiceErrorTests
{
    private const string Backend = "{ address: 20.0.0.1, port: 8080 }", Backend6 = "{ address: \"fd00:2::1\", port: 8080 }";

    private const string Opened = """
        clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
          = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
        """;

    [Fact]
    public void A_backend_s_own_error_comes_from_the_virtual_address()
    {
        using var rig = new Rig(Virtual.Web(Backend));
        new Play(rig).Run(Opened).Run("""
            servers 20.0.0.1 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 20.0.0.1:8080 tcp S]
              = clients 30.0.0.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 tcp]
            """);
    }

    [Theory]
    [InlineData("time exceeded code 0", "time exceeded 0")]
    [InlineData("too big mtu 1400", "too big mtu 1400")]
    public void A_router_s_error_keeps_the_router_s_address_and_quotes_the_virtual_one(string error, string shown)
    {
        using var rig = new Rig(Virtual.Web(Backend));
        new Play(rig).Run(Opened);
        string[] left = rig.In("servers", PacketScript.Parse($"20.0.0.9 > 10.0.0.2 icmp {error} [10.0.0.2:40000 > 20.0.0.1:8080 tcp S]"));
        string only = Assert.Single(left);
        Assert.StartsWith("clients 20.0.0.9 > 10.0.0.2 icmp ", only, StringComparison.Ordinal);
        Assert.Contains("[10.0.0.2:40000 > 30.0.0.2:80 tcp", only, StringComparison.Ordinal);
        Assert.Contains(shown.Split(' ')[0], only, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_about_an_answer_reaches_the_backend_about_the_packet_that_it_sent()
    {
        using var rig = new Rig(Virtual.Web(Backend));
        new Play(rig).Run(Opened).Run("""
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            clients 10.0.0.2 > 30.0.0.2 icmp unreachable 3 [30.0.0.2:80 > 10.0.0.2:40000 tcp SA]
              = servers 10.0.0.2 > 20.0.0.1 icmp unreachable 3 [20.0.0.1:8080 > 10.0.0.2:40000 tcp]
            clients 10.0.0.9 > 30.0.0.2 icmp unreachable 1 [30.0.0.2:80 > 10.0.0.2:40000 tcp SA]
              = servers 10.0.0.9 > 20.0.0.1 icmp unreachable 1 [20.0.0.1:8080 > 10.0.0.2:40000 tcp]
            """);
    }

    [Fact]
    public void Too_big_passes_both_ways_over_IPv6()
    {
        using var rig = new Rig(Virtual.Web(Backend6, "UDP", address: "fd00:30::2"));
        new Play(rig).Run("""
            clients [fd00:1::2]:40000 > [fd00:30::2]:80 udp
              = servers [fd00:1::2]:40000 > [fd00:2::1]:8080 udp
            servers [fd00:2::1]:8080 > [fd00:1::2]:40000 udp
              = clients [fd00:30::2]:80 > [fd00:1::2]:40000 udp
            servers fd00:2::1 > fd00:1::2 icmp6 too big mtu 1280 [[fd00:1::2]:40000 > [fd00:2::1]:8080 udp]
              = clients fd00:30::2 > fd00:1::2 icmp6 too big mtu 1280 [[fd00:1::2]:40000 > [fd00:30::2]:80 udp]
            servers fd00:2::99 > fd00:1::2 icmp6 too big mtu 1300 [[fd00:1::2]:40000 > [fd00:2::1]:8080 udp]
              = clients fd00:2::99 > fd00:1::2 icmp6 too big mtu 1300 [[fd00:1::2]:40000 > [fd00:30::2]:80 udp]
            clients fd00:1::99 > fd00:30::2 icmp6 too big mtu 1290 [[fd00:30::2]:80 > [fd00:1::2]:40000 udp]
              = servers fd00:1::99 > fd00:2::1 icmp6 too big mtu 1290 [[fd00:2::1]:8080 > [fd00:1::2]:40000 udp]
            """);
    }

    [Fact]
    public void An_error_about_a_packet_to_a_direct_backend_reaches_the_client()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, mode: direct }", "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 10.0.0.2:40000 > 30.0.0.2:80 udp
            servers 20.0.0.9 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:40000 > 30.0.0.2:80 udp]
              = clients 20.0.0.9 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:40000 > 30.0.0.2:80 udp]
            servers 30.0.0.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 udp]
              = clients 30.0.0.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 udp]
            """);
    }

    [Fact]
    public void An_error_about_an_answer_of_a_direct_backend_goes_to_that_backend()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, mode: direct }", "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 10.0.0.2:40000 > 30.0.0.2:80 udp
            clients 10.0.0.9 > 30.0.0.2 icmp unreachable 1 [30.0.0.2:80 > 10.0.0.2:40000 udp]
              = servers 10.0.0.9 > 30.0.0.2 icmp unreachable 1 [30.0.0.2:80 > 10.0.0.2:40000 udp]
            """);
    }

    [Fact]
    public void An_error_with_a_source_of_the_backend_s_own_is_restored_whole()
    {
        using var rig = new Rig(Virtual.Web("{ address: 20.0.0.1, port: 8080, source: { address: 1.2.3.4, port: 5000 } }", "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 1.2.3.4:5000 > 20.0.0.1:8080 udp
            servers 20.0.0.1 > 1.2.3.4 icmp unreachable 3 [1.2.3.4:5000 > 20.0.0.1:8080 udp]
              = clients 30.0.0.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 udp]
            """);
    }

    [Fact]
    public void An_error_about_a_session_whose_backend_is_gone_reaches_nobody()
    {
        using var rig = new Rig(Virtual.Web(Backend, "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 udp
            """);
        rig.Reload(Virtual.Web("{ address: 20.0.0.2, port: 8080 }", "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.9 > 30.0.0.2 icmp unreachable 1 [30.0.0.2:80 > 10.0.0.2:40000 udp]
              drop NotExposed
            """);
    }
}
