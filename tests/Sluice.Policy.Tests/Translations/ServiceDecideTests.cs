using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

public sealed class ServiceDecideTests
{
    [Fact]
    public void A_virtual_endpoint_leads_to_its_backend_and_the_rest_of_its_address_to_nobody()
    {
        // Spec appendix A1.
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"));
        Assert.Equal("session a: 10.0.0.5:40000 > 20.0.0.1:8080", policy.Serve("10.0.0.5:40000", "30.0.0.2:80"));
        Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:40001", "30.0.0.2:81"));
        Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:40000", "30.0.0.2:80", "udp"));
        Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:0", "30.0.0.2:0", "47"));
        Assert.Equal("route a", policy.Serve("10.0.0.5:40000", "30.0.0.3:80"));
        Assert.Equal("translation t-30-0-0-2-80-tcp-vip", policy.RuleFor("a", "10.0.0.5:40000", "30.0.0.2:80", "tcp"));
    }

    [Fact]
    public void What_a_real_address_has_besides_goes_on()
    {
        // Spec appendix A2.
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP real", "", "20.0.0.1:8080 source=1.2.3.4"));
        Assert.Equal("session a: 1.2.3.4:40000 > 20.0.0.1:8080", policy.Serve("10.0.0.5:40000", "30.0.0.2:80"));
        Assert.Equal("route a", policy.Serve("10.0.0.5:40000", "30.0.0.2:22"));
        Assert.Equal("route a", policy.Serve("10.0.0.5:7", "30.0.0.2:0", "ping"));
    }

    [Fact]
    public void One_address_has_translations_of_several_ports_and_protocols()
    {
        TestPolicy policy = Of(
            Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"),
            Translation("30.0.0.2 80 UDP vip", "", "20.0.0.2:8081"),
            Translation("30.0.0.2 8000-8100 TCP vip", "", "20.0.0.3:9000-9100"),
            Translation("30.0.0.2 80 SCTP vip", "", "20.0.0.4:82"));
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.1:8080", policy.Serve("10.0.0.5:4", "30.0.0.2:80"));
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.2:8081", policy.Serve("10.0.0.5:4", "30.0.0.2:80", "udp"));
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.3:9000", policy.Serve("10.0.0.5:4", "30.0.0.2:8000"));
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.3:9100", policy.Serve("10.0.0.5:4", "30.0.0.2:8100"));
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.4:82", policy.Serve("10.0.0.5:4", "30.0.0.2:80", "132"));
        Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:4", "30.0.0.2:81", "132"));
        Assert.Equal("drop NotExposed", policy.Serve("10.0.0.5:4", "30.0.0.2:8101"));
    }

    [Fact]
    public void All_ports_of_a_protocol_keep_their_numbers()
    {
        TestPolicy policy = Of(Translation("2001:db8::2 * UDP vip", "", "2001:db8:20::1"));
        Assert.Equal("session a: [2001:db8::9]:4 > [2001:db8:20::1]:5353", policy.Serve("[2001:db8::9]:4", "[2001:db8::2]:5353", "udp"));
        Assert.Equal("drop NotExposed", policy.Serve("[2001:db8::9]:4", "[2001:db8::2]:5353"));
    }

    [Fact]
    public void A_backend_may_fix_both_parts_of_its_clients_endpoint()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1 source=1.2.3.4:5555"));
        Assert.Equal("session a: 1.2.3.4:5555 > 20.0.0.1:80", policy.Serve("10.0.0.5:40000", "30.0.0.2:80"));
    }

    [Fact]
    public void A_direct_backend_gets_packets_as_they_are()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1 mode=direct"));
        Assert.Equal("session a: 10.0.0.5:4 > 30.0.0.2:80 by 20.0.0.1", policy.Serve("10.0.0.5:4", "30.0.0.2:80"));
    }

    [Fact]
    public void A_backend_that_is_its_own_client_sees_the_virtual_address()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"));
        Assert.Equal("session a: 30.0.0.2:4 > 20.0.0.1:8080", policy.Serve("20.0.0.1:4", "30.0.0.2:80"));
    }

    [Fact]
    public void An_echo_to_a_virtual_address_is_answered()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"));
        Assert.Equal("answer a", policy.Serve("10.0.0.5:7", "30.0.0.2:0", "ping"));
        Assert.Equal("drop NotExposed", policy.Decide("a", "10.0.0.5", "30.0.0.2", IpProtocol.Icmp, hasPorts: false));
    }

    [Fact]
    public void A_virtual_address_is_the_gateways_and_a_real_one_is_not()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"), Translation("30.0.0.3 80 TCP real", "", "20.0.0.1:8080"));
        Assert.True(policy.Policy.IsPublic(policy.Realm("a"), IpAddress.Parse("30.0.0.2")));
        Assert.False(policy.Policy.IsPublic(policy.Realm("a"), IpAddress.Parse("30.0.0.3")));
        Assert.False(policy.Policy.IsPublic(policy.Realm("b"), IpAddress.Parse("30.0.0.2")));
        Assert.Equal(["30.0.0.2"], policy.Policy.PublicAddresses(policy.Realm("a")).Select(static range => range.First.ToString()));
    }

    [Fact]
    public void Without_a_usable_backend_new_sessions_are_refused_until_one_returns()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", ""), Translation("30.0.0.2 81 TCP vip", "", "20.0.0.1", "20.0.0.2"));
        Assert.Equal("drop NoBackend", policy.Serve("10.0.0.5:4", "30.0.0.2:80"));
        policy.SetUp("20.0.0.1", isUp: false);
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.2:81", policy.Serve("10.0.0.5:4", "30.0.0.2:81"));
        policy.SetUp("20.0.0.2", isUp: false);
        Assert.Equal("drop NoBackend", policy.Serve("10.0.0.5:4", "30.0.0.2:81"));
        policy.SetUp("20.0.0.1", isUp: true);
        Assert.Equal("session a: 10.0.0.5:4 > 20.0.0.1:81", policy.Serve("10.0.0.5:4", "30.0.0.2:81"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("loadBalancing: { method: maglev, hashFields: [srcAddr, srcPort] }")]
    public void Backends_get_sessions_by_weight(string balancing)
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", balancing, "20.0.0.1:1 weight=100", "20.0.0.2:2 weight=300", "20.0.0.3:3 weight=0", "20.0.0.4:4 state=draining"));
        Dictionary<string, int> got = policy.Spread("30.0.0.2:80", 30_000);
        Assert.InRange(got["20.0.0.1:1"], 7_125, 7_875);
        Assert.Equal(30_000, got["20.0.0.1:1"] + got["20.0.0.2:2"]);
    }

    [Fact]
    public void Chosen_fields_alone_count()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80-89 TCP vip", "loadBalancing: { method: hash, hashFields: [srcAddr] }", "20.0.0.1", "20.0.0.2", "20.0.0.3"));
        string first = policy.Serve("10.0.0.5:4", "30.0.0.2:80").Split(" > ")[1].Split(':')[0];
        for (int port = 1; port < 200; port++)
            Assert.Contains($"> {first}:81", policy.Serve($"10.0.0.5:{port}", "30.0.0.2:81"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_names_its_backend()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1"), Translation("30.0.0.2 81 TCP vip", ""), Translation("30.0.0.2 82 TCP vip", "", "20.0.0.7", "20.0.0.2"));
        Decision decision = policy.Policy.Decide(policy.Packet("a", "10.0.0.5:4", "30.0.0.2:82", "tcp"));
        Assert.True(policy.Policy.TryGetBackend(decision.Backend, out var service, out int place));
        Assert.Same(policy.Service(2), service);
        Assert.Equal(decision.Destination, service!.Backends[place].Address);
        Assert.False(policy.Policy.TryGetBackend(0, out _, out _));
        Assert.False(policy.Policy.TryGetBackend(4, out _, out _));
        Assert.Equal(0, policy.Policy.Decide(policy.Packet("a", "10.0.0.5:4", "10.0.0.6:82", "tcp")).Backend);
    }

    [Fact]
    public void A_ported_translation_claims_its_ports_from_pools() =>
        Assert.Equal(["30.0.0.2 Udp 80-89"], Of(Translation("30.0.0.2 80-89 UDP vip", "", "20.0.0.1")).Policy.PortClaims.Select(static c => $"{c.Addresses.First} {c.Ports} {c.Range}"));
}
