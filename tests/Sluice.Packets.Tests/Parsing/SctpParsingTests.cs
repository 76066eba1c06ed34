using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed unsafe class SctpParsingTests
{
    private static PacketBuilder Ip(bool v6) => v6 ? PacketBuilder.Ip("2001:db8::5", "2001:db8:30::2") : PacketBuilder.Ip("10.0.0.5", "30.0.0.2");

    [Theory]
    [InlineData(SctpChunk.Init, TcpFlag.Syn)]
    [InlineData(SctpChunk.InitAck, TcpFlag.Syn | TcpFlag.Ack)]
    [InlineData(SctpChunk.CookieEcho, TcpFlag.Ack)]
    [InlineData(SctpChunk.Data, TcpFlag.Ack)]
    [InlineData(SctpChunk.ShutdownAck, TcpFlag.Fin | TcpFlag.Ack)]
    [InlineData(SctpChunk.ShutdownComplete, TcpFlag.Rst)]
    [InlineData(SctpChunk.Abort, TcpFlag.Rst)]
    [InlineData((byte)200, TcpFlag.Ack)]
    public void A_packet_of_either_family_is_a_flow_and_its_first_chunk_tells_its_life(byte chunk, byte flags)
    {
        foreach (bool v6 in (bool[])[false, true])
        {
            Packet packet = Parsed.Ip(Ip(v6).Sctp(5000, 80, chunk).Payload(3).Build());
            Assert.Equal(v6 ? PacketKind.Flow6 : PacketKind.Flow4, packet.Kind);
            Assert.Equal(IpProtocol.Sctp, packet.Protocol);
            Assert.Equal(v6 ? 40 : 20, packet.L4);
            Assert.Equal(flags, packet.TcpFlags);
        }
    }

    [Theory]
    [InlineData(0, DropReason.Truncated)]
    [InlineData(11, DropReason.Truncated)]
    [InlineData(12, DropReason.None)]
    [InlineData(13, DropReason.Truncated)]
    [InlineData(15, DropReason.Truncated)]
    [InlineData(19, DropReason.Truncated)]
    [InlineData(20, DropReason.None)]
    public void A_packet_shorter_than_its_header_or_its_first_chunk_is_truncated(int transportBytes, DropReason reason)
    {
        byte[] sctp = Ip(v6: false).Sctp(5000, 80).Payload(4).Build()[20..];
        Assert.Equal(reason, Parsed.Ip(Ip(v6: false).Protocol(IpProtocol.Sctp).Payload(sctp[..transportBytes]).Build()).Reason);
        Assert.Equal(reason, Parsed.Ip(Ip(v6: true).Protocol(IpProtocol.Sctp).Payload(sctp[..transportBytes]).Build()).Reason);
    }

    [Theory]
    [InlineData(SctpChunk.Data, 0, DropReason.Malformed)]
    [InlineData(SctpChunk.Data, 3, DropReason.Malformed)]
    [InlineData(SctpChunk.Data, 4, DropReason.None)]
    [InlineData(SctpChunk.Data, 25, DropReason.Truncated)]
    [InlineData(SctpChunk.Init, 19, DropReason.Malformed)]
    [InlineData(SctpChunk.Init, 20, DropReason.None)]
    [InlineData(SctpChunk.InitAck, 4, DropReason.Malformed)]
    public void A_first_chunk_has_the_length_that_its_type_needs_and_lies_in_the_packet(byte chunk, byte length, DropReason reason)
    {
        byte[] sctp = new byte[36];
        sctp[12] = chunk;
        sctp[15] = length;
        Assert.Equal(reason, Parsed.Ip(Ip(v6: false).Protocol(IpProtocol.Sctp).Payload(sctp).Build()).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_checksum_that_was_left_to_hardware_is_computed(bool v6)
    {
        byte[] asked = Ip(v6).Sctp(5000, 80, tag: 7).Payload(77).WithPartialChecksum().Build();
        fixed (byte* data = asked)
        {
            var packet = new Packet { Data = data, Length = asked.Length, Flags = PacketFlags.PartialChecksum, ChecksumStart = (ushort)(v6 ? 40 : 20), ChecksumOffset = 8 };
            PacketParser.Parse(&packet, LinkFrame.Raw);
            Assert.Equal(PacketFlags.None, packet.Flags & PacketFlags.PartialChecksum);
            Assert.True(TransportChecksum.Holds(&packet));
        }

        Assert.Equal(Ip(v6).Sctp(5000, 80, tag: 7).Payload(77).Build(), asked);
    }

    [Fact]
    public void A_quoted_packet_has_the_ports_that_it_carried()
    {
        foreach (bool v6 in (bool[])[false, true])
        {
            byte[] error = Ip(v6).Error((byte)(v6 ? 1 : 3), 1, Ip(v6).Sctp(5000, 80).Build()).Build();
            fixed (byte* data = error)
            {
                var packet = new Packet { Data = data, Length = error.Length };
                PacketParser.Parse(&packet, LinkFrame.Raw);
                Assert.True(PacketPorts.TryOfQuoted(&packet, out uint ports));
                Assert.Equal(0x5000_8813u, ports);
            }
        }
    }
}
