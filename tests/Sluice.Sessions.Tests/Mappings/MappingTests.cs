using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Mappings;

public sealed unsafe class MappingTests
{
    [Fact]
    public void The_layouts_are_as_the_memory_budget_counts_them()
    {
        Assert.Equal(40, sizeof(MappingEntry));
        Assert.Equal(32, sizeof(SessionRecord));
        Assert.Equal(40, sizeof(HostEntry));
        Assert.Equal(8, sizeof(ChainHead));
    }

    [Fact]
    public void An_inside_endpoint_has_one_public_endpoint_whatever_it_speaks_to()
    {
        using var test = new TestStore(new SessionProfile { PreservePort = false });
        SessionView first = test.Create(test.Udp("10.0.0.1", 5000));
        SessionView second = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.77", 1234));
        Assert.Equal(first.Reply.DestinationPort, second.Reply.DestinationPort);
        Assert.Equal(first.SourceMapping, second.SourceMapping);
        Assert.Equal(1, test.Store.LiveMappings);
        Assert.Equal(2u, test.MappingOf(first).Sessions);
        Assert.Equal(1, test.PortsInUse);
    }

    [Fact]
    public void Two_inside_endpoints_never_share_a_public_endpoint()
    {
        using var test = new TestStore();
        Assert.NotEqual(
            test.Create(test.Udp("10.0.0.1", 5000)).Reply.DestinationPort,
            test.Create(test.Udp("10.0.0.2", 5000)).Reply.DestinationPort);
    }

    [Fact]
    public void A_mapping_is_one_for_each_realm_protocol_and_destination_realm()
    {
        using var test = new TestStore(pool: "203.0.113.1");
        test.Create(test.Udp("10.0.0.1", 5000));
        test.Create(test.Tcp("10.0.0.1", 5000));
        NewSession sameAddressInAnotherRealm = test.Udp("10.0.0.1", 5000);
        sameAddressInAnotherRealm.Original = sameAddressInAnotherRealm.Original with { Realm = 9 };
        test.Create(sameAddressInAnotherRealm);
        NewSession toAnotherRealm = test.Udp("10.0.0.1", 5000);
        toAnotherRealm.SourcePool = test.Store.PoolFor(new PoolDefinition(3, [new IpRange(IpPrefix.Parse("203.0.113.1"))], new SessionProfile()));
        toAnotherRealm.RealmTo = 3;
        toAnotherRealm.Original = toAnotherRealm.Original with { DestinationPort = 99 };
        test.Create(toAnotherRealm);
        Assert.Equal(4, test.Store.LiveMappings);
    }

    [Fact]
    public void A_mapping_is_found_by_its_public_endpoint_and_knows_its_owner()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        MappingView mapping = test.MappingOf(session);
        Assert.Equal((TestStore.Inside, TestStore.Ip("10.0.0.1"), 5000), (mapping.InsideRealm, mapping.Inside, mapping.InsidePort));
        Assert.Equal((TestStore.Outside, TestStore.Ip("203.0.113.1"), 5000), (mapping.PublicRealm, mapping.Public, mapping.PublicPort));
        Assert.Same(test.Pool, mapping.Pool);
        Assert.False(test.Store.TryFindMapping(TestStore.Inside, mapping.Public, 5000, IpProtocol.Udp, out _));
        Assert.False(test.Store.TryFindMapping(TestStore.Outside, mapping.Public, 5001, IpProtocol.Udp, out _));
        Assert.False(test.Store.TryFindMapping(TestStore.Outside, mapping.Public, 5000, IpProtocol.Tcp, out _));
        Assert.False(test.Store.TryFindMapping(TestStore.Outside, TestStore.Ip("203.0.113.2"), 5000, IpProtocol.Udp, out _));
    }

    [Fact]
    public void An_IPv6_mapping_is_found_both_ways()
    {
        using var test = new TestStore(pool: "2001:db8::/64");
        SessionView first = test.Create(test.Udp("fd00::1", 5000, "2001:db8:9::1"));
        SessionView second = test.Create(test.Udp("fd00::1", 5000, "2001:db8:9::2"));
        Assert.Equal(first.Reply.Destination, second.Reply.Destination);
        Assert.Equal(TestStore.Ip("fd00::1"), test.MappingOf(first).Inside);
        Assert.Equal(1, test.Store.LiveMappings);
        test.Wait(500_000);
        Assert.Equal(0, test.Store.LiveMappings);
        Assert.Equal((0, 0), (test.PortsInUse, test.PortsHeld));
    }

    [Fact]
    public void A_mapping_ends_with_its_last_session()
    {
        using var test = new TestStore();
        SessionView first = test.Create(test.Udp("10.0.0.1", 5000));
        SessionView second = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.10"));
        test.End(first);
        Assert.True(test.HasMapping(first));
        test.End(second);
        Assert.False(test.HasMapping(first));
        Assert.Equal((0, 1), (test.PortsInUse, test.PortsHeld));
    }

    [Fact]
    public void A_freed_port_rests_for_the_hold_time_counted_from_the_exact_end()
    {
        using var test = new TestStore(new SessionProfile { HoldMilliseconds = 120_000, Ports = new PortRange(5000, 5000) });
        test.Create(test.Udp("10.0.0.1", 5000));

        // Due one millisecond after the last one at which a packet passes; free when the hold is over.
        test.Wait(300_001 + 119_999);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.2", 5000)));
        Assert.Equal(1, test.PortsHeld);
        test.Wait(1);
        Assert.Equal(0, test.PortsHeld);
        Assert.Equal(5000, test.Create(test.Udp("10.0.0.2", 5000)).Reply.DestinationPort);
    }

    [Fact]
    public void A_resting_port_goes_at_once_to_the_inside_endpoint_that_had_it()
    {
        using var test = new TestStore(new SessionProfile { PreservePort = false });
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        test.End(session);
        test.Wait(100_000);
        SessionView again = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.200"));
        Assert.Equal(session.Reply.DestinationPort, again.Reply.DestinationPort);
        Assert.Equal((1, 0), (test.PortsInUse, test.PortsHeld));

        // Its rest begins anew when it ends anew.
        test.Wait(100_000);
        test.End(again);
        test.Wait(119_999);
        Assert.Equal(1, test.PortsHeld);
        test.Wait(1);
        Assert.Equal(0, test.PortsHeld);
    }

    [Fact]
    public void The_hold_counts_from_the_latest_of_the_sessions_ends()
    {
        using var test = new TestStore(exact: false);
        SessionView early = test.Create(test.Udp("10.0.0.1", 5000));
        test.Now += 10_000;
        SessionView late = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.10"));
        test.Now += 400_000;

        // A sweep may meet the later one first.
        Assert.True(test.Store.EndExpired(test.Worker, late.Ref.Family, late.Ref.Line, test.Now));
        Assert.True(test.Store.EndExpired(test.Worker, early.Ref.Family, early.Ref.Line, test.Now));
        Assert.Equal(1, test.PortsHeld);
        uint due = 1_000_000 + 10_000 + 300_001 + 120_000;
        SweepAll(test, due - 1);
        Assert.Equal(1, test.PortsHeld);
        SweepAll(test, due);
        Assert.Equal(0, test.PortsHeld);
    }

    [Fact]
    public void A_hold_time_of_zero_frees_at_once()
    {
        using var test = new TestStore(new SessionProfile { HoldMilliseconds = 0 });
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        test.End(session);
        Assert.Equal((0, 0), (test.PortsInUse, test.PortsHeld));
        Assert.Equal(5000, test.Create(test.Udp("10.0.0.2", 5000)).Reply.DestinationPort);
    }

    [Fact]
    public void A_mapping_outside_a_changed_pool_is_not_used_for_new_sessions()
    {
        using var test = new TestStore(pool: "203.0.113.1");
        SessionView before = test.Create(test.Udp("10.0.0.1", 5000));
        test.Pool = test.PoolOf(new SessionProfile(), "203.0.113.2");
        SessionView after = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.10"));
        Assert.Equal(TestStore.Ip("203.0.113.1"), before.Reply.Destination);
        Assert.Equal(TestStore.Ip("203.0.113.2"), after.Reply.Destination);
        test.Pool = test.PoolOf(new SessionProfile(), "203.0.113.2-203.0.113.9");
        Assert.Equal(after.Reply.Destination, test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.11")).Reply.Destination);
    }

    [Fact]
    public void When_the_table_is_full_of_rests_one_is_cut_short_and_counted()
    {
        using var test = new TestStore(capacity: 10, pool: "203.0.113.0/24");
        for (int i = 0; i < 3000; i++) test.End(test.Create(test.Udp($"10.0.0.{i & 255}", (ushort)(2000 + i))));
        Assert.True(test.Store.RestsCutShort > 0);
        Assert.Equal(0, test.Store.InUse);
    }

    [Fact]
    public void Inbound_packets_find_a_live_mapping_without_a_lock_while_others_come_and_go()
    {
        using var test = new TestStore(new SessionProfile { HoldMilliseconds = 0 }, "203.0.113.0/28", workers: 2, exact: false);
        SessionView stable = test.Create(test.Udp("10.0.0.1", 5000));
        bool stop = false;
        long misses = 0, wrong = 0, found = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                if (!test.Store.TryFindMapping(TestStore.Outside, stable.Reply.Destination, stable.Reply.DestinationPort, IpProtocol.Udp, out MappingView view)) misses++;
                else if (view.Inside != stable.Original.Source || view.InsidePort != 5000) wrong++;
                else Interlocked.Increment(ref found);
            }
        })
        { IsBackground = true };
        reader.Start();
        Patience.Until(() => Interlocked.Read(ref found) > 0, "the reader has found the mapping");
        for (int i = 0; i < 30_000; i++)
        {
            Assert.Equal(DropReason.None, test.TryCreate(test.Udp($"10.1.{i & 63}.1", (ushort)(3000 + (i & 15))), out SessionRef session));
            Assert.True(test.Store.End(test.Worker, session.Family, session.Line, EndReason.Deleted, test.Now));
        }

        Volatile.Write(ref stop, true);
        reader.Join();
        Assert.Equal((0, 0), (misses, wrong));
    }

    private static void SweepAll(TestStore test, uint now)
    {
        // A round begins a second after the one before; two rounds visit everything at or after this time.
        Span<SessionRef> stale = stackalloc SessionRef[64];
        test.Now = now;
        for (uint mapping = 1; mapping < 8; mapping++) test.Store.V4Mappings.Sweep(test.Worker, mapping, now);
        while (test.Store.Sweep(test.Worker, now, 64, 1, stale, out _) != 0) continue;
    }
}
