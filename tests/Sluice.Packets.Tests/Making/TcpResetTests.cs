using Sluice.Packets.Addresses;
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

    [Theory]
    [InlineData("10.0.0.5", "198.51.100.7", 20)]
    [InlineData("2001:db8::5", "2001:db8:1::7", 40)]
    public void A_connection_is_ended_in_the_name_of_either_end(string source, string destination, int header)
    {
        TcpEnd from = new(IpAddress.Parse(source), 5000), to = new(IpAddress.Parse(destination), 80);
        byte[] known = End(from, to, 7777, 0), first = End(from, to, null, 1001);
        Assert.Contains("tcp R len 0 ttl 64", MadePacket.Text(known), StringComparison.Ordinal);
        Assert.Equal((7777u, 0u), Numbers(known, header));
        Assert.Contains("tcp RA len 0 ttl 64", MadePacket.Text(first), StringComparison.Ordinal);
        Assert.Equal((0u, 1001u), Numbers(first, header));

        // A right checksum makes the sum over everything it covers all ones (RFC 1071).
        Assert.Equal(ushort.MaxValue, Sum(known, header));
        Assert.Equal(ushort.MaxValue, Sum(first, header));
    }

    private static byte[] End(in TcpEnd from, in TcpEnd to, uint? sequence, uint acknowledgment)
    {
        byte[] packet = new byte[TcpReset.MaximumBytes];
        fixed (byte* at = packet) return packet[..TcpReset.Write(at, from, to, sequence, acknowledgment)];
    }

    private static int Sum(byte[] packet, int header)
    {
        // Addresses, protocol and length, then the segment.
        uint sum = TcpHeader.Bytes + IpProtocol.Tcp;
        for (int i = header == 20 ? 12 : 8; i < packet.Length; i += 2) sum += (uint)(packet[i] << 8 | packet[i + 1]);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (int)sum;
    }
}
