using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Affinity;

public sealed class AffinityTableTests
{
    private const uint Hour = 3_600_000;

    private static AffinityKey Client(string address, ulong translation = 5, ushort realm = 1) => new(translation, realm, IpAddress.Parse(address));

    [Fact]
    public void An_entry_is_48_bytes() => Assert.Equal(48, Unsafe.SizeOf<AffinityEntry>());

    [Fact]
    public void A_client_is_known_by_its_address_its_realm_and_the_translation()
    {
        using var test = new TestStore();
        AffinityTable table = test.Store.Affinity;
        Assert.Equal(77ul, table.Pin(test.Worker, Client("10.0.0.1"), 77, 0, Hour, test.Now, out uint entry));
        Assert.NotEqual(AffinityTable.None, entry);
        Assert.Equal(entry, table.Find(Client("10.0.0.1"), test.Now, out ulong backend, out uint left));
        Assert.Equal((77ul, Hour), (backend, left));
        foreach (AffinityKey other in new[] { Client("10.0.0.2"), Client("10.0.0.1", translation: 6), Client("10.0.0.1", realm: 2), Client("::a00:1") })
            Assert.Equal(AffinityTable.None, table.Find(other, test.Now, out _, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Its_time_runs_from_the_last_new_session()
    {
        using var test = new TestStore();
        AffinityTable table = test.Store.Affinity;
        table.Pin(test.Worker, Client("2001:db8::1"), 77, 0, Hour, test.Now, out uint entry);
        test.Wait(Hour);
        Assert.Equal(entry, table.Find(Client("2001:db8::1"), test.Now, out _, out uint left));
        Assert.Equal(0u, left);
        table.Renew(entry, Hour, test.Now);
        test.Wait(Hour);
        Assert.Equal(entry, table.Find(Client("2001:db8::1"), test.Now, out _, out _));
        test.Wait(1);
        Assert.Equal(AffinityTable.None, table.Find(Client("2001:db8::1"), test.Now, out _, out _));
    }

    [Fact]
    public void What_is_over_is_swept_and_its_room_is_free_again()
    {
        using var test = new TestStore(exact: false);
        AffinityTable table = test.Store.Affinity;
        table.Pin(test.Worker, Client("10.0.0.1"), 77, 0, 5000, test.Now, out _);
        table.Pin(test.Worker, Client("10.0.0.2"), 77, 0, Hour, test.Now, out _);
        Sweep(test, 5000);
        Assert.Equal(2, table.Count);
        Sweep(test, 2500);
        Assert.Equal(1, table.Count);
        Assert.Equal(new Dictionary<(ulong, ulong), int> { [(5, 77)] = 1 }, table.Clients(test.Now));
    }

    [Fact]
    public void In_virtual_time_what_is_over_is_put_away_too()
    {
        using var test = new TestStore();
        test.Store.Affinity.Pin(test.Worker, Client("10.0.0.1"), 77, 0, 5000, test.Now, out _);
        test.Wait(59_000);
        test.Wait(7000);
        test.Wait(60_000);
        Assert.Equal(0, test.Store.Affinity.Count);
    }

    [Fact]
    public void A_full_table_remembers_nobody_more_and_puts_nobody_away_who_lives()
    {
        using var store = new SessionStore(new SessionStoreOptions { Capacity = 100, Affinities = 3, CacheLines = 1024 });
        SessionWorker worker = store.Worker(0);
        worker.Unpark();
        for (int i = 1; i <= 3; i++) store.Affinity.Pin(worker, Client($"10.0.0.{i}"), 77, 0, 1000, 0, out _);
        Assert.Equal(88ul, store.Affinity.Pin(worker, Client("10.0.0.4"), 88, 0, 1000, 0, out uint entry));
        Assert.Equal((AffinityTable.None, 1L, 3), (entry, store.Affinity.Refused, store.Affinity.Count));
        for (int i = 1; i <= 3; i++) Assert.NotEqual(AffinityTable.None, store.Affinity.Find(Client($"10.0.0.{i}"), 0, out _, out _));

        // What is over makes room where it stands: 16 chains are few enough that somebody finds one.
        for (int i = 10; i < 200; i++) store.Affinity.Pin(worker, Client($"10.0.0.{i}"), 88, 0, 1000, 5000, out _);
        Assert.Equal(3, store.Affinity.Count);
        Assert.Equal(3, store.Affinity.Clients(5000)[(5, 88)]);
    }

    [Fact]
    public void Only_what_was_found_wanting_is_replaced()
    {
        using var test = new TestStore();
        AffinityTable table = test.Store.Affinity;
        table.Pin(test.Worker, Client("10.0.0.1"), 77, 0, Hour, test.Now, out _);
        Assert.Equal(77ul, table.Pin(test.Worker, Client("10.0.0.1"), 88, 0, Hour, test.Now, out _));
        Assert.Equal(88ul, table.Pin(test.Worker, Client("10.0.0.1"), 88, 77, Hour, test.Now, out _));

        // Another worker saw the same backend gone, and comes second.
        Assert.Equal(88ul, table.Pin(test.Worker, Client("10.0.0.1"), 99, 77, Hour, test.Now, out _));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void A_session_that_was_not_made_is_forgotten_unless_others_were()
    {
        using var test = new TestStore();
        AffinityTable table = test.Store.Affinity;
        table.Pin(test.Worker, Client("10.0.0.1"), 77, 0, Hour, test.Now, out uint entry);
        table.Forget(test.Worker, Client("10.0.0.1"), entry);
        Assert.Equal((AffinityTable.None, 0), (table.Find(Client("10.0.0.1"), test.Now, out _, out _), table.Count));
        table.Pin(test.Worker, Client("10.0.0.1"), 77, 0, Hour, test.Now, out entry);
        table.Renew(entry, Hour, test.Now);
        table.Forget(test.Worker, Client("10.0.0.1"), entry);
        Assert.Equal(entry, table.Find(Client("10.0.0.1"), test.Now, out _, out _));
    }

    [Fact]
    public void Workers_that_pin_one_client_at_once_agree()
    {
        const int Clients = 20_000, Workers = 2;
        using var test = new TestStore(workers: Workers, exact: false);
        var has = new ulong[Workers][];
        Thread[] threads = [.. Enumerable.Range(0, Workers).Select(number => new Thread(() => has[number] = PinAll(test, number, Clients)) { IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(has[0], has[1]);
        Assert.Equal(Clients, test.Store.Affinity.Count);
        Assert.All(has[0], static backend => Assert.InRange(backend, 1ul, 2ul));
    }

    private static ulong[] PinAll(TestStore test, int number, int clients)
    {
        SessionWorker worker = test.Store.Worker(number);
        worker.Unpark();
        var has = new ulong[clients];
        for (int i = 0; i < clients; i++)
        {
            AffinityKey key = Client($"10.0.{i / 250}.{i % 250}");
            uint entry = test.Store.Affinity.Find(in key, 1000, out has[i], out _);
            if (entry == AffinityTable.None) has[i] = test.Store.Affinity.Pin(worker, in key, (ulong)number + 1, 0, Hour, 1000, out entry);
            test.Store.Affinity.Renew(entry, Hour, 1000);
            if (i % 64 == 0) worker.Pass();
        }

        worker.Park();
        return has;
    }

    private static void Sweep(TestStore test, uint milliseconds)
    {
        for (uint passed = 0; passed < milliseconds; passed += 100)
        {
            test.Now += 100;
            while (test.Store.Sweep(test.Worker, test.Now, 64, 1, [], out _) != 0) test.Worker.Pass();
        }
    }
}
