using Sluice.Links.Kernel.Mirror;
using Sluice.Links.Tests.Live;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Kernel.Mirror;

/// <summary>Needs root. ga and gb are followed; other is not.</summary>
public sealed class KernelMirrorTests : IDisposable
{
    private readonly NetworkNamespace _namespace = NetworkNamespace.CreateAnonymous();
    private readonly Recorder _recorder = new();
    private readonly int _ga;
    private readonly int _gb;
    private KernelMirror? _mirror;

    public KernelMirrorTests()
    {
        // Without duplicate address detection nothing changes any more once the links are up.
        _namespace.Shell("""
            sysctl -qw net.ipv6.conf.default.accept_dad=0
            ip link add ga address 02:00:00:00:01:01 type veth peer name a0
            ip link add gb address 02:00:00:00:02:01 type veth peer name b0
            ip link add other type veth peer name o0
            for i in ga a0 gb b0 other o0; do ip link set $i up; done
            ip address add 10.0.1.1/24 dev ga
            ip address add fd00:1::1/64 dev ga nodad
            ip address add 10.0.2.1/24 dev gb
            ip address add 10.0.9.1/24 dev other
            sysctl -qw net.ipv4.neigh.ga.ucast_solicit=1000 net.ipv6.neigh.ga.ucast_solicit=1000
            """);
        Waiting.UntilIpv6(_namespace, "ga", "a0", "gb", "b0", "other", "o0");
        _ga = _namespace.IndexOf("ga");
        _gb = _namespace.IndexOf("gb");
    }

    public void Dispose()
    {
        _mirror?.Dispose();
        _namespace.Dispose();
    }

    [Fact]
    public void The_first_reading_has_everything_before_start_returns()
    {
        _namespace.Shell("ip neigh add 10.0.1.9 lladdr 02:00:00:00:00:99 dev ga; ip route add 10.7.0.0/16 via 10.0.1.254");
        Start();
        KernelLink link = _recorder.Links["ga"];
        Assert.Equal(("ga", _ga, true, true, 1500, "02:00:00:00:01:01"), (link.Name, link.InterfaceIndex, link.Present, link.Up, link.Mtu, link.Mac.ToString()));
        Assert.Contains(Address("10.0.1.1", 24), _recorder.Addresses[_ga]);
        Assert.Contains(Address("fd00:1::1", 64), _recorder.Addresses[_ga]);
        Assert.Equal([Address("10.0.2.1", 24)], _recorder.Addresses[_gb].Where(address => address.Address.IsV4));
        Assert.Equal("02:00:00:00:00:99", _recorder.Usable[(_ga, IpAddress.Parse("10.0.1.9"))].ToString());
        Assert.Equal(
            [$"10.0.1.0/24 dev {_ga} metric 0", $"10.0.2.0/24 dev {_gb} metric 0", $"10.7.0.0/16 via 10.0.1.254 dev {_ga} metric 0", $"fd00:1::/64 dev {_ga} metric 256"],
            _recorder.Routes.Select(route => route.ToString()));
        Assert.Equal(1, _recorder.Resynchronizations);
    }

    [Fact]
    public void Links_are_followed_through_state_size_address_and_rebirth()
    {
        Start();
        _namespace.Shell("ip link set ga mtu 1400 address 02:00:00:00:01:07");
        _recorder.Until(r => r.Links["ga"] is { Mtu: 1400, Up: true } link && link.Mac == MacAddress.Parse("02:00:00:00:01:07"), "MTU and MAC changed");
        _namespace.Shell("ip link set a0 down");
        _recorder.Until(r => !r.Links["ga"].Up, "the carrier was lost");
        _namespace.Shell("ip link delete ga");
        _recorder.Until(r => r.Links["ga"] is { Present: false, Up: false } && r.Addresses[_ga].Count == 0, "the link was gone");
        _namespace.Shell("ip link add ga type veth peer name a0; ip link set a0 up; ip link set ga up; ip address add 10.0.3.1/24 dev ga");
        _recorder.Until(
            r => r.Links["ga"] is { Present: true, Up: true } link && link.InterfaceIndex != _ga
                && r.Addresses.TryGetValue(link.InterfaceIndex, out IReadOnlyList<InterfaceAddress>? list) && list.Contains(Address("10.0.3.1", 24))
                && r.Routes.Any(route => route.InterfaceIndex == link.InterfaceIndex && route.Destination == IpPrefix.Parse("10.0.3.0/24")),
            "the link was back under another index");
    }

    [Fact]
    public void Addresses_are_followed_and_routes_go_with_them()
    {
        Start();
        _namespace.Shell("ip address add 10.0.4.1/24 dev gb; ip route add 10.8.0.0/16 via 10.0.2.9 src 10.0.4.1");
        _recorder.Until(r => r.Addresses[_gb].Contains(Address("10.0.4.1", 24)) && HasRoute(r, "10.8.0.0/16"), "address and route were there");

        // The kernel says nothing of a route that goes with its address.
        _namespace.Shell("ip address delete 10.0.4.1/24 dev gb");
        _recorder.Until(r => !r.Addresses[_gb].Contains(Address("10.0.4.1", 24)) && !HasRoute(r, "10.8.0.0/16"), "address and route were gone");
        _namespace.Shell("ip route add 10.8.0.0/16 via 10.0.2.9");
        _recorder.Until(r => HasRoute(r, "10.8.0.0/16"), "the route was back");
        _namespace.Shell("ip link set gb down");
        _recorder.Until(r => !HasRoute(r, "10.8.0.0/16") && !HasRoute(r, "10.0.2.0/24"), "the routes of a link that is down were gone");
    }

    [Theory]
    [InlineData("10.7.0.0/16 via 10.0.1.254", "10.7.0.0/16 via 10.0.1.254 dev {ga} metric 0")]
    [InlineData("default via 10.0.1.254 metric 50", "0.0.0.0/0 via 10.0.1.254 dev {ga} metric 50")]
    [InlineData("10.7.0.0/16 dev ga", "10.7.0.0/16 dev {ga} metric 0")]
    [InlineData("10.7.0.0/16 via 192.0.2.1 dev ga onlink", "10.7.0.0/16 via 192.0.2.1 dev {ga} metric 0")]
    [InlineData("10.7.0.0/16 via inet6 fe80::7 dev ga", "10.7.0.0/16 via fe80::7 dev {ga} metric 0")]
    [InlineData("fd00:7::/48 via fd00:1::9", "fd00:7::/48 via fd00:1::9 dev {ga} metric 1024")]
    [InlineData("fd00:7::/48 via fe80::9 dev gb metric 7", "fd00:7::/48 via fe80::9 dev {gb} metric 7")]
    [InlineData("blackhole 10.7.0.0/16", "Blackhole 10.7.0.0/16 metric 0")]
    [InlineData("unreachable fd00:7::/48", "Unreachable fd00:7::/48 metric 1024")]
    [InlineData("prohibit 10.7.0.0/16 metric 3", "Prohibit 10.7.0.0/16 metric 3")]
    [InlineData("10.7.0.0/16 nexthop via 10.0.1.7 weight 2 nexthop via 10.0.2.7 nexthop via 10.0.9.7", "10.7.0.0/16 via 10.0.1.7 dev {ga} metric 0")]
    [InlineData("10.7.0.0/16 nexthop via 10.0.9.7 nexthop via 10.0.2.7", "10.7.0.0/16 via 10.0.2.7 dev {gb} metric 0")]
    [InlineData("fd00:7::/48 nexthop via fd00:1::7 nexthop via fe80::7 dev gb", "fd00:7::/48 via fd00:1::7 dev {ga} metric 1024")]
    public void A_route_is_told_when_it_comes_and_when_it_goes(string route, string expected)
    {
        Start();
        IReadOnlyList<KernelRoute> before = _recorder.Routes;
        string told = expected.Replace("{ga}", $"{_ga}").Replace("{gb}", $"{_gb}");
        _namespace.Shell($"ip route add {route}");
        _recorder.Until(r => r.Routes.Any(one => one.ToString() == told), $"there was a route {told}");
        _namespace.Shell($"ip route del {route}");
        _recorder.Until(r => r.Routes.SequenceEqual(before), "the route was gone");
    }

    [Fact]
    public void All_next_hops_over_our_links_are_kept_with_their_weights()
    {
        _namespace.Shell("ip route add 10.7.0.0/16 nexthop via 10.0.1.7 weight 2 nexthop via 10.0.9.7 nexthop via 10.0.2.7");
        Start();
        KernelRoute route = _recorder.Routes.Single(r => r.Destination == IpPrefix.Parse("10.7.0.0/16"));
        Assert.Equal([new(_ga, IpAddress.Parse("10.0.1.7"), 2), new(_gb, IpAddress.Parse("10.0.2.7"), 1)], route.NextHops);
    }

    [Fact]
    public void A_replaced_route_and_a_changed_next_hop_object_are_told()
    {
        Start();
        _namespace.Shell("ip nexthop add id 7 via 10.0.1.7 dev ga; ip route add 10.7.0.0/16 nhid 7; ip route add 10.6.0.0/16 via 10.0.1.6");
        _recorder.Until(r => GatewayOf(r, "10.7.0.0/16") == "10.0.1.7" && GatewayOf(r, "10.6.0.0/16") == "10.0.1.6", "both routes were there");
        _namespace.Shell("ip nexthop replace id 7 via 10.0.2.8 dev gb; ip route replace 10.6.0.0/16 via 10.0.2.6");
        _recorder.Until(r => GatewayOf(r, "10.7.0.0/16") == "10.0.2.8" && GatewayOf(r, "10.6.0.0/16") == "10.0.2.6", "both routes were changed");
    }

    [Fact]
    public void Routes_of_other_interfaces_and_tables_are_not_ours()
    {
        _namespace.Shell("ip route add 10.7.0.0/16 via 10.0.9.254; ip route add 10.6.0.0/16 via 10.0.1.254 table 100");
        Start();
        Assert.All(_recorder.Routes, route => Assert.True(route.InterfaceIndex == _ga || route.InterfaceIndex == _gb, route.ToString()));
        Assert.DoesNotContain(_recorder.Routes, route => route.Destination.IsHost || route.Destination.Overlaps(IpPrefix.Parse("10.6.0.0/15")));
        Assert.DoesNotContain(_recorder.Routes, route => IpPrefix.Parse("fe80::/10").Contains(route.Destination) || IpPrefix.Parse("ff00::/8").Contains(route.Destination));
    }

    [Theory]
    [InlineData("permanent", true)]
    [InlineData("noarp", true)]
    [InlineData("reachable", true)]
    [InlineData("stale", true)]
    [InlineData("delay", true)]
    [InlineData("probe", true)]
    [InlineData("failed", false)]
    [InlineData("incomplete", false)]
    public void A_neighbour_is_usable_by_its_state(string state, bool usable)
    {
        Start();
        IpAddress[] addresses = [IpAddress.Parse("10.0.1.50"), IpAddress.Parse("fd00:1::50")];
        foreach (IpAddress address in addresses) _namespace.Shell($"ip neigh replace {address} lladdr 02:00:00:00:00:50 dev ga nud {state}; ip neigh add 10.0.9.50 lladdr 02:00:00:00:00:50 dev other || true");
        if (usable) _recorder.Until(r => addresses.All(a => r.Usable.TryGetValue((_ga, a), out MacAddress? mac) && mac == MacAddress.Parse("02:00:00:00:00:50")), "usable");
        _namespace.Shell("ip neigh replace 10.0.1.51 lladdr 02:00:00:00:00:51 dev ga nud permanent");
        _recorder.Until(r => r.Usable.ContainsKey((_ga, IpAddress.Parse("10.0.1.51"))), "a later event came");
        if (!usable) Assert.DoesNotContain(_recorder.Read(r => r.Usable.Keys.ToList()), key => addresses.Contains(key.Address));
        Assert.DoesNotContain(_recorder.Read(r => r.NeighborEvents.ToList()), entry => entry.Address == IpAddress.Parse("10.0.9.50"));
        foreach (IpAddress address in addresses) _namespace.Try($"ip neigh del {address} dev ga");
        _recorder.Until(r => !r.Usable.Keys.Any(key => addresses.Contains(key.Address)), "gone");
    }

    [Fact]
    public void Entries_for_groups_are_no_neighbours()
    {
        _namespace.Shell("ip neigh add 224.0.0.9 lladdr 01:00:5e:00:00:09 dev ga; ip neigh add ff02::9 lladdr 33:33:00:00:00:09 dev ga; ip neigh add 10.0.1.255 lladdr ff:ff:ff:ff:ff:ff dev ga");
        Start();
        _namespace.Shell("ip neigh add 224.0.0.8 lladdr 01:00:5e:00:00:08 dev ga; ip neigh add 10.0.1.51 lladdr 02:00:00:00:00:51 dev ga");
        _recorder.Until(r => r.Usable.Count > 0, "a later event came");
        Assert.Equal([(_ga, IpAddress.Parse("10.0.1.51"))], _recorder.Read(r => r.Usable.Keys.ToArray()));
    }

    [Fact]
    public void Another_set_of_interfaces_can_be_followed()
    {
        Start();
        _mirror!.Follow(["gb", "other", "later"]);
        _recorder.Until(r => !r.Links["ga"].Present && r.Links.ContainsKey("other") && HasRoute(r, "10.0.9.0/24") && !HasRoute(r, "10.0.1.0/24"), "other was followed, ga no more");
        _namespace.Shell("ip link add later type veth peer name l0; ip link set l0 up; ip link set later up; ip address add 10.0.5.1/24 dev later");
        _recorder.Until(r => HasRoute(r, "10.0.5.0/24"), "a link that came later was followed");
    }

    private void Start()
    {
        _mirror = _namespace.Run(() => new KernelMirror(["ga", "gb"], _recorder));
        _mirror.Start();
    }

    private static bool HasRoute(Recorder recorder, string prefix) => recorder.Routes.Any(route => route.Destination == IpPrefix.Parse(prefix));

    private static string? GatewayOf(Recorder recorder, string prefix) =>
        recorder.Routes.SingleOrDefault(route => route.Destination == IpPrefix.Parse(prefix))?.Gateway?.ToString();

    private static InterfaceAddress Address(string address, byte length) => new(IpAddress.Parse(address), length);
}
