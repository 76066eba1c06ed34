using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Building;

public sealed class PacketTextTests
{
    private static PacketBuilder Ip4 => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");

    private static PacketBuilder Ip6 => PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    private static string Text(PacketBuilder builder) => PacketText.Describe(builder.Build(), hasEthernet: false);

    [Fact]
    public void A_segment_reads_as_a_line()
    {
        Assert.Equal("10.0.0.5:5000 > 198.51.100.7:80 tcp S len 0 ttl 63", Text(Ip4.Tcp(5000, 80, TcpFlag.Syn).Ttl(63)));
        Assert.Equal("[2001:db8::5]:5000 > [2001:db8:1::7]:80 tcp SA len 0 ttl 64", Text(Ip6.Tcp(5000, 80, TcpFlag.Syn | TcpFlag.Ack)));
        Assert.Equal("10.0.0.5:5000 > 198.51.100.7:80 tcp FPA len 12 ttl 64", Text(Ip4.Tcp(5000, 80, 0x19).Mss(1400).Payload(12)));
    }

    [Fact]
    public void Datagrams_and_other_protocols_read_as_lines()
    {
        Assert.Equal("10.0.0.5:5000 > 198.51.100.7:53 udp len 5 ttl 64", Text(Ip4.Udp(5000, 53).Payload("hello")));
        Assert.Equal("10.0.0.5 > 198.51.100.7 protocol 47 len 12 ttl 64", Text(Ip4.Protocol(47).Payload(12)));
    }

    [Fact]
    public void Packets_of_SCTP_read_as_lines()
    {
        Assert.Equal("10.0.0.5:5000 > 198.51.100.7:80 sctp init tag 0 itag 77 len 0 ttl 64", Text(Ip4.Sctp(5000, 80, SctpChunk.Init, initiateTag: 77)));
        Assert.Equal("[2001:db8::5]:5000 > [2001:db8:1::7]:80 sctp data tag 9 len 5 ttl 64", Text(Ip6.Sctp(5000, 80, SctpChunk.Data, tag: 9).Payload("hello")));
        Assert.Equal("10.0.0.5:5000 > 198.51.100.7:80 sctp 130 tag 9 len 0 ttl 64 bad checksum", Text(Ip4.Sctp(5000, 80, 130, tag: 9).WithBadChecksum()));
        Assert.Equal("10.0.0.5:1 > 198.51.100.7:2 sctp without chunk tag 3 ttl 64 bad checksum", Text(Ip4.Protocol(132).Payload(0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0)));
    }

    [Fact]
    public void Messages_of_ICMP_read_as_lines()
    {
        Assert.Equal("10.0.0.5 > 198.51.100.7 icmp echo request id 7 seq 1 len 56 ttl 64", Text(Ip4.Echo(7).Payload(56)));
        Assert.Equal("2001:db8::5 > 2001:db8:1::7 icmp6 echo reply id 7 seq 2 len 0 ttl 64", Text(Ip6.Echo(7, 2, reply: true)));
        byte[] sent = PacketBuilder.Ip("198.51.100.7", "10.0.0.5").Tcp(80, 5000).Build();
        Assert.Equal("10.0.0.5 > 198.51.100.7 icmp unreachable 1 [198.51.100.7:80 > 10.0.0.5:5000 tcp] ttl 64", Text(Ip4.Error(3, 1, sent)));
        Assert.Equal("10.0.0.5 > 198.51.100.7 icmp too big mtu 1400 [198.51.100.7:80 > 10.0.0.5:5000 tcp] ttl 64", Text(Ip4.Error(3, 4, sent, 1400)));
        byte[] ping = Ip6.Echo(9).Build();
        Assert.Equal("2001:db8::5 > 2001:db8:1::7 icmp6 time exceeded 0 [2001:db8::5 > 2001:db8:1::7 icmp6 id 9] ttl 64", Text(Ip6.Error(3, 0, ping)));
    }

    [Fact]
    public void Neighbours_and_tags_read_as_lines()
    {
        MacAddress mac = MacAddress.Parse(Parsed.Peer);
        byte[] arp = PacketBuilder.Arp(1, mac, IpAddress.Parse("10.0.0.5"), default, IpAddress.Parse("10.0.0.1")).Ethernet("ff:ff:ff:ff:ff:ff", Parsed.Peer).Build();
        Assert.Equal("arp who has 10.0.0.1 tell 10.0.0.5", PacketText.Describe(arp, hasEthernet: true));
        Assert.Equal("2001:db8::5 > 2001:db8:1::7 icmp6 neighbor solicitation 2001:db8::9 ttl 255", Text(Ip6.NeighborSolicitation(IpAddress.Parse("2001:db8::9"), mac)));
        byte[] tagged = Ip4.Udp(1, 2).Ethernet(Parsed.Us, Parsed.Peer).Vlan(5).Build();
        Assert.Equal("vlan 5 10.0.0.5:1 > 198.51.100.7:2 udp len 0 ttl 64", PacketText.Describe(tagged, hasEthernet: true));
    }

    [Fact]
    public void Fragments_read_as_lines()
    {
        byte[][] fragments = Fragments.Of(Ip4.Udp(1, 2).Payload(100).Build(), 64, identification: 9);
        Assert.Equal("10.0.0.5 > 198.51.100.7 fragment of protocol 17 id 9 offset 0 len 64 more ttl 64", PacketText.Describe(fragments[0], hasEthernet: false));
        Assert.Equal("10.0.0.5 > 198.51.100.7 fragment of protocol 17 id 9 offset 64 len 44 ttl 64", PacketText.Describe(fragments[1], hasEthernet: false));
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        Assert.Equal("10.0.0.5:1 > 198.51.100.7:2 udp len 0 ttl 64 bad checksum", Text(Ip4.Udp(1, 2).WithBadChecksum()));
        Assert.Equal("bad BadChecksum (28 bytes)", Text(Ip4.Udp(1, 2).WithBadHeaderChecksum()));
        Assert.Equal("bad Truncated (30 bytes)", Text(Ip4.Tcp(1, 2).CutTo(30)));
    }
}
