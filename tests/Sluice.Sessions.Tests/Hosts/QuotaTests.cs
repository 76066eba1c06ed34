using Sluice.Packets;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Hosts;

public sealed class QuotaTests
{
    [Fact]
    public void A_host_has_at_most_its_number_of_sessions()
    {
        using var test = new TestStore(new SessionProfile { SessionsPerHost = 3 });
        SessionView first = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.1"));
        test.Create(test.Tcp("10.0.0.1", 5000, "198.51.100.2"));
        test.Create(test.Ping("10.0.0.1", 5000, "198.51.100.3"));
        Assert.Equal(DropReason.QuotaExceeded, test.TryCreate(test.Udp("10.0.0.1", 5000, "198.51.100.4")));
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.2", 5000, "198.51.100.4")));
        test.End(first);
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.1", 5000, "198.51.100.4")));
    }

    [Theory]
    [InlineData(MappingMode.EndpointIndependent)]
    [InlineData(MappingMode.AddressAndPortDependent)]
    public void PortsPerHost_counts_mappings_of_all_protocols(MappingMode mode)
    {
        using var test = new TestStore(new SessionProfile { PortsPerHost = 3, Mapping = mode });
        SessionView first = test.Create(test.Udp("10.0.0.1", 5000));
        test.Create(test.Tcp("10.0.0.1", 5000));
        test.Create(test.Ping("10.0.0.1", 5000));
        Assert.Equal(DropReason.QuotaExceeded, test.TryCreate(test.Udp("10.0.0.1", 5001)));
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.2", 5001)));

        // Another session of a mapping that exists takes no port; with endpoint-dependent mapping it is a mapping.
        DropReason more = test.TryCreate(test.Udp("10.0.0.1", 5000, "198.51.100.77"));
        Assert.Equal(mode == MappingMode.EndpointIndependent ? DropReason.None : DropReason.QuotaExceeded, more);
        if (mode == MappingMode.AddressAndPortDependent) test.End(first);
        else test.Wait(61_000);
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.1", 5001)));
    }

    [Fact]
    public void The_rate_is_a_token_bucket_of_one_seconds_worth()
    {
        using var test = new TestStore(new SessionProfile { NewSessionsPerSecondPerHost = 50 });
        Assert.Equal(50, Burst(1000));
        Assert.Equal(0, Burst(10));
        test.Wait(100);
        Assert.Equal(5, Burst(10));
        test.Wait(19);
        Assert.Equal(0, Burst(1));
        test.Wait(1);
        Assert.Equal(1, Burst(2));
        test.Wait(60_000);
        Assert.Equal(50, Burst(1000));

        int Burst(int count)
        {
            int admitted = 0;
            for (int i = 0; i < count; i++) admitted += test.TryCreate(test.Tcp("10.0.0.1", (ushort)test.Store.InUse, $"198.51.{test.Now & 255}.{i & 255}")) == DropReason.None ? 1 : 0;
            return admitted;
        }
    }

    [Fact]
    public void What_is_refused_for_another_reason_costs_no_quota()
    {
        using var test = new TestStore(new SessionProfile { NewSessionsPerSecondPerHost = 5, SessionsPerHost = 5, PortsPerHost = 5, Ports = new(1024, 1025) });
        for (ushort i = 0; i < 2; i++) test.Create(test.Udp("10.0.0.1", i));
        for (ushort i = 2; i < 30; i++) Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", i)));
        for (ushort i = 0; i < 3; i++) test.Create(test.Ping("10.0.0.1", i));
        Assert.Equal(DropReason.QuotaExceeded, test.TryCreate(test.Ping("10.0.0.1", 9)));
    }

    [Fact]
    public void Sessions_from_outside_count_against_the_inside_host_but_not_its_rate()
    {
        using var test = new TestStore(new SessionProfile { NewSessionsPerSecondPerHost = 1, SessionsPerHost = 3, Filtering = FilteringMode.EndpointIndependent });
        MappingView mapping = test.MappingOf(test.Create(test.Udp("10.0.0.1", 5000)));
        test.Create(test.InboundTo(mapping, "192.0.2.1", 1));
        test.Create(test.InboundTo(mapping, "192.0.2.1", 2));
        Assert.Equal(DropReason.QuotaExceeded, test.TryCreate(test.InboundTo(mapping, "192.0.2.1", 3)));
    }

    [Fact]
    public void Quotas_are_exact_over_workers()
    {
        const int Workers = 4, Limit = 100;
        using var test = new TestStore(new SessionProfile { SessionsPerHost = Limit, PortsPerHost = Limit - 10 }, workers: Workers, exact: false);
        int made = 0;
        Thread[] threads = [.. Enumerable.Range(0, Workers).Select(w => new Thread(() =>
        {
            SessionWorker worker = test.Store.Worker(w);
            worker.Unpark();
            for (int i = 0; i < 200; i++)
            {
                NewSession request = test.Udp("10.0.0.1", (ushort)(2000 + (i * Workers) + w));
                if (test.Store.Create(worker, in request, test.Now, out _) == DropReason.None) Interlocked.Increment(ref made);
                worker.Pass();
            }

            worker.Park();
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(Limit - 10, made);
        Assert.Equal(Limit - 10, test.Store.InUse);
    }
}
