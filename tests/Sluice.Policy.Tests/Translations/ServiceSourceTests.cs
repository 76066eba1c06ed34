using Xunit;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

public sealed class ServiceSourceTests
{
    [Fact]
    public void The_longest_prefix_of_a_client_chooses_the_translation_and_one_without_is_for_the_rest()
    {
        TestPolicy policy = Of(
            Translation("30.0.0.2 80 TCP vip", "sources: [10.0.0.0/8, 192.168.7.7/32]", "20.0.0.1"),
            Translation("30.0.0.2 80 TCP vip", "sources: [10.1.0.0/16, 192.168.0.0/16]", "20.0.0.2"),
            Translation("30.0.0.2 80 TCP vip", "", "20.0.0.3"));
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.1:80", policy.Serve("10.2.0.5:4", "30.0.0.2:80"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.2:80", policy.Serve("10.1.0.5:4", "30.0.0.2:80"));
        Assert.Equal("session a: 192.168.7.6:4 > 20.0.0.2:80", policy.Serve("192.168.7.6:4", "30.0.0.2:80"));
        Assert.Equal("session a: 192.168.7.7:4 > 20.0.0.1:80", policy.Serve("192.168.7.7:4", "30.0.0.2:80"));
        Assert.Equal("session a: 172.16.0.1:4 > 20.0.0.3:80", policy.Serve("172.16.0.1:4", "30.0.0.2:80"));
        Assert.Equal("translation t-30-0-0-2-80-tcp-vip", policy.RuleFor("a", "172.16.0.1:4", "30.0.0.2:80", "tcp"));
    }

    [Fact]
    public void A_client_that_no_translation_is_for_is_dropped()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "sources: [10.1.0.0/16]", "20.0.0.1"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.1:80", policy.Serve("10.1.0.5:4", "30.0.0.2:80"));
        Assert.Equal("drop NotExposed", policy.Serve("10.2.0.5:4", "30.0.0.2:80"));
        Assert.Equal("drop NotExposed", policy.Serve("10.1.0.5:4", "30.0.0.2:81"));
        Assert.Equal("answer a", policy.Serve("10.2.0.5:7", "30.0.0.2:0", "ping"));
    }

    [Fact]
    public void Of_a_real_address_such_a_client_finds_what_there_is_without_the_translation()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP real", "sources: [10.1.0.0/16]", "20.0.0.1"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.1:80", policy.Serve("10.1.0.5:4", "30.0.0.2:80"));
        Assert.Equal("route a", policy.Serve("10.2.0.5:4", "30.0.0.2:80"));
    }

    [Fact]
    public void Ranges_of_ports_are_joined_port_by_port()
    {
        TestPolicy policy = Of(
            Translation("30.0.0.2 80-89 TCP vip", "sources: [10.1.0.0/16]", "20.0.0.1:80-89"),
            Translation("30.0.0.2 85 TCP vip", "", "20.0.0.2"),
            Translation("30.0.0.2 * TCP vip", "sources: [10.0.0.0/8]", "20.0.0.3"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.1:84", policy.Serve("10.1.0.5:4", "30.0.0.2:84"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.1:85", policy.Serve("10.1.0.5:4", "30.0.0.2:85"));
        Assert.Equal("session a: 10.2.0.5:4 > 20.0.0.3:85", policy.Serve("10.2.0.5:4", "30.0.0.2:85"));
        Assert.Equal("session a: 172.16.0.5:4 > 20.0.0.2:85", policy.Serve("172.16.0.5:4", "30.0.0.2:85"));
        Assert.Equal("drop NotExposed", policy.Serve("172.16.0.5:4", "30.0.0.2:84"));
        Assert.Equal("session a: 10.1.0.5:4 > 20.0.0.3:99", policy.Serve("10.1.0.5:4", "30.0.0.2:99"));
    }

    [Fact]
    public void Many_translations_of_one_address_agree_with_the_longest_prefix_of_each_client()
    {
        // More than the writer of cells asks one by one.
        string[] translations =
        [
            .. Enumerable.Range(0, 60).Select(i => Translation($"30.0.0.2 {1000 + i % 20}-{1040 + i} TCP vip", $"sources: [10.{i}.0.0/16, 172.16.0.0/{12 + i % 3}]".Replace(", 172.16.0.0/" + (12 + i % 3), i < 3 ? ", 172.16.0.0/" + (12 + i) : "", StringComparison.Ordinal), $"20.0.0.{i + 1}:{1000 + i % 20}-{1040 + i}")),
            Translation("30.0.0.2 1010-1090 TCP vip", "", "20.0.1.1:1010-1090"),
        ];
        TestPolicy policy = Of(translations);
        for (int i = 0; i < 60; i++)
        {
            for (int port = 995; port < 1110; port += 3)
            {
                string expected = port >= 1000 + i % 20 && port <= 1040 + i ? $"session a: 10.{i}.0.9:4 > 20.0.0.{i + 1}:{port}"
                    : port is >= 1010 and <= 1090 ? $"session a: 10.{i}.0.9:4 > 20.0.1.1:{port}"
                    : "drop NotExposed";
                Assert.Equal(expected, policy.Serve($"10.{i}.0.9:4", $"30.0.0.2:{port}"));
            }
        }

        Assert.Equal("session a: 172.16.0.9:4 > 20.0.0.3:1030", policy.Serve("172.16.0.9:4", "30.0.0.2:1030"));
        Assert.Equal("session a: 172.20.0.9:4 > 20.0.0.1:1030", policy.Serve("172.31.0.9:4", "30.0.0.2:1030").Replace("172.31", "172.20", StringComparison.Ordinal));
    }

    [Fact]
    public void IPv6_clients_are_told_apart_too()
    {
        TestPolicy policy = Of(
            Translation("2001:db8::2 53 UDP vip", "sources: [\"2001:db8:1::/48\"]", "2001:db8:20::1"),
            Translation("2001:db8::2 53 UDP vip", "sources: [\"2001:db8:1:7::/64\"]", "2001:db8:20::2"));
        Assert.Equal("session a: [2001:db8:1:6::9]:4 > [2001:db8:20::1]:53", policy.Serve("[2001:db8:1:6::9]:4", "[2001:db8::2]:53", "udp"));
        Assert.Equal("session a: [2001:db8:1:7::9]:4 > [2001:db8:20::2]:53", policy.Serve("[2001:db8:1:7::9]:4", "[2001:db8::2]:53", "udp"));
        Assert.Equal("drop NotExposed", policy.Serve("[2001:db8:2::9]:4", "[2001:db8::2]:53", "udp"));
    }

    [Fact]
    public void A_session_is_judged_by_the_translation_that_is_for_its_client_now()
    {
        var realms = new RealmRegistry();
        TestPolicy before = Of([], [Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080")], realms);
        LiveSession live = before.Session("10.1.0.5:4", "30.0.0.2:80", "20.0.0.1:8080");
        string Then(params string[] translations) => Of([], translations, realms).Policy.Redecide(live, out _).ToString();

        Assert.Equal("Kept", Then(Translation("30.0.0.2 80 TCP vip", "sources: [10.1.0.0/16]", "20.0.0.1:8080")));
        Assert.Equal("Forbidden", Then(Translation("30.0.0.2 80 TCP vip", "sources: [10.2.0.0/16]", "20.0.0.1:8080")));
        Assert.Equal("Changed", Then(
            Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"), Translation("30.0.0.2 80 TCP vip", "sources: [10.1.0.0/16]", "20.0.0.2:8080")));
    }

    [Fact]
    public void A_peer_is_told_by_the_address_that_its_packets_come_with()
    {
        TestPolicy policy = Of(
            ["b: { expose: [{ ips: [{ cidr: 10.9.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }, a: { expose: [{ ips: [{ cidr: 30.0.0.0/24 }] }] }"],
            [Translation("30.0.0.2 80 TCP vip", "sources: [10.9.0.0/25]", "20.0.0.1:8080")]);
        Assert.StartsWith("session a", policy.Serve("10.9.0.5:4", "30.0.0.2:80", realm: "b"), StringComparison.Ordinal);
        Assert.Equal("drop NotExposed", policy.Serve("10.9.0.200:4", "30.0.0.2:80", realm: "b"));
    }
}
