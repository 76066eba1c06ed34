using Sluice.Packets.Building;
using Sluice.Packets.Making;
using Xunit;

namespace Sluice.Packets.Tests.Making;

public sealed unsafe class EchoReplyTests
{
    private static int Reply(byte* at, int capacity, Packet* request) => EchoReply.IsRequest(request) ? EchoReply.Write(at, capacity, request) : 0;

    [Fact]
    public void A_request_is_answered_with_its_own_words()
    {
        byte[] request4 = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Echo(7, 3).Ttl(9).Options(1, 1, 1, 1).Payload(57).Build();
        byte[] request6 = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Echo(7, 3).Ttl(9).Extension(IpProtocol.HopByHop).Payload(57).Build();
        byte[] reply4 = MadePacket.About(request4, Reply);
        byte[] reply6 = MadePacket.About(request6, Reply);
        Assert.Equal("198.51.100.7 > 10.0.0.5 icmp echo reply id 7 seq 3 len 57 ttl 64", MadePacket.Text(reply4));
        Assert.Equal("2001:db8:1::7 > 2001:db8::5 icmp6 echo reply id 7 seq 3 len 57 ttl 64", MadePacket.Text(reply6));
        Assert.Equal(request4[^57..], reply4[^57..]);
        Assert.Equal(request6[^57..], reply6[^57..]);
    }

    [Fact]
    public void A_damaged_request_gets_a_damaged_reply()
    {
        byte[] reply = MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Echo(7).WithBadChecksum().Build(), Reply);
        Assert.EndsWith("bad checksum", MadePacket.Text(reply), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checksum_left_to_hardware_is_made()
    {
        byte[] request = PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Echo(7).Payload(9).WithPartialChecksum().Build();
        byte[] reply = MadePacket.About(request, Reply, offload: new Packet { Flags = PacketFlags.PartialChecksum });
        Assert.Equal("2001:db8:1::7 > 2001:db8::5 icmp6 echo reply id 7 seq 1 len 9 ttl 64", MadePacket.Text(reply));
    }

    [Fact]
    public void Nothing_else_is_answered()
    {
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Echo(7, reply: true).Build(), Reply));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Icmp(13).Build(), Reply));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(8, 8).Build(), Reply));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "224.0.0.1").Echo(7).Build(), Reply));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("2001:db8::5", "ff02::1").Echo(7).Build(), Reply));
    }

    [Fact]
    public void What_does_not_fit_is_not_answered() =>
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Echo(7).Payload(100).Build(), Reply, capacity: 127));
}
