using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Checksums;

public sealed unsafe class TransportChecksumTests
{
    public static TheoryData<byte[]> Intact => new(
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80).Payload(101).Build(),
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 53).Payload(33).Build(),
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Echo(7).Payload(56).Build(),
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Options(1, 1, 1, 1).Udp(1, 2).Payload(5).Build(),
        PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Tcp(5000, 80).Payload(101).Build(),
        PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Extension(IpProtocol.HopByHop).Udp(5000, 53).Payload(64).Build(),
        PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Echo(9).Payload(3).Build());

    [Theory]
    [MemberData(nameof(Intact))]
    public void An_intact_packet_holds_and_its_field_is_what_is_computed(byte[] bytes)
    {
        fixed (byte* data = bytes)
        {
            Packet packet = Parse(data, bytes.Length);
            Assert.True(TransportChecksum.Holds(&packet));
            byte* transport = data + packet.L4;
            ushort field = *(ushort*)(transport + TransportChecksum.FieldOffset(packet.Protocol));
            Assert.Equal(field, TransportChecksum.Compute(data, packet.Protocol, transport, TransportChecksum.LengthOf(&packet)));
        }
    }

    [Theory]
    [MemberData(nameof(Intact))]
    public void A_flipped_bit_anywhere_in_the_transport_is_seen(byte[] bytes)
    {
        fixed (byte* data = bytes)
        {
            Packet packet = Parse(data, bytes.Length);

            // UDP's own length field decides what is summed, so its bytes are left alone.
            for (int at = packet.L4 + 6; at < packet.Length; at++)
            {
                data[at] ^= 0x10;
                Assert.False(TransportChecksum.Holds(&packet));
                data[at] ^= 0x10;
            }
        }
    }

    [Fact]
    public void Udp_without_a_checksum_holds_over_IPv4_only()
    {
        byte[] v4 = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(1, 2).WithChecksum(0).Build();
        byte[] v6 = PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Udp(1, 2).WithChecksum(0).Build();
        fixed (byte* first = v4, second = v6)
        {
            Packet packet = Parse(first, v4.Length);
            Assert.True(TransportChecksum.Holds(&packet));
            packet = Parse(second, v6.Length);
            Assert.False(TransportChecksum.Holds(&packet));
        }
    }

    [Fact]
    public void A_computed_UDP_checksum_of_zero_is_written_as_all_ones()
    {
        byte[] bytes = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 53).Payload(0, 0).Build();
        fixed (byte* data = bytes)
        {
            Packet packet = Parse(data, bytes.Length);
            ushort before = packet.Udp->Checksum;

            // The payload word takes the whole difference to a sum of all ones, which inverts to zero.
            *(ushort*)(data + packet.L4 + UdpHeader.Bytes) = before;
            TransportChecksum.Write(data, IpProtocol.Udp, data + packet.L4, packet.TransportLength);
            Assert.Equal(0xFFFF, packet.Udp->Checksum);
            Assert.True(TransportChecksum.Holds(&packet));
        }
    }

    [Fact]
    public void An_ICMP_message_of_zeroes_gets_a_checksum_that_holds()
    {
        byte[] bytes = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Icmp(0).Build();
        fixed (byte* data = bytes)
        {
            Packet packet = Parse(data, bytes.Length);
            TransportChecksum.Write(data, IpProtocol.Icmp, data + packet.L4, packet.TransportLength);
            Assert.Equal(0xFFFF, packet.Icmp->Checksum);
            Assert.True(TransportChecksum.Holds(&packet));
        }
    }

    private static Packet Parse(byte* data, int length)
    {
        var packet = new Packet { Data = data, Length = length };
        PacketParser.Parse(&packet, LinkFrame.Raw);
        Assert.Equal(DropReason.None, packet.Reason);
        return packet;
    }
}
