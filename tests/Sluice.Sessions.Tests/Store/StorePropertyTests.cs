using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Store;

/// <summary>What must hold after any sequence of steps, with small pools and tables so that every limit is met.</summary>
public sealed class StorePropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void After_any_steps_owners_are_unique_and_at_the_end_nothing_is_left(int seed)
    {
        var random = new Random(seed);
        SessionProfile[] profiles =
        [
            new() { Ports = new PortRange(2000, 2003), HoldMilliseconds = 5000 },
            new() { Ports = new PortRange(2016, 2017), Mapping = MappingMode.AddressAndPortDependent, HoldMilliseconds = 3000 },
            new() { Ports = new PortRange(2000, 2047), Filtering = FilteringMode.EndpointIndependent, SessionsPerHost = 6, PortsPerHost = 4 },
            new() { Ports = new PortRange(2000, 2047), Mapping = MappingMode.AddressAndPortDependent, PreservePort = false, PortsPerHost = 5 },
            new() { HoldMilliseconds = 0, Filtering = FilteringMode.AddressAndPortDependent, NewSessionsPerSecondPerHost = 3 },
        ];
        using var test = new TestStore(capacity: 60, seed: (ulong)seed);
        Pool[] pools = [.. profiles.Select(profile => test.PoolOf(profile, "203.0.113.1-203.0.113.2"))];
        var refusals = new HashSet<DropReason>();
        for (int step = 0; step < 4000; step++)
        {
            List<SessionView> live = [.. test.Store.Sessions(test.Now)];
            int kind = random.Next(10);
            if (kind < 6) refusals.Add(test.TryCreate(Outbound(test, random, pools)));
            else if (kind == 6 && test.Store.Mappings(test.Now).FirstOrDefault(mapping => mapping.Sessions != 0 && mapping.Index != NewSession.NoMapping) is { Sessions: > 0 } mapping)
                refusals.Add(test.TryCreate(test.InboundTo(mapping, $"198.51.100.{random.Next(1, 4)}", (ushort)random.Next(1, 4))));
            else if (kind == 7 && live.Count > 0) test.End(live[random.Next(live.Count)]);
            else if (kind == 8 && live.Count > 0) test.Packet(live[random.Next(live.Count)], random.Next(2) == 0);
            else test.Wait((uint)random.Next(1, 4000));
            if (step % 16 == 0) Check(test, seed);
        }

        Assert.Contains(DropReason.None, refusals);
        Assert.Contains(DropReason.PoolExhausted, refusals);
        Assert.Contains(DropReason.QuotaExceeded, refusals);
        Assert.Contains(DropReason.TableFull, refusals);
        test.Wait(20_000_000);
        AssertNothingIsLeft(test, seed);
    }

    [Fact]
    public void A_refused_creation_leaves_nothing_behind()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(2000, 2001), SessionsPerHost = 50 }, capacity: 3);
        SessionView one = test.Create(test.Udp("10.0.0.1", 2000)), two = test.Create(test.Udp("10.0.0.1", 2001));
        for (int i = 0; i < 500; i++) Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", 2005)));
        SessionView three = test.Create(test.Tcp("10.0.0.1", 2000));
        for (int i = 0; i < 500; i++) Assert.Equal(DropReason.TableFull, test.TryCreate(test.Tcp("10.0.0.1", 2001)));
        Assert.Equal((3, 3, 0), (test.Store.InUse, test.PortsInUse, test.PortsHeld));
        foreach (SessionView session in (SessionView[])[one, two, three]) test.End(session);
        test.Wait(120_000);
        AssertNothingIsLeft(test, seed: 0);
    }

    [Theory]
    [InlineData(MappingMode.EndpointIndependent)]
    [InlineData(MappingMode.AddressAndPortDependent)]
    public void Threads_that_create_and_end_keep_capacity_exact_and_owners_unique(MappingMode mode)
    {
        const int Workers = 4, Capacity = 500;
        using var test = new TestStore(
            new SessionProfile { Mapping = mode, Ports = new PortRange(2000, 2199), HoldMilliseconds = 0 }, "203.0.113.1-203.0.113.2", Capacity, Workers, exact: false);
        test.Worker.Park();
        int over = 0, full = 0, exhausted = 0;
        Thread[] threads = [.. Enumerable.Range(0, Workers).Select(w => new Thread(() =>
        {
            SessionWorker worker = test.Store.Worker(w);
            worker.Unpark();
            var random = new Random(w);
            var mine = new List<(SessionRef Session, ulong Number)>();
            for (int i = 0; i < 20_000; i++)
            {
                if (mine.Count > 0 && random.Next(100) < 45)
                {
                    int at = random.Next(mine.Count);
                    test.Store.End(worker, mine[at].Session.Family, mine[at].Session.Line, EndReason.Deleted, test.Now, mine[at].Number);
                    mine.RemoveAt(at);
                }
                else
                {
                    // All workers ask for the same few tuples: they meet in mappings, and in whole sessions.
                    NewSession request = test.Udp($"10.0.0.{random.Next(1, 9)}", (ushort)(2000 + random.Next(40)), $"198.51.100.{random.Next(1, 5)}");
                    DropReason reason = test.Store.Create(worker, in request, test.Now, out SessionRef session);
                    if (reason == DropReason.TableFull) Interlocked.Increment(ref full);
                    else if (reason == DropReason.PoolExhausted) Interlocked.Increment(ref exhausted);
                    else if (reason == DropReason.None && test.Store.NumberOf(session.Family, session.Line) is > 0 and var number) mine.Add((session, number));
                    if (test.Store.InUse > Capacity) Interlocked.Increment(ref over);
                }

                worker.Pass();
            }

            worker.Park();
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.Equal(0, over);
        Check(test, seed: 0);
        Assert.Equal(test.Store.InUse, test.Store.Sessions(test.Now).Count());
        test.Worker.Unpark();
        foreach (SessionView session in test.Store.Sessions(test.Now).ToList()) test.End(session);
        AssertNothingIsLeft(test, seed: 0);
        Assert.True(full >= 0 && exhausted >= 0);
    }

    [Fact]
    public void Workers_that_see_the_same_first_packet_make_one_session()
    {
        const int Workers = 3, Rounds = 3000;
        using var test = new TestStore(workers: Workers, exact: false);
        test.Worker.Park();
        using var barrier = new Barrier(Workers);
        var lines = new uint[Workers][];
        Thread[] threads = [.. Enumerable.Range(0, Workers).Select(w => new Thread(() =>
        {
            SessionWorker worker = test.Store.Worker(w);
            worker.Unpark();
            lines[w] = new uint[Rounds];
            for (int i = 0; i < Rounds; i++)
            {
                worker.Park();
                barrier.SignalAndWait();
                worker.Unpark();
                NewSession request = test.Udp($"10.0.{i >> 8}.{i & 255}", 5000);
                Assert.Equal(DropReason.None, test.Store.Create(worker, in request, test.Now, out SessionRef session));
                lines[w][i] = session.Line;
                worker.Pass();
            }

            worker.Park();
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(Rounds, test.Store.InUse);
        Assert.Equal(Rounds, test.PortsInUse);
        for (int w = 1; w < Workers; w++) Assert.Equal(lines[0], lines[w]);
    }

    [Fact]
    public void The_outcome_does_not_depend_on_how_time_is_cut()
    {
        List<string> Run(uint step)
        {
            using var test = new TestStore(new SessionProfile { Ports = new PortRange(2000, 2063), HoldMilliseconds = 7000 }, seed: 9, timers: new TimerSet(20_000, 9000, 9000, 10_000, 3000));
            var random = new Random(4);
            var log = new List<string>();
            for (int i = 0; i < 800; i++)
            {
                for (uint waited = 0; waited < 1200; waited += step) test.Wait(step);
                NewSession request = test.Udp($"10.0.0.{random.Next(1, 20)}", (ushort)random.Next(1990, 2060));
                log.Add($"{test.TryCreate(in request, out SessionRef session)} {(session.IsNone ? 0 : test.View(session).Reply.DestinationPort)} {test.PortsInUse} {test.PortsHeld}");
            }

            return log;
        }

        Assert.Equal(Run(1200), Run(100));
    }

    private static NewSession Outbound(TestStore test, Random random, Pool[] pools)
    {
        string source = $"10.0.0.{random.Next(1, 12)}", destination = $"198.51.100.{random.Next(1, 4)}";
        ushort port = (ushort)random.Next(1995, 2040), to = (ushort)random.Next(1, 4);
        NewSession request = random.Next(3) switch
        {
            0 => test.Udp(source, port, destination, to),
            1 => test.Tcp(source, port, destination, to),
            _ => test.Ping(source, port, destination),
        };
        request.SourcePool = pools[random.Next(pools.Length)];
        return request;
    }

    private static void Check(TestStore test, int seed)
    {
        var replies = new HashSet<FlowParts>();
        var originals = new HashSet<FlowParts>();
        var owners = new Dictionary<(IpAddress, ushort, byte), (ushort, IpAddress, ushort)>();
        var shared = new HashSet<(IpAddress, ushort, byte)>();
        int live = 0;
        foreach (SessionView session in test.Store.Sessions(test.Now))
        {
            live++;
            Assert.True(replies.Add(session.Reply), $"seed {seed}: two sessions have the reply {session.Reply}");
            Assert.True(originals.Add(session.Original), $"seed {seed}: two sessions have the original {session.Original}");
            if (session.DestinationMapping != NewSession.NoMapping)
            {
                var entered = (session.Original.Destination, session.Original.DestinationPort, session.Original.Protocol);
                var inside = (session.Reply.Realm, session.Reply.Source, session.Reply.SourcePort);
                Assert.True(owners.TryAdd(entered, inside) || owners[entered] == inside, $"seed {seed}: {entered} has two owners");
            }

            if (session.Pool is not { } pool) continue;
            var endpoint = (session.Reply.Destination, session.Reply.DestinationPort, session.Original.Protocol);
            if (pool.Definition.Profile.Mapping == MappingMode.AddressAndPortDependent)
            {
                shared.Add(endpoint);
                continue;
            }

            var owner = (session.Original.Realm, session.Original.Source, session.Original.SourcePort);
            Assert.True(owners.TryAdd(endpoint, owner) || owners[endpoint] == owner, $"seed {seed}: {endpoint} has two owners");
        }

        Assert.False(shared.Overlaps(owners.Keys), $"seed {seed}: an owned port is shared");
        Assert.Equal(test.Store.InUse, live);
        Assert.Equal(owners.Count, test.Store.Mappings(test.Now).Count(mapping => mapping.Index != NewSession.NoMapping && mapping.Sessions != 0));
        Assert.InRange(test.Store.InUse, 0, test.Store.Options.Capacity);
    }

    private static void AssertNothingIsLeft(TestStore test, int seed)
    {
        Assert.True(test.Store.InUse == 0, $"seed {seed}: {test.Store.InUse} sessions");
        Assert.True(test.PortsInUse == 0, $"seed {seed}: {test.PortsInUse} ports in use");
        Assert.True(test.PortsHeld == 0, $"seed {seed}: {test.PortsHeld} ports held");
        Assert.True(test.Store.LiveMappings == 0, $"seed {seed}: {test.Store.LiveMappings} mappings");
        Assert.True(test.Store.FiltersInUse == 0, $"seed {seed}: {test.Store.FiltersInUse} filter entries");
        Assert.True(test.Store.CountedByHosts == (0, 0), $"seed {seed}: hosts count {test.Store.CountedByHosts}");
    }
}
