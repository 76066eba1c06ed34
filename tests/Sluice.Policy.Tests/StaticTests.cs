using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>One-to-one NAT: an order-preserving bijection between two lists.</summary>
public class StaticTests
{
    // The worked example of the reference: exclusions on both sides, 130,048 addresses each.
    private static TestPolicy Example() => Of(
    [
        End("a", Static(
            "1.1.0.0/16 1.2.0.0/16 !1.1.1.0/24 !1.1.3.0/24 !1.1.5.0/24 !1.2.2.0/24",
            "2.1.0.0/16 2.2.0.0/16 !2.1.8.0/24 !2.2.1.0/24 !2.2.2.0/24 !2.2.10.0/24")) + ", " + End("b", Plain("10.2.0.0/24")),
    ]);

    [Theory]
    [InlineData("1.2.3.4", "2.2.0.4")]
    [InlineData("1.1.0.0", "2.1.0.0")]
    [InlineData("1.1.0.255", "2.1.0.255")]
    [InlineData("1.1.2.0", "2.1.1.0")]
    [InlineData("1.1.11.0", "2.1.9.0")]
    [InlineData("1.1.10.255", "2.1.7.255")]
    [InlineData("1.1.255.255", "2.1.253.255")]
    [InlineData("1.2.2.255", null)]
    [InlineData("1.2.1.255", "2.1.255.255")]
    [InlineData("1.2.3.0", "2.2.0.0")]
    [InlineData("1.2.4.0", "2.2.3.0")]
    [InlineData("1.2.255.255", "2.2.255.255")]
    [InlineData("1.1.3.7", null)]
    public void The_worked_example_holds_in_both_directions(string inside, string? outside)
    {
        TestPolicy policy = Example();
        if (outside is null)
        {
            Assert.Equal("drop NotExposed", policy.Decide("a", inside, "10.2.0.5"));
            return;
        }

        Assert.Equal($"stateless b: {outside}:1000 > 10.2.0.5:2000", policy.Translate("a", $"{inside}:1000", "10.2.0.5:2000"));
        Assert.Equal($"stateless a: 10.2.0.5:2000 > {inside}:1000", policy.Translate("b", "10.2.0.5:2000", $"{outside}:1000"));
    }

    [Fact]
    public void An_excluded_public_address_is_nobodys_and_a_private_one_is_not_there_for_the_peer()
    {
        Assert.Equal("route b", Example().Decide("b", "10.2.0.5", "2.1.8.1"));
        Assert.Equal("route b", Example().Decide("b", "10.2.0.5", "1.2.3.4"));
    }

    [Fact]
    public void Lists_are_sorted_by_address_whatever_their_order_and_their_cuts()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.128/25 10.1.0.0/26 10.1.0.64/26", "203.0.113.192/26 203.0.113.0/25 203.0.113.128/26")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        foreach (int host in new[] { 0, 63, 64, 127, 128, 191, 192, 255 })
            Assert.Equal($"stateless b: 203.0.113.{host}:1 > 10.2.0.5:2", policy.Translate("a", $"10.1.0.{host}:1", "10.2.0.5:2"));
    }

    [Fact]
    public void Both_ends_translate_and_every_protocol_passes()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.0/24", "203.0.113.0/24")) + ", " + End("b", Static("10.1.0.0/24", "198.51.100.0/24"))]);
        foreach (string protocol in new[] { "tcp", "udp", "ping", "47" })
            Assert.Equal("stateless b: 203.0.113.7:1000 > 10.1.0.9:2000", policy.Translate("a", "10.1.0.7:1000", "198.51.100.9:2000", protocol));
        Assert.Equal("stateless a: 198.51.100.9:2000 > 10.1.0.7:1000", policy.Translate("b", "10.1.0.9:2000", "203.0.113.7:1000"));
        Assert.Equal("peering p0, a expose 1 (static)", policy.RuleFor("a", "10.1.0.7:1000", "198.51.100.9:2000"));
    }

    [Fact]
    public void IPv6_is_translated_alike()
    {
        TestPolicy policy = Of([End("a", Static("2001:db8:1::/64 2001:db8:3::/64", "2001:db8:f::/64 2001:db8:e::/64")) + ", " + End("b", Plain("2001:db8:2::/64"))]);
        Assert.Equal("stateless b: [2001:db8:e::7]:1 > [2001:db8:2::5]:2", policy.Translate("a", "[2001:db8:1::7]:1", "[2001:db8:2::5]:2"));
        Assert.Equal("stateless a: [2001:db8:2::5]:2 > [2001:db8:3:0:ffff::7]:1", policy.Translate("b", "[2001:db8:2::5]:2", "[2001:db8:f:0:ffff::7]:1"));
    }

    [Fact]
    public void Of_addresses_with_ports_the_ports_vary_fastest()
    {
        // 2 addresses of 4 ports become 4 addresses of 2: position 5 is the second port of the second address, and the second of the third.
        TestPolicy policy = Of([End("a", Static("10.1.0.0/31@4001-4004", "203.0.113.0/30@7001-7002")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        string[] expected = ["0:7001", "0:7002", "1:7001", "1:7002", "2:7001", "2:7002", "3:7001", "3:7002"];
        for (int i = 0; i < 8; i++)
        {
            string inside = $"10.1.0.{i / 4}:{4001 + i % 4}";
            Assert.Equal($"stateless b: 203.0.113.{expected[i]} > 10.2.0.5:2", policy.Translate("a", inside, "10.2.0.5:2", "tcp"));
            Assert.Equal($"stateless a: 10.2.0.5:2 > {inside}", policy.Translate("b", "10.2.0.5:2", $"203.0.113.{expected[i]}", "tcp"));
        }
    }

    [Fact]
    public void Pieces_with_ports_are_laid_out_by_address_then_ports()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.8/32@90 10.1.0.4/32@80-81 10.1.0.4/32@70", "203.0.113.1/32@1001-1004")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        string[] inside = ["10.1.0.4:70", "10.1.0.4:80", "10.1.0.4:81", "10.1.0.8:90"];
        for (int i = 0; i < inside.Length; i++)
            Assert.Equal($"stateless b: 203.0.113.1:{1001 + i} > 10.2.0.5:2", policy.Translate("a", inside[i], "10.2.0.5:2"));
    }

    [Fact]
    public void Exposes_with_ports_are_for_packets_with_these_ports_alone()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.0/24@4001-5000", "203.0.113.0/24@14001-15000")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        Assert.Equal("stateless b: 203.0.113.7:14001 > 10.2.0.5:2", policy.Translate("a", "10.1.0.7:4001", "10.2.0.5:2", "tcp"));
        Assert.Equal("stateless a: 10.2.0.5:2 > 10.1.0.7:5000", policy.Translate("b", "10.2.0.5:2", "203.0.113.7:15000"));
        Assert.Equal("drop NotExposed", policy.Translate("a", "10.1.0.7:4000", "10.2.0.5:2", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:2", "203.0.113.7:15001", "tcp"));
        foreach (string protocol in new[] { "ping", "47", "132" })
        {
            Assert.Equal("drop NotExposed", policy.Translate("a", "10.1.0.7:4001", "10.2.0.5:2", protocol));
            Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:2", "203.0.113.7:14001", protocol));
        }

        // The address is the gateway's all the same.
        Assert.True(policy.Policy.IsPublic(policy.Realm("b"), IpAddress.Parse("203.0.113.7")));
    }

    [Fact]
    public void Plain_exposes_with_ports_are_for_these_ports_and_leave_the_rest_to_others()
    {
        TestPolicy policy = Of(
        [
            End("a", Plain("10.1.0.0/24")) + ", " + End("b", Plain("10.2.0.0/24@80-90")),
            End("a", Plain("10.1.0.0/24")) + ", " + End("c", Plain("10.2.0.0/24@443")),
            End("a", Plain("10.1.0.0/24")) + ", " + End("ext.net", Default),
        ]);
        Assert.Equal("stateless b: 10.1.0.7:1 > 10.2.0.5:90", policy.Translate("a", "10.1.0.7:1", "10.2.0.5:90", "tcp"));
        Assert.Equal("stateless c: 10.1.0.7:1 > 10.2.0.5:443", policy.Translate("a", "10.1.0.7:1", "10.2.0.5:443", "tcp"));
        Assert.Equal("stateless ext.net: 10.1.0.7:1 > 10.2.0.5:91", policy.Translate("a", "10.1.0.7:1", "10.2.0.5:91", "tcp"));
        Assert.Equal("stateless ext.net: 10.1.0.7:1 > 10.2.0.5:80", policy.Translate("a", "10.1.0.7:1", "10.2.0.5:80", "ping"));
        Assert.Equal("stateless a: 10.2.0.5:80 > 10.1.0.7:1", policy.Translate("b", "10.2.0.5:80", "10.1.0.7:1", "tcp"));
        Assert.Equal("drop NotExposed", policy.Translate("b", "10.2.0.5:79", "10.1.0.7:1", "tcp"));
        Assert.False(policy.Policy.IsPublic(policy.Realm("a"), IpAddress.Parse("10.2.0.5")));
    }

    [Fact]
    public void A_router_that_one_to_one_NAT_covers_is_shown_by_its_public_address()
    {
        TestPolicy policy = Of([End("a", Static("10.1.0.0/24", "203.0.113.0/24")) + ", " + End("b", Plain("10.2.0.0/24"))]);
        (ushort a, ushort b) = (policy.Realm("a"), policy.Realm("b"));
        Assert.True(policy.Policy.TryTranslateErrorSource(a, b, IpAddress.Parse("10.1.0.1"), out IpAddress shown));
        Assert.Equal("203.0.113.1", shown.ToString());
        Assert.False(policy.Policy.TryTranslateErrorSource(a, b, IpAddress.Parse("10.1.1.1"), out shown));
        Assert.Equal("10.1.1.1", shown.ToString());
        Assert.True(policy.Policy.TryTranslateErrorSource(b, a, IpAddress.Parse("10.2.0.1"), out shown));
        Assert.Equal("10.2.0.1", shown.ToString());
        Assert.False(policy.Policy.TryTranslateErrorSource(a, policy.Realm("c"), IpAddress.Parse("10.1.0.1"), out _));
    }

    [Fact]
    public void Reversing_a_translation_restores_the_packet()
    {
        Random random = Seeds.New();
        int checkedPackets = 0;
        for (int round = 0; round < 40; round++)
        {
            (string ips, string publics) = random.Next(2) == 0 ? AddressLists(random) : PortedLists(random);
            TestPolicy policy = Of([End("a", Static(ips, publics)) + ", " + End("b", Plain("10.2.0.0/24"))]);
            for (int i = 0; i < 200; i++)
            {
                string source = $"10.1.{random.Next(4)}.{random.Next(256)}", port = $"{1000 + random.Next(40)}";
                Decision there = policy.Policy.Decide(policy.Packet("a", $"{source}:{port}", "10.2.0.5:2000", "udp"));
                if (there.Kind == DecisionKind.Drop) continue;
                Assert.True(there.RewritesSource);
                string back = policy.Translate("b", "10.2.0.5:2000", $"{there.Source}:{there.SourcePort}");
                Assert.True(back == $"stateless a: 10.2.0.5:2000 > {source}:{port}", $"{ips} as {publics}: {source}:{port} became {there.Source}:{there.SourcePort} and {back}");
                checkedPackets++;
            }
        }

        Assert.True(checkedPackets > 100, $"{checkedPackets}");
    }

    // 512 addresses, cut and excluded from otherwise on each side.
    private static (string Ips, string Publics) AddressLists(Random random)
    {
        int hole = random.Next(4), other = random.Next(8);
        string ips = $"10.1.0.0/23 10.1.2.0/24 !10.1.{random.Next(3)}.{hole * 64}/26 !10.1.3.0/24";
        string publics = string.Join(' ', Enumerable.Range(0, 12).Where(i => i != other).Select(static i => $"203.0.{i}.0/26").OrderBy(_ => random.Next()));
        return (ips, publics);
    }

    // 32 addresses of 24 ports, as other addresses of other ports.
    private static (string Ips, string Publics) PortedLists(Random random)
    {
        int ports = new[] { 1, 2, 3, 4, 6, 8, 12, 24, 48 }[random.Next(9)];
        int addresses = 32 * 24 / ports;
        string publics = string.Join(' ', Enumerable.Range(0, addresses / 16).Select(i => $"203.0.{i}.16/28@{5000 + i}-{5000 + i + ports - 1}"));
        return ("10.1.0.64/28@1010-1033 10.1.2.0/28@1003-1026", publics);
    }
}
