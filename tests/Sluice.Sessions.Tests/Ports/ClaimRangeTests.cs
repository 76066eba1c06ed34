using Sluice.Packets.Addresses;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Ports;

public sealed class ClaimRangeTests
{
    private const string Public = "203.0.113.1";

    private static PortClaim Claim(PortClass ports, int first, int last, string addresses = Public) =>
        new(TestStore.Outside, new IpRange(IpPrefix.Parse(addresses)), ports, new PortRange((ushort)first, (ushort)last));

    private static ushort PortOf(TestStore test, string source, ushort port) => test.Create(test.Udp(source, port)).Reply.DestinationPort;

    [Fact]
    public void A_claimed_port_is_not_kept_though_it_is_the_preferred_one()
    {
        using var test = new TestStore();
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5000, 5099)]);
        Assert.NotInRange(PortOf(test, "10.0.0.2", 5050), 5000, 5099);
        Assert.Equal(5100, PortOf(test, "10.0.0.2", 5100));
    }

    [Fact]
    public void A_claim_of_tcp_leaves_udp_free()
    {
        using var test = new TestStore();
        test.Store.ClaimPorts([Claim(PortClass.Tcp, 5050, 5050)]);
        Assert.Equal(5050, PortOf(test, "10.0.0.2", 5050));
        Assert.NotEqual(5050, test.Create(test.Tcp("10.0.0.2", 5050)).Reply.DestinationPort);
    }

    [Fact]
    public void A_claim_in_another_realm_means_nothing_here()
    {
        using var test = new TestStore();
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5050, 5050) with { Realm = TestStore.Inside }]);
        Assert.Equal(5050, PortOf(test, "10.0.0.2", 5050));
    }

    [Fact]
    public void A_claim_reaches_addresses_that_came_into_use_before_it_and_after_it()
    {
        using var test = new TestStore(pool: "203.0.113.0/24");
        SessionView before = test.Create(test.Udp("10.0.0.2", 4000));
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5000, 5999, "203.0.113.0/24")]);
        Assert.NotInRange(PortOf(test, "10.0.0.2", 5000), 5000, 5999);
        for (int host = 3; host < 60; host++) Assert.NotInRange(PortOf(test, $"10.0.0.{host}", 5001), 5000, 5999);
        Assert.True(test.IsLive(before));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::/64")]
    [InlineData("203.0.113.1", "0.0.0.0/0")]
    public void A_claim_may_span_more_addresses_than_there_are(string address, string claimed)
    {
        using var test = new TestStore(pool: address);
        bool isV4 = IpAddress.Parse(address).IsV4;
        string source = isV4 ? "10.0.0.2" : "fd00::2", remote = isV4 ? "198.51.100.9" : "2001:db8:9::9";
        Assert.Equal(5000, test.Create(test.Udp(source, 5000, remote)).Reply.DestinationPort);
        test.Store.ClaimPorts([Claim(PortClass.Udp, 6000, 6000, claimed)]);
        Assert.NotEqual(6000, test.Create(test.Udp(source, 6000, remote)).Reply.DestinationPort);
    }

    [Fact]
    public void A_port_is_free_again_after_the_last_of_overlapping_claims()
    {
        using var test = new TestStore();
        PortClaim[] old = [Claim(PortClass.Udp, 5000, 5010)], changed = [Claim(PortClass.Udp, 5005, 5020)];
        test.Store.ClaimPorts(old);
        test.Store.ClaimPorts(changed);
        test.Store.ReleasePorts(old);
        Assert.Equal(5004, PortOf(test, "10.0.0.2", 5004));
        Assert.NotEqual(5010, PortOf(test, "10.0.0.2", 5010));
        test.Store.ReleasePorts(changed);
        Assert.Equal(5010, PortOf(test, "10.0.0.3", 5010));
    }

    [Fact]
    public void The_same_claim_twice_needs_two_releases()
    {
        using var test = new TestStore();
        PortClaim[] claims = [Claim(PortClass.Udp, 5000, 5000)];
        test.Store.ClaimPorts(claims);
        test.Store.ClaimPorts(claims);
        test.Store.ReleasePorts(claims);
        Assert.NotEqual(5000, PortOf(test, "10.0.0.2", 5000));
    }

    [Theory]
    [InlineData(MappingMode.EndpointIndependent)]
    [InlineData(MappingMode.AddressAndPortDependent)]
    public void A_session_stays_on_a_claimed_port_where_the_claim_is_for_its_own_endpoint(MappingMode mapping)
    {
        using var test = new TestStore(new SessionProfile { Mapping = mapping });
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5000, 5000)]);

        Assert.True(test.Store.Confirm(test.Worker, IpFamily.V4, session.Ref.Line, new Confirmation(2, test.Timers, 7, test.Pool, IsForwarded: true)));
        test.End(session);

        Assert.NotEqual(5000, test.Create(test.Udp("10.0.0.3", 5000)).Reply.DestinationPort);
    }

    [Theory]
    [InlineData(MappingMode.EndpointIndependent)]
    [InlineData(MappingMode.AddressAndPortDependent)]
    public void A_claim_of_a_live_port_takes_effect_when_its_session_ends(MappingMode mapping)
    {
        using var test = new TestStore(new SessionProfile { Mapping = mapping });
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5000, 5000)]);

        // The same inside endpoint gets another port for what it begins now.
        Assert.NotEqual(5000, test.Create(test.Udp("10.0.0.2", 5000, destinationPort: 54)).Reply.DestinationPort);
        Assert.False(test.Store.Confirm(test.Worker, IpFamily.V4, session.Ref.Line, new Confirmation(2, test.Timers, 7, test.Pool)));
        test.End(session);

        // It does not rest for the host that had it: it is the claim's at once.
        Assert.NotEqual(5000, test.Create(test.Udp("10.0.0.2", 5000)).Reply.DestinationPort);
        Assert.NotEqual(5000, test.Create(test.Udp("10.0.0.3", 5000)).Reply.DestinationPort);
    }

    [Fact]
    public void A_port_that_rests_when_it_is_claimed_is_not_woken()
    {
        using var test = new TestStore();
        test.End(test.Create(test.Udp("10.0.0.2", 5000)));
        test.Store.ClaimPorts([Claim(PortClass.Udp, 5000, 5000)]);
        Assert.NotEqual(5000, PortOf(test, "10.0.0.2", 5000));
        test.Wait(200_000);
        Assert.NotEqual(5000, PortOf(test, "10.0.0.4", 5000));
    }

    [Fact]
    public void The_host_does_not_get_a_port_that_a_forward_has()
    {
        using var test = new TestStore();
        IpAddress address = TestStore.Ip(Public);
        test.Store.ClaimPorts([Claim(PortClass.Tcp, 22, 22)]);
        Assert.False(test.Store.ClaimPort(TestStore.Outside, address, PortClass.Tcp, 22));
        test.Store.ReleasePort(TestStore.Outside, address, PortClass.Tcp, 22);
        Assert.True(test.Store.ClaimPort(TestStore.Outside, address, PortClass.Tcp, 23));
    }

    [Fact]
    public unsafe void The_mirror_of_an_address_shows_what_forwards_claim()
    {
        using var test = new TestStore();
        var words = new ulong[1024];
        fixed (ulong* mirror = words)
        {
            test.Store.ClaimPorts([Claim(PortClass.Tcp, 22, 22)]);
            test.Store.MirrorPorts(TestStore.Outside, TestStore.Ip(Public), PortClass.Tcp, mirror);
            Assert.Equal(1UL << 22, words[0]);
            test.Store.ClaimPorts([Claim(PortClass.Tcp, 24, 25)]);
            Assert.Equal(13UL << 22, words[0]);
            test.Store.ReleasePorts([Claim(PortClass.Tcp, 22, 22)]);
            Assert.Equal(12UL << 22, words[0]);
            test.Store.MirrorPorts(TestStore.Outside, TestStore.Ip(Public), PortClass.Tcp, null);
        }
    }
}
