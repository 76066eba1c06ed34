using Sluice.Packets;
using Sluice.Sessions.Tests.Store;
using Xunit;

namespace Sluice.Sessions.Tests.Mappings;

public sealed unsafe class FilteringTests
{
    [Theory]
    [InlineData(FilteringMode.EndpointIndependent, true, true, true)]
    [InlineData(FilteringMode.AddressDependent, true, true, false)]
    [InlineData(FilteringMode.AddressAndPortDependent, true, false, false)]
    public void Filtering_admits_what_its_mode_says(FilteringMode mode, bool sameEndpoint, bool sameAddress, bool stranger)
    {
        using var test = new TestStore(new SessionProfile { Filtering = mode });
        MappingView mapping = test.MappingOf(test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.9", 53)));
        Check("198.51.100.9", 53, sameEndpoint);
        Check("198.51.100.9", 54, sameAddress);
        Check("198.51.100.10", 53, stranger);

        void Check(string remote, ushort port, bool admitted)
        {
            DropReason expected = admitted ? DropReason.None : DropReason.FilteredInbound;
            Assert.Equal(expected, test.Store.Admits(mapping, TestStore.Ip(remote), port));
            if (port != 53 || remote != "198.51.100.9") Assert.Equal(expected, test.TryCreate(test.InboundTo(mapping, remote, port)));
        }
    }

    [Theory]
    [InlineData(FilteringMode.AddressDependent)]
    [InlineData(FilteringMode.AddressAndPortDependent)]
    public void Filtering_works_for_IPv6(FilteringMode mode)
    {
        using var test = new TestStore(new SessionProfile { Filtering = mode }, "2001:db8::1");
        MappingView mapping = test.MappingOf(test.Create(test.Udp("fd00::1", 5000, "2001:db8:9::9", 53)));
        Assert.Equal(DropReason.None, test.Store.Admits(mapping, TestStore.Ip("2001:db8:9::9"), 53));
        Assert.Equal(DropReason.FilteredInbound, test.Store.Admits(mapping, TestStore.Ip("2001:db8:9::8"), 53));
        Assert.Equal(
            mode == FilteringMode.AddressDependent ? DropReason.None : DropReason.FilteredInbound,
            test.Store.Admits(mapping, TestStore.Ip("2001:db8:9::9"), 54));
    }

    [Fact]
    public void A_remote_is_heard_as_long_as_a_session_with_it_lives()
    {
        using var test = new TestStore();
        SessionView one = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.9", 53));
        SessionView two = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.9", 54));
        SessionView other = test.Create(test.Udp("10.0.0.1", 5000, "198.51.100.10", 53));
        MappingView mapping = test.MappingOf(other);
        test.End(one);
        Assert.Equal(DropReason.None, test.Store.Admits(mapping, TestStore.Ip("198.51.100.9"), 1));
        test.End(two);
        Assert.Equal(DropReason.FilteredInbound, test.Store.Admits(mapping, TestStore.Ip("198.51.100.9"), 1));
        Assert.Equal(DropReason.None, test.Store.Admits(mapping, TestStore.Ip("198.51.100.10"), 1));
    }

    [Fact]
    public void An_inbound_session_keeps_its_mapping_alive()
    {
        using var test = new TestStore(new SessionProfile { Filtering = FilteringMode.EndpointIndependent, InboundRefresh = InboundRefresh.On });
        SessionView outbound = test.Create(test.Udp("10.0.0.1", 5000));
        SessionView inbound = test.Create(test.InboundTo(test.MappingOf(outbound), "192.0.2.1", 999));
        Assert.Equal(TestStore.Ip("10.0.0.1"), inbound.Reply.Source);
        Assert.Equal(2u, test.MappingOf(outbound).Sessions);
        test.End(outbound);
        Assert.True(test.HasMapping(outbound));
        test.End(inbound);
        Assert.False(test.HasMapping(outbound));
        Assert.Equal(1, test.PortsHeld);
    }

    [Fact]
    public void A_mapping_that_is_gone_or_anothers_by_now_lets_nothing_in()
    {
        using var test = new TestStore(new SessionProfile { Filtering = FilteringMode.EndpointIndependent, HoldMilliseconds = 0 });
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        NewSession late = test.InboundTo(test.MappingOf(session), "192.0.2.1", 999);
        test.End(session);
        Assert.Equal(DropReason.NoMapping, test.TryCreate(late));
        test.Create(test.Udp("10.0.0.2", 5000));
        Assert.Equal(DropReason.NoMapping, test.TryCreate(late));
        Assert.Equal(1, test.Store.InUse);
    }

    [Fact]
    public void A_resting_mapping_lets_nothing_in()
    {
        using var test = new TestStore(new SessionProfile { Filtering = FilteringMode.EndpointIndependent });
        SessionView session = test.Create(test.Udp("10.0.0.1", 5000));
        NewSession late = test.InboundTo(test.MappingOf(session), "192.0.2.1", 999);
        test.End(session);
        Assert.False(test.HasMapping(session));
        Assert.Equal(DropReason.NoMapping, test.TryCreate(late));
    }

    [Theory]
    [InlineData(InboundRefresh.Auto, FilteringMode.EndpointIndependent, false)]
    [InlineData(InboundRefresh.Auto, FilteringMode.AddressDependent, true)]
    [InlineData(InboundRefresh.Auto, FilteringMode.AddressAndPortDependent, true)]
    [InlineData(InboundRefresh.On, FilteringMode.EndpointIndependent, true)]
    [InlineData(InboundRefresh.Off, FilteringMode.AddressDependent, false)]
    public void Packets_from_outside_prolong_a_session_where_inboundRefresh_says_so(InboundRefresh refresh, FilteringMode filtering, bool prolongs)
    {
        using var test = new TestStore(new SessionProfile { InboundRefresh = refresh, Filtering = filtering });
        SessionView outbound = test.Create(test.Udp("10.0.0.1", 5000));

        // What a filter by endpoint admits is the session's own reply.
        SessionView inbound = filtering == FilteringMode.AddressAndPortDependent
            ? outbound
            : test.Create(test.InboundTo(test.MappingOf(outbound), "198.51.100.9", 999));
        for (int i = 0; i < 4; i++)
        {
            test.Wait(100_000);
            if (!test.IsLive(outbound)) break;
            test.Packet(outbound, reply: true);
            if (inbound != outbound) test.Packet(inbound, reply: false);
        }

        Assert.Equal(prolongs, test.IsLive(outbound));
        Assert.Equal(prolongs, test.IsLive(inbound));
    }

    [Fact]
    public void TCP_is_refreshed_by_both_sides_whatever_inboundRefresh_says()
    {
        using var test = new TestStore(new SessionProfile { InboundRefresh = InboundRefresh.Off });
        SessionView session = test.Established("10.0.0.1", 5000);
        Assert.Equal(FlowConduct.None, test.State(session, reply: true)->Conduct & FlowConduct.NoRefresh);
        test.Wait(7_000_000);
        test.Packet(session, reply: true);
        test.Wait(7_000_000);
        Assert.True(test.IsLive(session));
    }

    [Fact]
    public void A_hairpinned_session_uses_both_mappings_and_each_side_sees_the_others_public_endpoint()
    {
        using var test = new TestStore(new SessionProfile { Filtering = FilteringMode.EndpointIndependent });
        SessionView owner = test.Create(test.Udp("10.0.0.2", 7000));
        MappingView mapping = test.MappingOf(owner);
        NewSession hairpin = test.Udp("10.0.0.1", 5000, mapping.Public.ToString(), mapping.PublicPort);
        hairpin.RealmTo = TestStore.Inside;
        hairpin.RewritesDestination = true;
        hairpin.Destination = mapping.Inside;
        hairpin.DestinationPort = mapping.InsidePort;
        hairpin.Mapping = mapping.Index;
        SessionView session = test.Create(hairpin);

        // What reaches the owner has the sender's public endpoint as source; the answer is found in the inside realm.
        Assert.Equal((TestStore.Inside, TestStore.Ip("10.0.0.2"), 7000), (session.Reply.Realm, session.Reply.Source, session.Reply.SourcePort));
        Assert.Equal((mapping.Public, 5000), (session.Reply.Destination, session.Reply.DestinationPort));
        Assert.Equal(2u, test.MappingOf(owner).Sessions);
        Assert.Equal(2, test.Store.LiveMappings);
        test.End(owner);
        Assert.True(test.HasMapping(owner));
        test.End(session);
        Assert.False(test.HasMapping(owner));
        Assert.Equal(2, test.PortsHeld);
    }

    [Fact]
    public void A_hairpinned_session_is_filtered_by_the_senders_public_address()
    {
        using var test = new TestStore(new SessionProfile { Filtering = FilteringMode.AddressDependent }, "203.0.113.1");
        SessionView owner = test.Create(test.Udp("10.0.0.2", 7000));
        MappingView mapping = test.MappingOf(owner);
        NewSession hairpin = test.Udp("10.0.0.1", 5000, mapping.Public.ToString(), mapping.PublicPort);
        hairpin.RealmTo = TestStore.Inside;
        hairpin.RewritesDestination = true;
        hairpin.Destination = mapping.Inside;
        hairpin.DestinationPort = mapping.InsidePort;
        hairpin.Mapping = mapping.Index;
        Assert.Equal(DropReason.FilteredInbound, test.TryCreate(hairpin));
        Assert.Equal((1, 0), (test.PortsInUse, test.PortsHeld));

        test.Create(test.Udp("10.0.0.2", 7000, "203.0.113.1", 4000));
        Assert.Equal(DropReason.None, test.TryCreate(hairpin));
    }
}
