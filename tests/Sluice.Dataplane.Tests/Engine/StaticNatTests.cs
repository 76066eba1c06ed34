using Sluice.Packets;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>One-to-one NAT: every packet that the exposes allow passes with its addresses rewritten, and nothing is remembered of it.</summary>
public sealed unsafe class StaticNatTests : IDisposable
{
    private readonly Rig rig = new(Net.Of(
        [
            Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3 10.0.0.254"), Net.Link("vpc2", "172.16.0.1/24", "172.16.0.2 172.16.0.254"),
            Net.Link("six1", "fd00:1::1/64", "fd00:1::2"), Net.Link("six2", "fd00:2::1/64", "fd00:2::2"),
        ],
        [
            $"vpc1: {Net.Masquerading("10.0.0.0/25", "198.51.100.0/25", "static: {}")}, vpc2: {Net.Masquerading("172.16.0.0/25", "203.0.113.0/25", "static: {}")}",
            $"six1: {Net.Masquerading("fd00:1::/112", "2001:db8:1::/112", "static: {}")}, six2: {Net.Masquerading("fd00:2::/112", "2001:db8:2::/112", "static: {}")}",
        ]));

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Both_ends_are_rewritten_in_both_directions_from_the_first_packet_on_and_without_any_session()
    {
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 203.0.113.2:80 tcp A len 7
              = vpc2 198.51.100.2:5000 > 172.16.0.2:80 tcp A len 7 ttl 63
            vpc2 172.16.0.2:80 > 198.51.100.2:5000 tcp R
              = vpc1 203.0.113.2:80 > 10.0.0.2:5000 tcp R
            vpc2 172.16.0.2 > 198.51.100.2 icmp echo reply id 7
              = vpc1 203.0.113.2 > 10.0.0.2 icmp echo reply id 7
            vpc2 172.16.0.2:53 > 198.51.100.2:9 udp nochecksum
              = vpc1 203.0.113.2:53 > 10.0.0.2:9 udp
            six1 [fd00:1::2]:5000 > [2001:db8:2::2]:80 tcp FA
              = six2 [2001:db8:1::2]:5000 > [fd00:2::2]:80 tcp FA
            six2 fd00:2::2 > 2001:db8:1::2 icmp echo request id 7
              = six1 2001:db8:2::2 > fd00:1::2 icmp6 echo request id 7
            vpc1 10.0.0.2:5000 > 203.0.113.2:80 tcp A len 7
              = vpc2 198.51.100.2:5000 > 172.16.0.2:80 tcp A len 7
            """);
        Assert.Equal(0, rig.Engine.Store.Count().Total);
    }

    [Fact]
    public void Errors_about_packets_never_seen_come_to_the_sender_that_they_quote() => new Play(rig).Run("""
        vpc2 172.16.0.2 > 198.51.100.2 icmp unreachable 3 [198.51.100.2:5000 > 172.16.0.2:53 udp]
          = vpc1 203.0.113.2 > 10.0.0.2 icmp unreachable 3 [10.0.0.2:5000 > 203.0.113.2:53 udp]
        vpc1 10.0.0.2 > 203.0.113.2 icmp too big mtu 1400 [203.0.113.2:80 > 10.0.0.2:5000 tcp A]
          = vpc2 198.51.100.2 > 172.16.0.2 icmp too big mtu 1400 [172.16.0.2:80 > 198.51.100.2:5000 tcp]
        vpc2 172.16.0.2 > 198.51.100.2 icmp time exceeded [198.51.100.2 > 172.16.0.2 icmp echo request id 9]
          = vpc1 203.0.113.2 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2 > 203.0.113.2 icmp id 9]
        vpc2 172.16.0.2 > 198.51.100.2 icmp unreachable 2 [198.51.100.2 > 172.16.0.2 protocol 47]
          = vpc1 203.0.113.2 > 10.0.0.2 icmp unreachable 2 [10.0.0.2 > 203.0.113.2 protocol 47]
        six2 fd00:2::2 > 2001:db8:1::2 icmp6 too big mtu 1280 [[2001:db8:1::2]:5000 > [fd00:2::2]:80 tcp A]
          = six1 2001:db8:2::2 > fd00:1::2 icmp6 too big mtu 1280 [[fd00:1::2]:5000 > [2001:db8:2::2]:80 tcp]
        six1 fd00:1::2 > 2001:db8:2::2 icmp6 unreachable 1 [2001:db8:2::2 > fd00:1::2 icmp6 echo request id 3]
          = six2 2001:db8:1::2 > fd00:2::2 icmp6 unreachable 1 [fd00:2::2 > 2001:db8:1::2 icmp6 id 3]
        """);

    [Fact]
    public void The_router_that_reports_is_shown_by_its_public_counterpart_if_it_has_one_and_as_itself_otherwise() => new Play(rig).Run("""
        vpc2 172.16.0.9 > 198.51.100.2 icmp time exceeded [198.51.100.2:5000 > 172.16.0.2:53 udp]
          = vpc1 203.0.113.9 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:5000 > 203.0.113.2:53 udp]
        vpc2 192.0.2.77 > 198.51.100.2 icmp time exceeded [198.51.100.2:5000 > 172.16.0.2:53 udp]
          = vpc1 192.0.2.77 > 10.0.0.2 icmp time exceeded 0 [10.0.0.2:5000 > 203.0.113.2:53 udp]
        """);

    [Fact]
    public void An_error_that_is_not_for_the_sender_of_what_it_quotes_does_not_pass() => new Play(rig).Run("""
        vpc2 172.16.0.2 > 198.51.100.3 icmp unreachable 3 [198.51.100.2:5000 > 172.16.0.2:53 udp]
          drop IcmpUnmatched
        vpc2 172.16.0.2 > 198.51.100.2 icmp unreachable 3 [198.51.100.2:5000 > 10.99.0.2:53 udp]
          drop IcmpUnmatched
        """);

    [Fact]
    public void Other_protocols_are_rewritten_by_their_addresses_and_fragments_are_not() => new Play(rig).Run("""
        vpc1 10.0.0.2 > 203.0.113.2 protocol 47
          = vpc2 198.51.100.2 > 172.16.0.2 protocol 47 len 8 ttl 63
        six2 fd00:2::2 > 2001:db8:1::2 protocol 50
          = six1 2001:db8:2::2 > fd00:1::2 protocol 50 len 8 ttl 63
        vpc1 10.0.0.2 > 203.0.113.2 fragment of protocol 17 id 9 offset 64 len 5
          drop FragmentUnsupported
        vpc1 10.0.0.200 > 203.0.113.2 protocol 47
          = vpc1 10.0.0.1 > 10.0.0.200 icmp unreachable 13 [10.0.0.200 > 203.0.113.2 protocol 47]
          drop NotExposed
        """);

    [Theory]
    [InlineData(IpProtocol.UdpLite, 6)]
    [InlineData(IpProtocol.Dccp, 6)]
    public void What_has_the_addresses_in_its_checksum_keeps_it_right(byte protocol, int offset)
    {
        foreach ((string link, string source, string destination) in new[] { ("vpc1", "10.0.0.2", "203.0.113.2"), ("six1", "fd00:1::2", "2001:db8:2::2") })
        {
            PacketBuilder packet = PacketBuilder.Ip(Packets.Addresses.IpAddress.Parse(source), Packets.Addresses.IpAddress.Parse(destination)).Protocol(protocol).Payload(16);
            byte[] frame = rig.FrameOf(link, packet);
            fixed (byte* field = &frame[^(16 - offset)])
            {
                *(ushort*)field = 0;
                *(ushort*)field = (ushort)~SumOf(frame, protocol);
            }

            Assert.Equal(ushort.MaxValue, SumOf(frame, protocol));
            Assert.Single(rig.Send(link, frame));
            Assert.Equal(ushort.MaxValue, SumOf(rig.Frames[0], protocol));
        }
    }

    private static ushort SumOf(byte[] frame, byte protocol)
    {
        fixed (byte* data = frame)
        {
            byte* ip = data + 14, transport = data + frame.Length - 16;
            return Checksum.Fold(Checksum.Sum(transport, 16) + TransportChecksum.PseudoHeader(ip, protocol, 16));
        }
    }
}
