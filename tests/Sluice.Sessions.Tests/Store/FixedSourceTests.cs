using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Store;

/// <summary>Sessions whose source becomes a fixed endpoint, alone and together with a rewritten destination.</summary>
public sealed class FixedSourceTests
{
    private static NewSession Fixed(TestStore test, string source, ushort port, string becomes, ushort becomesPort, string destination = "198.51.100.9") =>
        test.Udp(source, port, destination) with { SourcePool = null, RewritesSource = true, Source = TestStore.Ip(becomes), SourcePort = becomesPort };

    private static NewSession To(NewSession request, string destination, ushort port) =>
        request with { RewritesDestination = true, Destination = TestStore.Ip(destination), DestinationPort = port };

    private static string Shown(FlowParts parts) => $"{parts.Realm} {parts.Source}:{parts.SourcePort} > {parts.Destination}:{parts.DestinationPort}";

    [Theory]
    [InlineData("10.0.0.2", "203.0.113.9", "198.51.100.9")]
    [InlineData("fd00::2", "2001:db8::9", "2001:db8:1::9")]
    public void Replies_come_to_the_fixed_endpoint(string source, string becomes, string remote)
    {
        using var test = new TestStore();
        SessionView session = test.Create(Fixed(test, source, 22, becomes, 22101, remote));
        Assert.Equal($"2 {remote}:53 > {becomes}:22101", Shown(session.Reply));
        Assert.Null(session.Pool);
        Assert.Equal(0, test.PortsInUse);
    }

    [Fact]
    public void Both_ends_are_rewritten()
    {
        using var test = new TestStore();
        SessionView session = test.Create(To(Fixed(test, "10.0.0.2", 22, "203.0.113.9", 22101), "172.16.0.9", 5353));
        Assert.Equal("1 10.0.0.2:22 > 198.51.100.9:53", Shown(session.Original));
        Assert.Equal("2 172.16.0.9:5353 > 203.0.113.9:22101", Shown(session.Reply));
    }

    [Theory]
    [InlineData(MappingMode.EndpointIndependent)]
    [InlineData(MappingMode.AddressAndPortDependent)]
    public void A_source_from_a_pool_goes_with_a_fixed_destination(MappingMode mapping)
    {
        using var test = new TestStore(new SessionProfile { Mapping = mapping });
        SessionView session = test.Create(To(test.Udp("10.0.0.2", 5000), "172.16.0.9", 5353));
        Assert.Equal("2 172.16.0.9:5353 > 203.0.113.1:5000", Shown(session.Reply));
        test.End(session);
        Assert.Equal(0, test.PortsInUse);
        Assert.Equal(0, test.Store.FiltersInUse);
    }

    [Fact]
    public void A_mapping_hears_a_forwarded_remote_by_the_name_that_its_host_sent_to()
    {
        using var test = new TestStore();
        MappingView mapping = test.MappingOf(test.Create(To(test.Udp("10.0.0.2", 5000, "198.51.100.9"), "172.16.0.9", 5353)));
        Assert.Equal(DropReason.None, test.Store.Admits(mapping, TestStore.Ip("198.51.100.9"), 99));
        Assert.Equal(DropReason.FilteredInbound, test.Store.Admits(mapping, TestStore.Ip("172.16.0.9"), 5353));

        // What that remote begins comes with its public address as source.
        NewSession inbound = test.InboundTo(mapping, "172.16.0.9", 5354) with { RewritesSource = true, Source = TestStore.Ip("198.51.100.9"), SourcePort = 60 };
        Assert.Equal("1 10.0.0.2:5000 > 198.51.100.9:60", Shown(test.Create(inbound).Reply));
    }

    [Fact]
    public void The_later_session_gets_another_port_where_its_return_tuple_is_taken()
    {
        using var test = new TestStore();
        SessionView first = test.Create(Fixed(test, "10.0.0.2", 22, "203.0.113.9", 22101));
        SessionView second = test.Create(Fixed(test, "10.0.0.3", 22, "203.0.113.9", 22101));
        Assert.Equal(22101, first.Reply.DestinationPort);
        Assert.NotEqual(22101, second.Reply.DestinationPort);
        Assert.Equal(first.Reply.Destination, second.Reply.Destination);
    }

    [Fact]
    public void A_port_that_a_pool_gave_out_is_not_what_a_source_is_changed_to()
    {
        using var test = new TestStore(new SessionProfile { Ports = new PortRange(1024, 65_534) });
        for (int port = 1024; port < 65_535; port++) test.Create(test.Udp("10.1.0.2", (ushort)port, "198.51.100.10"));
        test.Create(Fixed(test, "10.0.0.2", 22, "203.0.113.1", 22));
        Assert.Equal(65_535, test.Create(Fixed(test, "10.0.0.3", 22, "203.0.113.1", 22)).Reply.DestinationPort);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(Fixed(test, "10.0.0.4", 22, "203.0.113.1", 22)));
    }

    [Fact]
    public void Protocols_without_ports_keep_to_their_addresses()
    {
        using var test = new TestStore();
        NewSession first = test.Request(47, "10.0.0.2", 0, "198.51.100.9", 0) with { SourcePool = null };
        SessionView session = test.Create(first);
        Assert.Equal(SessionStateName.Other, session.State);
        Assert.Equal(1, test.Store.Count().Other);
        NewSession other = first;
        other.Original = new FlowParts(3, 47, first.Original.Source, 0, first.Original.Destination, 0);
        Assert.Equal(DropReason.PoolExhausted, test.TryCreate(other));
    }

    [Fact]
    public unsafe void A_cached_decision_rewrites_both_ends()
    {
        using var test = new TestStore();
        NewSession request = To(Fixed(test, "10.0.0.2", 22, "203.0.113.9", 22101), "172.16.0.9", 5353);
        SessionRef cached = test.Store.Cache(test.Worker, request, test.Now);
        FlowLine4* line = test.Store.V4.Line(cached.Line);
        var written = new FlowKey4 { Addresses = line->Write.Addresses, Ports = line->Write.Ports, Realm = 2, Protocol = 17 };
        Assert.Equal("2 203.0.113.9:22101 > 172.16.0.9:5353", Shown(Flow4.PartsOf(in written)));
        Assert.Equal(FlowConduct.Cache, line->State.Conduct);
    }

    [Fact]
    public unsafe void A_confirmation_brings_the_conduct_of_the_new_rules()
    {
        using var test = new TestStore();
        SessionView session = test.Create(test.Udp("10.0.0.2", 5000));
        Assert.Equal(FlowConduct.None, test.State(session, reply: true)->Conduct);
        Pool changed = test.PoolOf(new SessionProfile { InboundRefresh = InboundRefresh.Off }, "203.0.113.1");
        var confirmation = new Confirmation(2, test.Timers, 7, changed, ReplyConduct: FlowConduct.Denied);
        Assert.True(test.Store.Confirm(test.Worker, IpFamily.V4, session.Ref.Line, confirmation));
        Assert.Equal(FlowConduct.Denied | FlowConduct.NoRefresh, test.State(session, reply: true)->Conduct);
        Assert.True(test.Store.Confirm(test.Worker, IpFamily.V4, session.Ref.Line, new Confirmation(3, test.Timers, 7, test.Pool)));
        Assert.Equal(FlowConduct.None, test.State(session, reply: true)->Conduct);
    }

    [Theory]
    [InlineData(FlowConduct.KeepErrorSource, true)]
    [InlineData(FlowConduct.None, false)]
    public unsafe void An_end_that_hides_its_hosts_prolongs_by_its_answers_whatever_the_other_ends_profile_says(FlowConduct ofAnswers, bool isUnrefreshed)
    {
        using var test = new TestStore(new SessionProfile { InboundRefresh = InboundRefresh.Off });
        SessionView session = test.Create(To(test.Udp("10.0.0.2", 5000), "172.16.0.9", 5353) with { ReplyConduct = ofAnswers });
        Assert.Equal(isUnrefreshed, (test.State(session, reply: true)->Conduct & FlowConduct.NoRefresh) != 0);
        Assert.True(test.Store.Confirm(test.Worker, IpFamily.V4, session.Ref.Line, new Confirmation(2, test.Timers, 7, test.Pool, ReplyConduct: ofAnswers)));
        Assert.Equal(isUnrefreshed, (test.State(session, reply: true)->Conduct & FlowConduct.NoRefresh) != 0);
    }
}
