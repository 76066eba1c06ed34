using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Dataplane.Routing;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Dataplane.Tests.Routing;

public sealed unsafe class NextHopTests : IDisposable
{
    private static readonly MacAddress GatewayMac = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly MacAddress HostMac = MacAddress.Parse("02:aa:bb:cc:dd:ee");

    private readonly NextHopTable table = new(8);
    private readonly NeighborTable neighbors;

    public NextHopTests()
    {
        neighbors = new NeighborTable(table);
        table.SetLinks([Ethernet(1), Ethernet(2) with { Vlan = 0x0064 }, Ethernet(3) with { HasEthernet = false }]);
    }

    public void Dispose() => table.Dispose();

    private static LinkFacts Ethernet(ushort index) => new() { Index = index, Realm = 0, HasEthernet = true, Mac = GatewayMac, Mtu = 1400 };

    private static IpAddress A(string text) => IpAddress.Parse(text);

    private static string HeaderOf(NextHop* hop)
    {
        byte* frame = stackalloc byte[64];
        NextHop.WriteHeader(hop, frame + 40);
        return Convert.ToHexStringLower(new ReadOnlySpan<byte>(frame + 40 - hop->HeaderLength, hop->HeaderLength));
    }

    [Fact]
    public void An_entry_is_one_cache_line_and_the_destination_lies_in_its_first_word()
    {
        Assert.Equal(64, Unsafe.SizeOf<NextHop>());
        Assert.Equal(0, (int)Marshal.OffsetOf<NextHop>("HeaderStart"));
        Assert.Equal(20, (int)Marshal.OffsetOf<NextHop>(nameof(NextHop.Link)));
        Assert.Equal(28, (int)Marshal.OffsetOf<NextHop>(nameof(NextHop.Handle)));
        Assert.Equal(0, (nint)table.At(0) % 64);
    }

    [Fact]
    public void A_neighbour_that_is_learnt_resolves_its_next_hop_in_place()
    {
        uint handle = table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors);
        NextHop* hop = table.At(handle);
        Assert.Equal(NextHopState.Unresolved, hop->State);
        uint before = table.Version;

        neighbors.Learn(1, A("10.0.0.5"), HostMac);

        Assert.Equal(NextHopState.Resolved, hop->State);
        Assert.NotEqual(before, table.Version);
        Assert.Equal("02aabbccddee" + "020000000001" + "0800", HeaderOf(hop));
        Assert.Equal((1, 1400), (hop->Link, hop->Mtu));
        Assert.Equal(handle, table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors));

        neighbors.Forget(1, A("10.0.0.5"));
        Assert.Equal(NextHopState.Unresolved, hop->State);
    }

    [Fact]
    public void A_neighbour_known_before_is_resolved_from_the_start_and_a_tag_lies_between_addresses_and_type()
    {
        neighbors.Learn(2, A("2001:db8::5"), HostMac);
        NextHop* hop = table.At(table.FindOrAdd(2, A("2001:db8::5"), IpFamily.V6, neighbors));
        Assert.Equal(NextHopState.Resolved, hop->State);
        Assert.Equal("02aabbccddee" + "020000000001" + "8100" + "0064" + "86dd", HeaderOf(hop));
    }

    [Fact]
    public void A_link_without_Ethernet_needs_no_neighbour_and_writes_nothing()
    {
        NextHop* hop = table.At(table.FindOrAdd(3, new IpAddress(IpFamily.V4, 0), IpFamily.V4, neighbors));
        Assert.Equal(NextHopState.Resolved, hop->State);
        Assert.Equal("", HeaderOf(hop));
    }

    [Fact]
    public void Families_and_links_have_next_hops_of_their_own()
    {
        uint v4 = table.FindOrAdd(1, A("2001:db8::5"), IpFamily.V4, neighbors);
        uint v6 = table.FindOrAdd(1, A("2001:db8::5"), IpFamily.V6, neighbors);
        uint other = table.FindOrAdd(2, A("2001:db8::5"), IpFamily.V6, neighbors);
        Assert.Equal(3, new HashSet<uint> { v4, v6, other }.Count);
        neighbors.Learn(1, A("2001:db8::5"), HostMac);
        Assert.Equal(NextHopState.Resolved, table.At(v4)->State);
        Assert.Equal(NextHopState.Resolved, table.At(v6)->State);
        Assert.Equal(NextHopState.Unresolved, table.At(other)->State);
    }

    [Fact]
    public void A_full_table_says_so_and_takes_back_what_nobody_waits_for()
    {
        for (uint i = 0; i < 8; i++) Assert.True(NextHopTable.IsHandle(table.FindOrAdd(1, IpAddress.V4(i), IpFamily.V4, neighbors)));
        Assert.Equal(NextHopTable.Full, table.FindOrAdd(1, IpAddress.V4(99), IpFamily.V4, neighbors));
        uint resolved = table.FindOrAdd(1, IpAddress.V4(3), IpFamily.V4, neighbors);
        neighbors.Learn(1, IpAddress.V4(3), HostMac);
        uint waitedFor = table.FindOrAdd(1, IpAddress.V4(4), IpFamily.V4, neighbors);
        table.Want(waitedFor);
        uint stale = table.FindOrAdd(1, IpAddress.V4(5), IpFamily.V4, neighbors);

        table.Maintain();
        Assert.Equal(NextHopTable.Full, table.FindOrAdd(1, IpAddress.V4(99), IpFamily.V4, neighbors));
        table.Maintain();

        Assert.True(NextHopTable.IsHandle(table.FindOrAdd(1, IpAddress.V4(99), IpFamily.V4, neighbors)));
        Assert.Equal(resolved, table.At(resolved)->Handle);
        Assert.Equal(waitedFor, table.At(waitedFor)->Handle);
        Assert.NotEqual(stale, table.At(stale)->Handle);
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void A_kept_handle_never_names_the_next_user_of_its_place()
    {
        var handles = new HashSet<uint>();
        for (uint round = 0; round < 50; round++)
        {
            for (uint i = 0; i < 8; i++) Assert.True(handles.Add(table.FindOrAdd(1, IpAddress.V4(round * 100 + i), IpFamily.V4, neighbors)));
            table.Maintain();
            table.Maintain();
        }

        Assert.NotEqual(NextHopTable.None, table.At(NextHopTable.None)->Handle);
    }

    [Fact]
    public void A_wanted_neighbour_is_offered_once_for_each_time_that_it_is_wanted()
    {
        uint handle = table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors);
        table.Want(handle);
        table.Want(handle);
        Assert.True(table.TryTakeWanted(out ushort link, out IpAddress address));
        Assert.Equal((1, A("10.0.0.5")), (link, address));
        Assert.False(table.TryTakeWanted(out _, out _));

        table.Want(handle);
        neighbors.Learn(1, A("10.0.0.5"), HostMac);
        Assert.False(table.TryTakeWanted(out _, out _));
    }

    [Fact]
    public void A_changed_link_gets_new_next_hops_and_a_removed_one_none()
    {
        uint before = table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors);
        uint untouched = table.FindOrAdd(2, A("10.0.0.5"), IpFamily.V4, neighbors);
        table.SetLinks([Ethernet(1) with { Mtu = 9000 }, Ethernet(2) with { Vlan = 0x0064 }]);
        uint after = table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors);
        Assert.NotEqual(before, after);
        Assert.NotEqual(before, table.At(before)->Handle);
        Assert.Equal(9000, table.At(after)->Mtu);
        Assert.Equal(untouched, table.FindOrAdd(2, A("10.0.0.5"), IpFamily.V4, neighbors));
        Assert.Equal(NextHopTable.NoRoute, table.FindOrAdd(3, new IpAddress(IpFamily.V4, 0), IpFamily.V4, neighbors));
    }

    [Fact]
    public void Fixed_neighbours_win_over_learnt_ones_until_their_document_is_gone()
    {
        neighbors.Learn(1, A("10.0.0.5"), HostMac);
        neighbors.SetFixed([(1, A("10.0.0.5"), MacAddress.Parse("02:00:00:00:00:55"))]);
        neighbors.Learn(1, A("10.0.0.5"), HostMac);
        neighbors.Forget(1, A("10.0.0.5"));
        neighbors.Resynchronize([]);
        Assert.True(neighbors.TryGet(1, A("10.0.0.5"), out MacAddress mac));
        Assert.Equal("02:00:00:00:00:55", mac.ToString());
        neighbors.SetFixed([]);
        Assert.False(neighbors.TryGet(1, A("10.0.0.5"), out _));
    }

    [Fact]
    public void Readers_beside_a_neighbour_that_moves_see_one_address_or_the_other()
    {
        var other = MacAddress.Parse("fe:55:44:33:22:11");
        uint handle = table.FindOrAdd(1, A("10.0.0.5"), IpFamily.V4, neighbors);
        neighbors.Learn(1, A("10.0.0.5"), HostMac);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++) neighbors.Learn(1, A("10.0.0.5"), i % 2 == 0 ? other : HostMac);
        });
        writer.Start();
        byte* frame = stackalloc byte[64];
        int wrong = 0;
        for (int i = 0; i < 300_000; i++)
        {
            NextHop.WriteHeader(table.At(handle), frame + 32);
            var seen = MacAddress.FromBytes(new ReadOnlySpan<byte>(frame + 18, 6));
            if (seen != other && seen != HostMac) wrong++;
        }

        stop.Cancel();
        writer.Join();
        Assert.Equal(0, wrong);
    }
}
