using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Virtual IPs: packets to them, and what the gateway says in their name.</summary>
public sealed class ServiceTests
{
    private const string Backend = "{ address: 20.0.0.1, port: 8080 }";

    private static string Web(string backends, string protocol = "TCP", string mode = "vip", string address = "30.0.0.2") => Net.Of(
        [
            Net.Link("clients", "10.0.0.1/24", "10.0.0.2 10.0.0.3", realm: "a"),
            Net.Link("servers", "20.0.0.254/24", "20.0.0.1 20.0.0.2", realm: "a"),
        ],
        []) + $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { realm: a, address: {{address}}, port: 80, protocol: {{protocol}}, mode: {{mode}}, backends: [{{backends}}] }
        """;

    [Fact]
    public void A_client_is_led_to_the_backend_and_hears_it_from_the_virtual_address()
    {
        using var rig = new Rig(Web(Backend));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 10.0.0.2:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            clients 10.0.0.2:40001 > 30.0.0.2:81 tcp S
              drop NotExposed
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              drop NotExposed
            """);
        Assert.Equal(1, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void A_backend_with_a_source_sees_that()
    {
        using var rig = new Rig(Web("{ address: 20.0.0.1, port: 8080, source: { address: 1.2.3.4 } }"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 1.2.3.4:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 1.2.3.4:40000 tcp SA
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp SA
            """);
    }

    [Fact]
    public void A_backend_that_is_its_own_client_hears_the_virtual_address()
    {
        using var rig = new Rig(Web(Backend));
        new Play(rig).Run("""
            servers 20.0.0.1:40000 > 30.0.0.2:80 tcp S
              = servers 30.0.0.2:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > 30.0.0.2:40000 tcp SA
              = servers 30.0.0.2:80 > 20.0.0.1:40000 tcp SA
            """);
    }

    [Fact]
    public void A_direct_backend_gets_the_packet_as_it_is()
    {
        using var rig = new Rig(Web("{ address: 20.0.0.2, mode: direct }"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 30.0.0.2:80 tcp S
            """);
    }

    [Fact]
    public void Without_a_backend_TCP_is_reset_and_the_next_packet_finds_a_backend_that_returned()
    {
        using var rig = new Rig(Web(""));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = clients 30.0.0.2:80 > 10.0.0.2:40000 tcp RA
              drop NoBackend
            """);
        rig.Reload(Web(Backend));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 tcp S
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 tcp S
            """);
    }

    [Fact]
    public void Without_a_backend_a_real_address_is_not_left_to_the_host_either()
    {
        using var rig = new Rig(Web("", mode: "real", address: "10.0.0.1"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 10.0.0.1:80 tcp S
              = clients 10.0.0.1:80 > 10.0.0.2:40000 tcp RA
              drop NoBackend
            clients 10.0.0.2:40000 > 10.0.0.1:22 tcp S
              consume
            clients 10.0.0.2 > 10.0.0.1 icmp echo request id 1
              consume
            """);
    }

    [Fact]
    public void Without_a_backend_UDP_hears_that_nobody_listens()
    {
        using var rig = new Rig(Web("", "UDP"));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 udp
              = clients 10.0.0.1 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:40000 > 30.0.0.2:80 udp]
              drop NoBackend
            """);
    }

    [Fact]
    public void An_echo_to_a_virtual_address_is_answered_by_the_gateway()
    {
        using var rig = new Rig(Web(""));
        new Play(rig).Run("""
            clients 10.0.0.2 > 30.0.0.2 icmp echo request id 7
              = clients 30.0.0.2 > 10.0.0.2 icmp echo reply id 7
              consume
            clients 10.0.0.2 > 30.0.0.2 icmp echo reply id 7
              drop NotExposed
            """);
    }
}
