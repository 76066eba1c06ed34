using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Store;

public sealed unsafe class SessionStoreTests
{
    [Fact]
    public void A_session_is_found_in_both_directions_and_restores_what_it_rewrote()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Tcp("10.0.0.1", 5000));
        FlowLine4* original = test.Store.V4.Original(session.Ref.Line), reply = test.Store.V4.Reply(session.Ref.Line);
        Assert.Equal(session.Ref.Line, test.Store.V4.Find(in original->Key));
        Assert.Equal(session.Ref.Line + test.Store.V4.PairDistance, test.Store.V4.Find(in reply->Key));
        Assert.Equal(new FlowParts(TestStore.Outside, 6, TestStore.Ip("198.51.100.9"), 80, TestStore.Ip("203.0.113.1"), 5000), session.Reply);
        Assert.Equal((original->Key.Addresses >> 32) | (original->Key.Addresses << 32), reply->Write.Addresses);
        Assert.Equal((TestStore.Outside, TestStore.Inside), (original->State.RealmTo, reply->State.RealmTo));
    }

    [Fact]
    public void Sessions_are_numbered_from_1()
    {
        using var test = new TestStore();
        Assert.Equal(1ul, test.Create(test.Udp("10.0.0.1", 1)).Number);
        SessionView second = test.Create(test.Udp("10.0.0.1", 2));
        Assert.Equal(2ul, second.Number);
        test.End(second);
        Assert.Equal(0ul, test.Store.NumberOf(second.Ref.Family, second.Ref.Line));
        Assert.Equal(3ul, test.Create(test.Udp("10.0.0.1", 2)).Number);
    }

    [Fact]
    public void Without_pool_the_source_stays_and_the_lines_change_nothing()
    {
        using var test = new TestStore();
        NewSession request = test.Tcp("10.0.0.1", 5000);
        request.SourcePool = null;
        SessionView session = test.Create(request);
        Assert.Equal((TestStore.Ip("10.0.0.1"), 5000), (session.Reply.Destination, session.Reply.DestinationPort));
        Assert.Equal(FlowConduct.Identity, test.State(session, reply: false)->Conduct);
        Assert.Equal(0, test.PortsInUse);
    }

    [Fact]
    public void A_destination_is_rewritten_with_or_without_a_pool()
    {
        using var test = new TestStore();
        NewSession request = test.Tcp("10.0.0.1", 5000, "203.0.113.200", 443);
        request.RewritesDestination = true;
        request.Destination = TestStore.Ip("172.16.0.1");
        request.DestinationPort = 8443;
        SessionView session = test.Create(request);
        Assert.Equal((TestStore.Ip("172.16.0.1"), 8443), (session.Reply.Source, session.Reply.SourcePort));
        Assert.Equal(TestStore.Ip("203.0.113.1"), session.Reply.Destination);
    }

    [Fact]
    public void A_return_tuple_that_is_taken_changes_the_later_sessions_source_port()
    {
        using var test = new TestStore();
        SessionView first = Balanced("30.0.0.1", null), second = Balanced("30.0.0.2", null);
        Assert.Equal(5000, first.Reply.DestinationPort);
        Assert.NotEqual(5000, second.Reply.DestinationPort);
        Assert.Equal(TestStore.Ip("10.0.0.1"), second.Reply.Destination);

        SessionView third = Balanced("30.0.0.3", test.Pool), fourth = Balanced("30.0.0.4", test.Pool);
        Assert.NotEqual(third.Reply.DestinationPort, fourth.Reply.DestinationPort);
        Assert.Equal(third.Reply.Destination, fourth.Reply.Destination);

        // The later one's port is its own: the endpoint's mapping goes on for all others.
        Assert.Equal(third.Reply.DestinationPort, test.Create(test.Tcp("10.0.0.1", 5000)).Reply.DestinationPort);
        foreach (SessionView session in test.Store.Sessions(test.Now).ToList()) test.End(session);
        test.Wait(120_000);
        Assert.Equal((0, 0, 0), (test.PortsInUse, test.PortsHeld, test.Store.InUse));

        SessionView Balanced(string virtualIp, Pool? pool)
        {
            NewSession request = test.Tcp("10.0.0.1", 5000, virtualIp);
            request.SourcePool = pool;
            request.RewritesDestination = true;
            request.Destination = TestStore.Ip("20.0.0.1");
            request.DestinationPort = 8080;
            return test.Create(request);
        }
    }

    [Fact]
    public void Who_asks_for_a_session_that_exists_gets_that_one_and_changes_nothing()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.1", 5000), out SessionRef again));
        Assert.Equal(session.Ref, again);
        Assert.Equal((1, 1, 1u), (test.Store.InUse, test.PortsInUse, test.MappingOf(session).Sessions));
    }

    [Fact]
    public void Capacity_is_exact_over_both_families()
    {
        using var test = new TestStore(capacity: 100);
        Pool six = test.PoolOf(new SessionProfile(), "2001:db8::1");
        for (ushort i = 0; i < 50; i++)
        {
            test.Create(test.Udp("10.0.0.1", (ushort)(2000 + i)));
            NewSession request = test.Udp("fd00::1", (ushort)(2000 + i), "2001:db8:9::1");
            request.SourcePool = six;
            test.Create(request);
        }

        Assert.Equal(DropReason.TableFull, test.TryCreate(test.Udp("10.0.0.1", 9000)));
        Assert.Equal(100, test.Store.InUse);
        test.Wait(300_001);
        Assert.Equal(0, test.Store.InUse);
        Assert.Equal(100, test.Store.Ended(EndReason.Expired));
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.1", 9000)));
    }

    [Fact]
    public void Ending_is_done_once()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        Assert.False(test.Store.End(test.Worker, session.Ref.Family, session.Ref.Line, EndReason.Deleted, test.Now, number: 99));
        Assert.True(test.Store.End(test.Worker, session.Ref.Family, session.Ref.Line + test.Store.V4.PairDistance, EndReason.Deleted, test.Now));
        Assert.False(test.Store.End(test.Worker, session.Ref.Family, session.Ref.Line, EndReason.Deleted, test.Now));
        Assert.Equal(1, test.Store.Ended(EndReason.Deleted));
        Assert.Equal(FlowLines.None, test.Store.V4.Find(Flow4.MakeKey(session.Original)));
        Assert.Equal(FlowLines.None, test.Store.V4.Find(Flow4.MakeKey(session.Reply)));
    }

    [Fact]
    public void A_cached_decision_is_no_session_and_gives_way_to_one()
    {
        using var test = new TestStore(capacity: 1);
        NewSession request = test.Udp("10.0.0.1", 5000);
        request.SourcePool = null;
        SessionRef cached = test.Store.Cache(test.Worker, in request, test.Now);
        Assert.Equal(0, test.Store.InUse);
        Assert.Equal(0ul, test.Store.NumberOf(cached.Family, cached.Line));
        Assert.Equal(cached.Line, test.Store.V4.Find(Flow4.MakeKey(request.Original)));
        Assert.Equal(FlowConduct.Cache, test.Store.V4.Line(cached.Line)->State.Conduct & FlowConduct.Cache);
        Assert.Equal(TcpOutcome.Continues, test.Store.TouchTcpSlow(cached.Family, cached.Line, TestStore.Rst, 1, 1, test.Now));
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        Assert.Equal(session.Ref.Line, test.Store.V4.Find(Flow4.MakeKey(request.Original)));
        Assert.DoesNotContain(test.Store.Sessions(test.Now), view => view.Ref == cached);
    }

    [Fact]
    public void A_full_cache_refuses_nobody()
    {
        using var test = new TestStore();
        for (int i = 0; i < 5000; i++)
        {
            NewSession request = test.Udp($"10.0.{i >> 8}.{i & 255}", 5000);
            request.SourcePool = null;
            SessionRef line = test.Store.Cache(test.Worker, in request, test.Now);
            Assert.Equal(Flow4.MakeKey(request.Original).Addresses, test.Store.V4.Line(line.Line)->Key.Addresses);
            if (i % 50 == 0) test.Worker.Pass();
        }

        Assert.Equal(0, test.Store.InUse);
    }

    [Fact]
    public void Confirming_keeps_the_public_endpoint_and_new_timers_count_from_the_next_packet()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        test.Wait(200_000);
        ushort shorter = test.Store.TimerSetFor(TimerSet.Default with { Udp = 10_000 });
        Assert.True(test.Store.Confirm(test.Worker, session.Ref.Family, session.Ref.Line, new Confirmation(2, shorter, 9, test.Pool)));
        SessionView confirmed = test.View(session.Ref);
        Assert.Equal((2, 9u, session.Reply), (confirmed.Generation, confirmed.Rule, confirmed.Reply));
        Assert.Equal(100_000u, confirmed.RemainingMilliseconds);
        test.Wait(100_000);
        Assert.True(test.IsLive(session));
        test.Packet(session, reply: false);
        test.Wait(10_000);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
    }

    [Fact]
    public void A_session_whose_public_endpoint_is_no_longer_the_pools_is_not_confirmed()
    {
        using var test = new TestStore(pool: "203.0.113.1-203.0.113.2");
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        string other = session.Reply.Destination.ToString() == "203.0.113.1" ? "203.0.113.2" : "203.0.113.1";
        Assert.False(Confirm(test.PoolOf(new SessionProfile(), other)));
        Assert.True(Confirm(test.PoolOf(new SessionProfile { Ports = new PortRange(6000, 7000) }, session.Reply.Destination.ToString())));
        test.Store.ClaimPort(TestStore.Outside, session.Reply.Destination, PortClass.Udp, 5000);
        Assert.False(Confirm(test.Pool));

        bool Confirm(Pool pool) =>
            test.Store.Confirm(test.Worker, session.Ref.Family, session.Ref.Line, new Confirmation(2, test.Timers, 1, pool));
    }

    [Fact]
    public void The_sweep_visits_everything_once_a_second_and_reports_what_another_generation_confirmed()
    {
        using var test = new TestStore(exact: false);
        for (ushort i = 0; i < 500; i++) test.Create(test.Udp("10.0.0.1", (ushort)(2000 + i)));
        var stale = new HashSet<SessionRef>();
        Sweep(1100, 2);
        Assert.Equal(500, stale.Count);
        Assert.Equal(500, test.Store.InUse);
        test.Now += 300_000;
        Sweep(2100, 1);
        Assert.Equal(0, test.Store.InUse);
        Assert.Equal(500, test.PortsHeld);
        test.Now += 120_000;
        Sweep(2100, 1);
        Assert.Equal(0, test.PortsHeld);

        void Sweep(uint milliseconds, ushort generation)
        {
            var found = new SessionRef[64];
            for (uint passed = 0; passed < milliseconds; passed++)
            {
                test.Now++;
                Assert.InRange(test.Store.Sweep(test.Worker, test.Now, 64, generation, found, out int count), 0, 64);
                stale.UnionWith(found.AsSpan(0, count).ToArray());
                test.Worker.Pass();
            }
        }
    }

    [Fact]
    public void Views_tell_states_counts_pools_and_memory()
    {
        using var test = new TestStore();
        test.Established("10.0.0.1", 5000);
        test.Create(test.Tcp("10.0.0.1", 5001));
        SessionView udp = test.Create(test.Udp("10.0.0.1", 5002));
        test.Create(test.Ping("10.0.0.1", 5003));
        test.Packet(udp, reply: true);
        test.Now += 5;
        Assert.Equal(new SessionCounts(4, 1, 1, 1, 1, 0), test.Store.Count());
        Assert.Equal(4, test.Store.Sessions(test.Now).Count());
        SessionView seen = test.Store.Sessions(test.Now).Single(session => session.State == SessionStateName.Udp);
        Assert.Equal((5u, 5u, 1ul, 100ul, 7u), (seen.AgeMilliseconds, seen.IdleMilliseconds, seen.ReplyPackets, seen.ReplyBytes, seen.Rule));
        Assert.Equal(4, test.Store.Mappings(test.Now).Count());
        Assert.Equal(
            [(PortClass.Tcp, 2, 0, 64512), (PortClass.Udp, 1, 0, 64512), (PortClass.Icmp, 1, 0, 65536)],
            test.Store.Pools().Select(pool => (pool.Protocol, pool.InUse, pool.Held, pool.Total)));
        Assert.InRange(test.Store.Memory.Total, 1, 100 << 20);
    }

    [Fact]
    public void A_view_of_a_session_with_a_longer_timer_says_when_it_ends_and_no_idle_time_beyond_its_age()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        test.Wait(2_000);
        ushort longer = test.Store.TimerSetFor(TimerSet.Default with { Udp = 900_000 });
        Assert.True(test.Store.Confirm(test.Worker, session.Ref.Family, session.Ref.Line, new Confirmation(2, longer, 9, test.Pool)));
        SessionView confirmed = test.View(session.Ref);
        Assert.Equal((2_000u, 298_000u), (confirmed.IdleMilliseconds, confirmed.RemainingMilliseconds));
    }

    [Fact]
    public void A_packet_exactly_at_the_deadline_passes_and_either_direction_counts()
    {
        using var test = new TestStore(exact: false);
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        uint reply = session.Ref.Line + test.Store.V4.PairDistance;
        test.Now += 200_000;
        test.Packet(session, reply: true);
        Assert.True(test.Store.IsAliveSlow(session.Ref.Family, session.Ref.Line, test.Now + 300_000));
        Assert.True(test.Store.IsAliveSlow(session.Ref.Family, reply, test.Now + 300_000));
        Assert.False(test.Store.IsAliveSlow(session.Ref.Family, session.Ref.Line, test.Now + 300_001));
        Assert.False(test.Store.EndExpired(test.Worker, session.Ref.Family, reply, test.Now + 300_000));
        Assert.True(test.Store.EndExpired(test.Worker, session.Ref.Family, reply, test.Now + 300_001));
    }

    [Fact]
    public void A_worker_whose_clock_is_behind_finds_a_session_alive()
    {
        using var test = new TestStore(exact: false);
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        Assert.True(test.Store.IsAliveSlow(session.Ref.Family, session.Ref.Line, test.Now - 50));
    }

    [Fact]
    public void Everything_works_over_the_wrap_of_the_clock()
    {
        using var test = new TestStore { Now = uint.MaxValue - 1000 };
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        test.Wait(300_000);
        Assert.True(test.IsLive(session));
        test.Wait(1);
        Assert.False(test.IsLive(session));
        test.Wait(119_999);
        Assert.Equal(1, test.PortsHeld);
        test.Wait(1);
        Assert.Equal(0, test.PortsHeld);
    }
}
