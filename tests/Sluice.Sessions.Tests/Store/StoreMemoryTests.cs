using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Sessions.Tests.Store;

/// <summary>Bytes a session, everything counted, at one session a mapping (design section 5.2).</summary>
public sealed class StoreMemoryTests
{
    [Theory]
    [InlineData(MappingMode.EndpointIndependent, false, 304)]
    [InlineData(MappingMode.AddressAndPortDependent, false, 208)]
    [InlineData(MappingMode.EndpointIndependent, true, 480)]
    [InlineData(MappingMode.AddressAndPortDependent, true, 352)]
    public void A_session_costs_at_most_its_budget(MappingMode mode, bool v6, int budget)
    {
        const int Sessions = 200_000;
        using var test = new TestStore(
            new SessionProfile { Mapping = mode }, v6 ? "2001:db8::1-2001:db8::4" : "203.0.113.1-203.0.113.4", capacity: Sessions, exact: false);
        for (int i = 0; i < Sessions; i++)
        {
            NewSession request = v6 ? test.Udp("fd00::1", 5000, "2001:db8:9::1") : test.Udp("10.0.0.1", 5000);
            request.Original = request.Original with { Source = new IpAddress(request.Original.Source.Family, request.Original.Source.Value + (UInt128)(i / 1000)), SourcePort = (ushort)(2000 + (i % 1000)) };
            Assert.Equal(DropReason.None, test.TryCreate(in request));
        }

        double bytes = test.Store.Memory.Total / (double)Sessions;
        Assert.True(bytes <= budget, $"{bytes:F1} bytes a session: {test.Store.Memory}");
    }

    [Fact]
    public void Making_and_ending_sessions_allocates_nothing()
    {
        using var test = new TestStore(new SessionProfile { SessionsPerHost = 1000 }, "203.0.113.1-203.0.113.4", exact: false);
        NewSession request = test.Udp("10.0.0.1", 5000);
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < 500; i++)
            {
                request.Original = request.Original with { SourcePort = (ushort)(2000 + (i & 63)) };
                test.Store.PrefetchCreate(test.Worker, in request);
                test.Store.Create(test.Worker, in request, test.Now, out SessionRef session);
                test.Store.TouchTcpSlow(session.Family, session.Line, 2, 1, 1, test.Now);
                test.Store.End(test.Worker, session.Family, session.Line, EndReason.Deleted, test.Now);
                test.Worker.Pass();
            }
        });
    }
}
