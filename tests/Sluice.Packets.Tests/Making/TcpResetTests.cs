using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Xunit;

namespace Sluice.Packets.Tests.Making;

public sealed unsafe class TcpResetTests
{
    private static int Reset(byte* at, int capacity, Packet* segment) => TcpReset.MayAnswer(segment) ? TcpReset.Write(at, capacity, segment) : 0;

    private static (uint Sequence, uint Acknowledgment) Numbers(byte[] packet, int header)
    {
        fixed (byte* data = packet)
        {
            var tcp = (TcpHeader*)(data + header);
            return (tcp->Sequence.Value, tcp->Acknowledgment.Value);
        }
    }

    [Fact]
    public void A_segment_that_acknowledges_gets_its_number_back()
    {
        byte[] reset = MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80, TcpFlag.Ack, 1000, 7777).Payload(9).Build(), Reset);
        Assert.Equal("198.51.100.7:80 > 10.0.0.5:5000 tcp R len 0 ttl 64", MadePacket.Text(reset));
        Assert.Equal((7777u, 0u), Numbers(reset, 20));
    }

    [Theory]
    [InlineData(TcpFlag.Syn, 0, 1001u)]
    [InlineData(TcpFlag.Syn | TcpFlag.Fin, 5, 1007u)]
    [InlineData(0, 5, 1005u)]
    public void Any_other_segment_is_acknowledged_whole(byte flags, int payload, uint acknowledgment)
    {
        byte[] reset = MadePacket.About(PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Tcp(5000, 80, flags).Mss(1400).Payload(payload).Build(), Reset);
        Assert.Equal("[2001:db8:1::7]:80 > [2001:db8::5]:5000 tcp RA len 0 ttl 64", MadePacket.Text(reset));
        Assert.Equal((0u, acknowledgment), Numbers(reset, 40));
    }

    [Fact]
    public void A_reset_is_never_answered()
    {
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80, TcpFlag.Rst).Build(), Reset));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "224.0.0.7").Tcp(5000, 80).Build(), Reset));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 80).Build(), Reset));
    }
}
