using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Peerings without NAT: stateless in conduct, nothing rewritten but the hop count.</summary>
public sealed class PlainPeeringTests : IDisposable
{
    private readonly Rig rig = new(Net.Of(
        [
            Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"),
            Net.Link("six1", "2001:db8:1::1/64", "2001:db8:1::2"), Net.Link("six2", "2001:db8:2::1/64", "2001:db8:2::2"),
        ],
        [
            $"vpc1: {Net.Plain("10.0.0.0/24")}, vpc2: {Net.Plain("192.168.50.0/24", "!192.168.50.128/25")}",
            $"six1: {Net.Plain("2001:db8:1::/64")}, six2: {Net.Plain("2001:db8:2::/64")}",
        ]));

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Everything_exposed_passes_from_either_side_and_in_midstream()
    {
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp A len 7
              = vpc2 10.0.0.2:5000 > 192.168.50.2:80 tcp A len 7 ttl 63
            vpc2 192.168.50.2:80 > 10.0.0.2:5000 tcp R
              = vpc1 192.168.50.2:80 > 10.0.0.2:5000 tcp R len 0 ttl 63
            vpc2 192.168.50.2:53 > 10.0.0.2:9 udp
              = vpc1 192.168.50.2:53 > 10.0.0.2:9 udp
            vpc2 192.168.50.2 > 10.0.0.2 icmp echo reply id 7
              = vpc1 192.168.50.2 > 10.0.0.2 icmp echo reply id 7
            six1 [2001:db8:1::2]:5000 > [2001:db8:2::2]:80 tcp FA
              = six2 [2001:db8:1::2]:5000 > [2001:db8:2::2]:80 tcp FA len 0 ttl 63
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S
              = vpc2 10.0.0.2:5000 > 192.168.50.2:80 tcp S
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
        Assert.All(rig.Sessions, static session => Assert.Null(session));
    }

    [Fact]
    public void Other_protocols_fragments_and_errors_pass() => new Play(rig).Run("""
        vpc1 10.0.0.2 > 192.168.50.2 protocol 47
          = vpc2 10.0.0.2 > 192.168.50.2 protocol 47 len 8 ttl 63
        vpc1 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 0 len 64 more
          = vpc2 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 0 len 64 more ttl 63
        vpc1 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 64 len 5
          = vpc2 10.0.0.2 > 192.168.50.2 fragment of protocol 17 id 9 offset 64 len 5 ttl 63
        six1 2001:db8:1::2 > 2001:db8:2::2 fragment of protocol 17 id 9 offset 64 len 5
          = six2 2001:db8:1::2 > 2001:db8:2::2 fragment of protocol 17 id 9 offset 64 len 5 ttl 63
        vpc2 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:7 > 192.168.50.2:9 udp]
          = vpc1 192.168.50.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:7 > 192.168.50.2:9 udp]
        six1 2001:db8:1::2 > 2001:db8:2::2 icmp6 too big mtu 1280 [[2001:db8:2::2]:9 > [2001:db8:1::2]:7 udp]
          = six2 2001:db8:1::2 > 2001:db8:2::2 icmp6 too big mtu 1280 [[2001:db8:2::2]:9 > [2001:db8:1::2]:7 udp]
        """);

    [Fact]
    public void What_is_excluded_or_not_exposed_is_refused_and_its_sender_told() => new Play(rig).Run("""
        # The destination lies in an exclusion, so nothing leads there: it stays in its own realm.
        vpc1 10.0.0.2:5000 > 192.168.50.200:80 udp
          drop NotExposed
        # The source lies in an exclusion.
        vpc2 192.168.50.200:5000 > 10.0.0.2:80 udp
          = vpc2 192.168.50.1 > 192.168.50.200 icmp unreachable 13 [192.168.50.200:5000 > 10.0.0.2:80 udp]
          drop NotExposed
        vpc2 192.168.50.200 > 10.0.0.2 protocol 47
          = vpc2 192.168.50.1 > 192.168.50.200 icmp unreachable 13 [192.168.50.200 > 10.0.0.2 protocol 47]
          drop NotExposed
        vpc2 192.168.50.200 > 10.0.0.2 fragment of protocol 17 id 9 offset 64 len 5
          drop NotExposed
        """);

    [Fact]
    public void An_error_passes_only_where_what_it_quotes_would_pass_unchanged()
    {
        // vpc1 shows 192.0.2.0/24 as it is and hides 10.0.0.0/24.
        using var mixed = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.9", ", routes: [{ to: 192.0.2.0/24, via: 10.0.0.9 }]"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
            [
                "vpc1: { expose: [{ ips: [{ cidr: 192.0.2.0/24 }] }, { ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }] }, " +
                $"vpc2: {Net.Plain("192.168.50.0/24")}",
            ]));
        new Play(mixed).Run("""
            vpc1 192.0.2.7 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:53 > 192.0.2.8:5000 udp]
              = vpc2 192.0.2.7 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:53 > 192.0.2.8:5000 udp]
            vpc1 192.0.2.7 > 192.168.50.2 icmp time exceeded 0 [192.168.50.2:53 > 10.0.0.2:5000 udp]
              drop IcmpUnmatched
            """);
    }

    [Fact]
    public void Hops_run_out_and_packets_may_be_too_big_without_sessions_too() => new Play(rig).Run("""
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 udp ttl 1
          = vpc1 10.0.0.1 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:5000 > 192.168.50.2:80 udp]
          drop TtlExpired
        vpc1 10.0.0.2 > 192.168.50.2 protocol 47 ttl 1
          = vpc1 10.0.0.1 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2 > 192.168.50.2 protocol 47]
          drop TtlExpired
        vpc1 10.0.0.2:5000 > 192.168.50.2:80 udp len 1500 df
          = vpc1 10.0.0.1 > 10.0.0.2 icmp too big mtu 1500 [10.0.0.2:5000 > 192.168.50.2:80 udp]
          drop TooBig
        """);

    [Fact]
    public void A_full_cache_of_decisions_refuses_nothing()
    {
        for (int port = 1; port <= 70_000; port += 100)
        {
            for (int i = 0; i < 100; i++) rig.Put("vpc1", rig.FrameOf("vpc1", PacketScript.Parse($"10.0.0.{2 + ((port + i) >> 16)}:{(port + i) & 0xFFFF} > 192.168.50.2:80 udp")));
            Assert.Equal(100, rig.Work().Length);
        }

        Assert.All(rig.TakeVerdicts(), static verdict => Assert.Equal("forward", verdict));
    }
}
