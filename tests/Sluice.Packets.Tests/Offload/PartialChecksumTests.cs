using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Offload;
using Xunit;

namespace Sluice.Packets.Tests.Offload;

public sealed unsafe class PartialChecksumTests
{
    private static PacketBuilder[] Builders =>
    [
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80).Payload(101),
        PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Udp(5000, 53).Payload(33).Padding(9),
        PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Tcp(5000, 80).Payload(1400),
        PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Extension(IpProtocol.HopByHop).Udp(5000, 53).Payload(7),
        PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7").Echo(5).Payload(56).Ethernet(Parsed.Us, Parsed.Peer),
    ];

    [Fact]
    public void A_completed_checksum_is_the_one_that_the_sender_would_have_made()
    {
        foreach (PacketBuilder builder in Builders)
        {
            byte[] expected = builder.Build();
            byte[] bytes = builder.WithPartialChecksum().Build();
            LinkFrame link = bytes[0] == 2 ? Parsed.Link : LinkFrame.Raw;
            fixed (byte* data = bytes)
            {
                var packet = new Packet { Data = data, Length = bytes.Length, Flags = PacketFlags.PartialChecksum };
                PacketParser.Parse(&packet, in link);
                packet.ChecksumStart = packet.L4;
                packet.ChecksumOffset = (ushort)TransportChecksum.FieldOffset(packet.Protocol);
                Assert.True(PartialChecksum.TryComplete(&packet));
                Assert.Equal(PacketFlags.None, packet.Flags & PacketFlags.PartialChecksum);
                Assert.Equal(expected, bytes);

                PartialChecksum.Leave(&packet);
                Assert.Equal(builder.Build(), bytes);
                Assert.Equal(PacketFlags.PartialChecksum, packet.Flags & PacketFlags.PartialChecksum);
            }
        }
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(14, 10)]
    [InlineData(33, 17)]
    [InlineData(34, 39)]
    [InlineData(60, 0)]
    [InlineData(65_535, 65_535)]
    public void Offsets_outside_of_the_packet_are_refused(int start, int offset)
    {
        byte[] frame = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80).Ethernet(Parsed.Us, Parsed.Peer).WithPartialChecksum().Build();
        byte[] before = [.. frame];
        fixed (byte* data = frame)
        {
            var packet = new Packet { Data = data, Length = frame.Length, Flags = PacketFlags.PartialChecksum, ChecksumStart = (ushort)start, ChecksumOffset = (ushort)offset };
            PacketParser.Parse(&packet, in Parsed.Link);
            Assert.False(PartialChecksum.TryComplete(&packet));
            Assert.Equal(before, frame);
        }
    }

    /// <summary>Translating a partial checksum and completing it afterwards is as good as completing first.</summary>
    [Fact]
    public void A_partial_checksum_survives_a_change_of_addresses_and_ports()
    {
        byte[] bytes = PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80).Payload(77).WithPartialChecksum().Build();
        byte[] expected = PacketBuilder.Ip("203.0.113.9", "198.51.100.7").Tcp(1024, 80).Payload(77).Build();
        fixed (byte* data = bytes)
        {
            var packet = new Packet { Data = data, Length = bytes.Length, Flags = PacketFlags.PartialChecksum, ChecksumStart = 20, ChecksumOffset = 16 };
            PacketParser.Parse(&packet, LinkFrame.Raw);
            uint old = packet.Ipv4->Source;
            uint source = IpAddress.Parse("203.0.113.9").ToNetworkWord();
            ulong delta = Checksum.Delta(old, source);
            packet.Ipv4->Source = source;
            packet.Ipv4->Checksum = Checksum.Apply(packet.Ipv4->Checksum, delta);
            packet.Tcp->SourcePort = Be16.From(1024);
            packet.Tcp->Checksum = Checksum.ApplyPartial(packet.Tcp->Checksum, delta);
            Assert.True(PartialChecksum.TryComplete(&packet));
            Assert.Equal(expected, bytes);
        }
    }
}
