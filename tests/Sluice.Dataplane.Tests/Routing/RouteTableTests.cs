using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Dataplane.Tests.Routing;

public sealed unsafe class RouteTableTests : IDisposable
{
    private readonly Router router = new(1024);

    public void Dispose() => router.Dispose();

    private static IpAddress A(string text) => IpAddress.Parse(text);

    private static LinkFacts Link(ushort index, ushort realm, params string[] addresses) => new()
    {
        Index = index,
        Realm = realm,
        HasEthernet = true,
        Mac = new MacAddress(0x020000000000UL + index),
        Addresses = [.. addresses.Select(text => new ConnectedAddress(A(text.Split('/')[0]), IpPrefix.Parse(text)))],
    };

    private static RouteFact Route(ushort link, string to, string? via, RouteOrigin origin) =>
        new(link, IpPrefix.Parse(to), via is null ? null : A(via), origin);

    // "link neighbour", or the name of what came instead.
    private string Way(ushort realm, string destination)
    {
        uint answer = router.Resolve(realm, A(destination));
        if (!NextHopTable.IsHandle(answer)) return answer == NextHopTable.Local ? "local" : answer == NextHopTable.NoRoute ? "no route" : "full";
        NextHop* hop = router.NextHops.At(answer);
        return $"{hop->Link} {hop->Address}";
    }

    [Fact]
    public void Without_links_there_is_no_route()
    {
        Assert.Equal("no route", Way(0, "10.0.0.1"));
        router.Rebuild([], []);
        Assert.Equal("no route", Way(7, "2001:db8::1"));
    }

    [Fact]
    public void A_connected_destination_is_its_own_next_hop_and_the_gateways_address_is_local()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24", "2001:db8::1/64"), Link(2, 0, "10.0.1.1/24")], []);
        Assert.Equal("1 10.0.0.77", Way(0, "10.0.0.77"));
        Assert.Equal("2 10.0.1.77", Way(0, "10.0.1.77"));
        Assert.Equal("1 2001:db8::77", Way(0, "2001:db8::77"));
        Assert.Equal("local", Way(0, "10.0.0.1"));
        Assert.Equal("local", Way(0, "2001:db8::1"));
        Assert.Equal("no route", Way(0, "10.0.2.1"));
        Assert.True(router.Table.IsOwn(0, A("10.0.1.1")));
        Assert.False(router.Table.IsOwn(1, A("10.0.1.1")));
    }

    [Fact]
    public void Only_a_realm_with_one_link_sends_out_of_it_what_has_no_better_route()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24"), Link(2, 1, "10.0.0.1/24"), Link(3, 1, "10.0.1.1/24")], []);
        Assert.Equal("1 198.51.100.9", Way(0, "198.51.100.9"));
        Assert.Equal("1 2001:db8::9", Way(0, "2001:db8::9"));
        Assert.Equal("no route", Way(1, "198.51.100.9"));
    }

    [Fact]
    public void A_default_route_of_any_origin_is_better_than_the_implied_one()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24")], [Route(1, "0.0.0.0/0", "10.0.0.254", RouteOrigin.Kernel)]);
        Assert.Equal("1 10.0.0.254", Way(0, "198.51.100.9"));
        Assert.Equal("1 2001:db8::9", Way(0, "2001:db8::9"));
    }

    [Fact]
    public void The_longest_prefix_wins_and_documents_win_at_equal_length()
    {
        router.Rebuild(
            [Link(1, 0, "10.0.0.1/24"), Link(2, 0, "10.0.1.1/24")],
            [
                Route(2, "10.7.0.0/16", "10.0.1.9", RouteOrigin.Kernel),
                Route(1, "10.7.0.0/16", "10.0.0.9", RouteOrigin.Document),
                Route(2, "10.7.7.0/24", "10.0.1.8", RouteOrigin.Kernel),
                Route(2, "10.0.0.0/24", "10.0.1.9", RouteOrigin.Kernel),
                Route(9, "0.0.0.0/0", "10.0.0.9", RouteOrigin.Document),
            ]);
        Assert.Equal("1 10.0.0.9", Way(0, "10.7.1.1"));
        Assert.Equal("2 10.0.1.8", Way(0, "10.7.7.7"));
        Assert.Equal("1 10.0.0.77", Way(0, "10.0.0.77"));
        Assert.Equal("no route", Way(0, "192.0.2.1"));
    }

    [Fact]
    public void A_route_without_gateway_makes_its_destinations_neighbours()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24"), Link(2, 0)], [Route(2, "192.0.2.0/24", null, RouteOrigin.Document)]);
        Assert.Equal("2 192.0.2.5", Way(0, "192.0.2.5"));
    }

    [Fact]
    public void All_destinations_behind_a_link_without_Ethernet_share_a_next_hop_a_family()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24") with { HasEthernet = false }], [Route(1, "10.9.0.0/16", "10.0.0.2", RouteOrigin.Document)]);
        Assert.Equal(router.Resolve(0, A("10.0.0.5")), router.Resolve(0, A("10.9.1.1")));
        Assert.Equal("1 0.0.0.0", Way(0, "198.51.100.1"));
        Assert.Equal("1 ::", Way(0, "2001:db8::1"));
        Assert.Equal(NextHopState.Resolved, router.NextHops.At(router.Resolve(0, A("10.0.0.5")))->State);
    }

    [Fact]
    public void A_rebuild_raises_the_generation_and_keeps_the_next_hops_of_unchanged_links()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/24")], []);
        uint handle = router.Resolve(0, A("10.0.0.5"));
        uint generation = router.Generation;
        router.Rebuild([Link(1, 0, "10.0.0.1/24"), Link(2, 0, "10.0.1.1/24")], []);
        Assert.NotEqual(generation, router.Generation);
        Assert.Equal(handle, router.Resolve(0, A("10.0.0.5")));
        Assert.Equal("no route", Way(0, "198.51.100.9"));
    }

    [Fact]
    public void Resolving_allocates_nothing_also_where_it_makes_next_hops()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/16")], []);
        const int PerRound = 80;
        Allocations.AssertNone(round =>
        {
            uint first = 0x0A000002 + (uint)(round * PerRound);
            for (uint i = 0; i < PerRound; i++) router.Resolve(0, IpAddress.V4(first + i));
            for (uint i = 0; i < PerRound; i++) router.Resolve(0, IpAddress.V4(first + i));
        });
        Assert.Equal(Allocations.Rounds * PerRound, router.NextHops.Count);
    }

    [Fact]
    public void Workers_that_meet_new_neighbours_together_agree_on_their_next_hops()
    {
        router.Rebuild([Link(1, 0, "10.0.0.1/16")], []);
        var answers = new uint[4][];
        Parallel.For(0, 4, worker =>
        {
            answers[worker] = new uint[500];
            for (uint i = 0; i < 500; i++) answers[worker][i] = router.Resolve(0, IpAddress.V4(0x0A000100 + i));
        });
        for (int worker = 1; worker < 4; worker++) Assert.Equal(answers[0], answers[worker]);
        Assert.Equal(500, answers[0].Distinct().Count());
        Assert.Equal(500, router.NextHops.Count);
    }
}
