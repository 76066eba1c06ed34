using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>How public endpoints are chosen, shared and filtered (RFC 4787).</summary>
public sealed class MappingTests
{
    private const string Any = "filtering: endpointIndependent";
    private const string ByAddress = "filtering: addressDependent";
    private const string ByEndpoint = "filtering: addressAndPortDependent";

    [Fact]
    public void An_inside_endpoint_has_one_public_endpoint_towards_all_remotes()
    {
        using var rig = new Rig(Net.Masquerade("preservePort: false"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:{p} > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5000 > 192.168.50.3:99 udp
              = vpc2 203.0.113.1:{p} > 192.168.50.3:99 udp
            vpc2 192.168.50.3:99 > 203.0.113.1:{p} udp
              = vpc1 192.168.50.3:99 > 10.0.0.2:5000 udp
            """);
        Assert.Equal(2, rig.Engine.Store.Count().Total);
        Assert.Single(rig.Engine.Store.Mappings(rig.Now));
    }

    [Fact]
    public void Endpoint_dependent_mappings_share_one_port_towards_different_remotes()
    {
        using var rig = new Rig(Net.Masquerade("mapping: addressAndPortDependent, ports: \"4000-4000\", filtering: addressAndPortDependent"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:4000 > 192.168.50.2:53 udp
            vpc1 10.0.0.3:6000 > 192.168.50.3:53 udp
              = vpc2 203.0.113.1:4000 > 192.168.50.3:53 udp
            vpc2 192.168.50.2:53 > 203.0.113.1:4000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            vpc2 192.168.50.3:53 > 203.0.113.1:4000 udp
              = vpc1 192.168.50.3:53 > 10.0.0.3:6000 udp
            # The pair with this remote is taken.
            vpc1 10.0.0.3:6001 > 192.168.50.2:53 udp
              = vpc1 10.0.0.1 > 10.0.0.3 icmp unreachable 1 [10.0.0.3:6001 > 192.168.50.2:53 udp]
              drop PoolExhausted
            """);
    }

    [Theory]
    [InlineData(Any, "192.168.50.3:99", null)]
    [InlineData(ByAddress, "192.168.50.3:99", "FilteredInbound")]
    [InlineData(ByAddress, "192.168.50.2:99", null)]
    [InlineData(ByEndpoint, "192.168.50.2:99", "FilteredInbound")]
    [InlineData(ByEndpoint, "192.168.50.2:53", null)]
    public void A_mapping_hears_whom_its_filtering_admits(string filtering, string remote, string? dropped)
    {
        using var rig = new Rig(Net.Masquerade(filtering));
        new Play(rig).Run($"""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc2 {remote} > 203.0.113.1:5000 udp
              {(dropped is null ? $"= vpc1 {remote} > 10.0.0.2:5000 udp" : $"drop {dropped}")}
            """);
    }

    [Fact]
    public void Who_came_in_through_a_mapping_is_answered_from_it()
    {
        using var rig = new Rig(Net.Masquerade(Any));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc2 192.168.50.3:7 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.3:7 > 10.0.0.2:5000 udp
            vpc1 10.0.0.2:5000 > 192.168.50.3:7 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.3:7 udp
            """);
    }

    // The sender of a hairpin is the mapping's remote by its own public endpoint (RFC 4787 section 6).
    [Theory]
    [InlineData(Any, false, null)]
    [InlineData(ByAddress, false, "FilteredInbound")]
    [InlineData(ByAddress, true, null)]
    [InlineData(ByEndpoint, false, "FilteredInbound")]
    [InlineData(ByEndpoint, true, null)]
    public void A_hairpin_goes_through_both_mappings_and_the_filtering(string filtering, bool knowsSender, string? dropped)
    {
        using var rig = new Rig(Net.Masquerade(filtering));
        var play = new Play(rig);
        play.Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc1 10.0.0.3:6000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:6000 > 192.168.50.2:53 udp
            """);
        if (knowsSender && filtering == Any) return;
        if (knowsSender)
        {
            // Each side sends first: the second of them is admitted by what the first sent.
            string[] first = rig.In("vpc1", PacketScript.Parse("10.0.0.2:5000 > 203.0.113.1:6000 udp"));
            Assert.Empty(first);
            Assert.Equal(["drop FilteredInbound"], rig.TakeVerdicts());
            return;
        }

        play.Run($"""
            vpc1 10.0.0.3:6000 > 203.0.113.1:5000 udp len 3
              {(dropped is null ? "= vpc1 203.0.113.1:6000 > 10.0.0.2:5000 udp len 3" : $"drop {dropped}")}
            """);
        if (dropped is not null) return;
        play.Run("""
            vpc1 10.0.0.2:5000 > 203.0.113.1:6000 udp len 4
              = vpc1 203.0.113.1:5000 > 10.0.0.3:6000 udp len 4 ttl 63
            """);
    }

    [Fact]
    public void A_source_port_is_kept_where_it_is_allowed_and_free()
    {
        using var rig = new Rig(Net.Masquerade("ports: \"2000-3000\""));
        var play = new Play(rig).Run("""
            vpc1 10.0.0.2:2500 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:2500 > 192.168.50.2:53 udp
            vpc1 10.0.0.3:2500 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:{taken} > 192.168.50.2:53 udp
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:{outside} > 192.168.50.2:53 udp
            vpc1 10.0.0.3:2500 > 192.168.50.2:53 tcp S
              = vpc2 203.0.113.1:2500 > 192.168.50.2:53 tcp S
            """);
        Assert.NotEqual("2500", play["taken"]);
        foreach (string name in new[] { "taken", "outside" }) Assert.InRange(int.Parse(play[name], System.Globalization.CultureInfo.InvariantCulture), 2000, 3000);
    }

    [Fact]
    public void A_freed_port_rests_but_not_from_the_endpoint_that_had_it()
    {
        using var rig = new Rig(Net.Masquerade("ports: \"2500-2500\", holdTime: 2m, timers: { udp: 10s }"));
        new Play(rig).Run("""
            vpc1 10.0.0.2:2500 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:2500 > 192.168.50.2:53 udp
            wait 10001ms
            vpc1 10.0.0.3:2500 > 192.168.50.2:53 udp
              = vpc1 10.0.0.1 > 10.0.0.3 icmp unreachable 1 [10.0.0.3:2500 > 192.168.50.2:53 udp]
              drop PoolExhausted
            vpc1 10.0.0.2:2500 > 192.168.50.3:53 udp
              = vpc2 203.0.113.1:2500 > 192.168.50.3:53 udp
            wait 10001ms
            wait 119999ms
            vpc1 10.0.0.3:2500 > 192.168.50.2:53 udp
              = vpc1 10.0.0.1 > 10.0.0.3 icmp unreachable 1 [10.0.0.3:2500 > 192.168.50.2:53 udp]
              drop PoolExhausted
            wait 1ms
            vpc1 10.0.0.3:2500 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:2500 > 192.168.50.2:53 udp
            """);
    }

    [Fact]
    public void Inbound_packets_prolong_a_session_unless_its_profile_says_otherwise()
    {
        const string Exchange = """
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            wait 200s
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            wait 200s
            """;
        using var on = new Rig(Net.Masquerade());
        new Play(on).Run(Exchange + """

            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            """);
        using var off = new Rig(Net.Masquerade("inboundRefresh: off"));
        new Play(off).Run(Exchange + """

            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              drop NoMapping
            """);
    }

    [Fact]
    public void Both_directions_of_a_session_have_its_number()
    {
        using var rig = new Rig(Net.Masquerade());
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp
            vpc1 10.0.0.3:5001 > 192.168.50.2:53 udp
              = vpc2 203.0.113.1:5001 > 192.168.50.2:53 udp
            vpc2 192.168.50.2:53 > 203.0.113.1:5000 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:5000 udp
            """);
        Assert.Equal([1UL, 2UL, 1UL], rig.Sessions.Select(static number => number ?? 0));
    }
}
