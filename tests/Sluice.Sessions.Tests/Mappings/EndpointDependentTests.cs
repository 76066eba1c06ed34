using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Mappings;

public sealed class EndpointDependentTests
{
    private static readonly SessionProfile Profile = new() { Mapping = MappingMode.AddressAndPortDependent };

    private static readonly SessionProfile OnePort = Profile with { Ports = new PortRange(5000, 5000) };

    [Fact]
    public void One_port_serves_several_inside_endpoints_towards_different_remote_endpoints()
    {
        using var test = new TestStore(OnePort);
        SessionView one = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.1"));
        SessionView two = test.Create(test.Udp("10.0.0.2", 5000, "198.51.100.2"));
        SessionView samePort = test.Create(test.Udp("10.0.0.3", 5000, "198.51.100.1", 54));
        Assert.All([one, two, samePort], session => Assert.Equal(5000, session.Reply.DestinationPort));
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.4", 5000, "198.51.100.1")));
        Assert.Equal(1, test.PortsInUse);
        Assert.Equal(3, test.Store.LiveMappings);
        Assert.Equal(3, test.Store.InUse);
    }

    [Fact]
    public void The_port_is_free_with_its_last_session_and_only_the_pair_rests()
    {
        using var test = new TestStore(OnePort);
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.1"));
        test.End(session);
        Assert.Equal((0, 0), (test.PortsInUse, test.PortsHeld));

        // To another remote endpoint: at once. The same pair: not for another, and at once for the one who had it.
        test.Create(test.Udp("10.0.0.2", 5000, "198.51.100.2"));
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.2", 5001, "198.51.100.1")));
        SessionView again = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.1"));
        test.End(again);
        test.Wait(119_999);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.2", 5001, "198.51.100.1")));
        test.Wait(1);
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.2", 5001, "198.51.100.1")));
    }

    [Fact]
    public void A_port_owned_by_an_endpoint_independent_mapping_or_a_claim_is_never_shared()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(5000, 5001) });
        test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.1"));
        test.Store.ClaimPort(TestStore.Outside, TestStore.Ip("203.0.113.1"), PortClass.Udp, 5001);
        test.Pool = test.PoolOf(Profile with { Ports = new PortRange(5000, 5001) }, "203.0.113.1");
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.2", 5000, "198.51.100.2")));
        test.Store.ReleasePort(TestStore.Outside, TestStore.Ip("203.0.113.1"), PortClass.Udp, 5001);
        Assert.Equal(5001, test.Create(test.Udp("10.0.0.2", 5000, "198.51.100.2")).Reply.DestinationPort);

        // And the other way round.
        test.Pool = test.PoolOf(new SessionProfile { Ports = new PortRange(5000, 5001) }, "203.0.113.1");
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.3", 5000, "198.51.100.3")));
    }

    [Fact]
    public void Unsolicited_packets_find_no_mapping()
    {
        using var test = new TestStore(Profile);
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        Assert.False(test.HasMapping(session));
    }

    [Fact]
    public void A_refusal_comes_only_when_no_pair_is_free_and_a_flood_is_refused_without_searching_again()
    {
        using var test = new TestStore(Profile with { Ports = new PortRange(1024, 1151) }, "203.0.113.1-203.0.113.2");
        var sessions = new List<SessionView>();
        for (int i = 0; i < 256; i++) sessions.Add(test.Create(test.Udp("10.0.0.1", (ushort)(1100 + i), "198.51.100.1")));
        Assert.Equal(256, sessions.Select(s => (s.Reply.Destination, s.Reply.DestinationPort)).Distinct().Count());
        for (int i = 0; i < 20; i++) Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.9", (ushort)i, "198.51.100.1")));
        Assert.Equal(1, test.Store.Events.CountOf(PoolEventKind.Exhausted));

        // The pair that comes free is found, by its owner at once and by others after its rest.
        test.End(sessions[77]);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.9", 1, "198.51.100.1")));
        test.Wait(120_000);
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.9", 1, "198.51.100.1")));
    }

    [Fact]
    public void A_pair_that_a_session_without_a_port_had_is_found_a_second_later()
    {
        using var test = new TestStore(OnePort);
        NewSession plain = test.Udp("203.0.113.1", 5000, "198.51.100.1");
        plain.SourcePool = null;
        SessionView session = test.Create(plain);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("10.0.0.1", 5000, "198.51.100.1")));
        test.End(session);
        test.Wait(1000);
        Assert.Equal(DropReason.None, test.TryCreate(test.Udp("10.0.0.1", 5000, "198.51.100.1")));
    }

    [Fact]
    public void Two_sessions_of_one_inside_endpoint_may_have_different_public_ports()
    {
        using var test = new TestStore(Profile with { PreservePort = false });
        var ports = Enumerable.Range(1, 50).Select(i => test.Create(test.Udp("10.0.0.1", 5000, $"198.51.100.{i}")).Reply.DestinationPort).Distinct();
        Assert.True(ports.Count() > 40);
    }

    [Fact]
    public void IPv6_shares_ports_too()
    {
        using var test = new TestStore(OnePort, "2001:db8::1");
        test.Create(test.Udp("fd00::1", 5000, "2001:db8:9::1"));
        test.Create(test.Udp("fd00::2", 5000, "2001:db8:9::2"));
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(test.Udp("fd00::3", 5000, "2001:db8:9::2")));
        test.Wait(300_001);
        Assert.Equal((0, 0), (test.PortsInUse, test.Store.InUse));
    }
}
