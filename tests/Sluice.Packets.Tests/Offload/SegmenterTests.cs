using System.Buffers.Binary;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Offload;
using Xunit;

namespace Sluice.Packets.Tests.Offload;

public sealed unsafe class SegmenterTests
{
    private static PacketBuilder Ip(bool v4) => v4 ? PacketBuilder.Ip("10.0.0.5", "198.51.100.7") : PacketBuilder.Ip("2001:db8::5", "2001:db8:1::7");

    private static string[] Texts(List<byte[]> pieces) => [.. pieces.Select(MadePacket.Text)];

    [Fact]
    public void A_TCP_super_frame_becomes_segments()
    {
        const byte Flags = TcpFlag.Ack | TcpFlag.Psh | TcpFlag.Fin | TcpFlag.Cwr;
        byte[] frame = Ip(v4: true).Identification(0xFFFF).Tcp(5000, 80, Flags, 0xFFFF_FFF0).Payload(250).WithPartialChecksum().Build();
        List<byte[]> pieces = SuperFrame.Cut(frame, GsoKind.Tcp4 | GsoKind.Ecn, 100, LinkFrame.Raw);
        Assert.Equal(
        [
            "10.0.0.5:5000 > 198.51.100.7:80 tcp AC len 100 ttl 64",
            "10.0.0.5:5000 > 198.51.100.7:80 tcp A len 100 ttl 64",
            "10.0.0.5:5000 > 198.51.100.7:80 tcp FPA len 50 ttl 64",
        ], Texts(pieces));
        Assert.Equal([0xFFFF_FFF0u, 0x0000_0054u, 0x0000_00B8u], pieces.Select(p => BinaryPrimitives.ReadUInt32BigEndian(p.AsSpan(24))));
        Assert.Equal([0xFFFF, 0, 1], pieces.Select(p => (int)BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(4))));
    }

    [Fact]
    public void A_UDP_super_frame_becomes_datagrams()
    {
        byte[] frame = Ip(v4: false).Udp(5000, 53).Payload(250).WithPartialChecksum().Build();
        Assert.Equal(
        [
            "[2001:db8::5]:5000 > [2001:db8:1::7]:53 udp len 100 ttl 64",
            "[2001:db8::5]:5000 > [2001:db8:1::7]:53 udp len 100 ttl 64",
            "[2001:db8::5]:5000 > [2001:db8:1::7]:53 udp len 50 ttl 64",
        ], Texts(SuperFrame.Cut(frame, GsoKind.Udp, 100, LinkFrame.Raw)));
    }

    [Fact]
    public void Datagrams_without_a_checksum_stay_without_one()
    {
        byte[] frame = Ip(v4: true).Udp(5000, 53).Payload(150).WithChecksum(0).Build();
        List<byte[]> pieces = SuperFrame.Cut(frame, GsoKind.Udp, 100, LinkFrame.Raw, complete: false);
        Assert.All(pieces, piece => Assert.Equal([0, 0], piece[26..28]));
    }

    /// <summary>Whatever the family, transport, link header, options and sizes: the pieces together are the stream, and none is too long.</summary>
    [Fact]
    public void The_pieces_together_are_the_payload_and_none_is_too_long()
    {
        Random random = Seeds.New();
        for (int round = 0; round < 400; round++)
        {
            bool v4 = random.Next(2) == 0, tcp = random.Next(2) == 0, ethernet = random.Next(2) == 0;
            byte[] payload = new byte[random.Next(1, random.Next(4) == 0 ? 60_000 : 5000)];
            random.NextBytes(payload);
            PacketBuilder builder = Ip(v4).Ttl(random.Next(1, 255)).Identification(random.Next(65_536));
            if (random.Next(3) == 0 && v4) builder.Options(1, 1, 1, 1, 1);
            if (random.Next(3) == 0 && !v4) builder.Extension(IpProtocol.DestinationOptions, 16);
            if (tcp) builder.Tcp(random.Next(65_536), 80, (byte)random.Next(256), (uint)random.NextInt64()).TcpOptions(new byte[random.Next(41)]);
            else builder.Udp(random.Next(65_536), 53);
            if (ethernet) builder.Ethernet(Parsed.Us, Parsed.Peer);
            byte[] frame = builder.Payload(payload).WithPartialChecksum().Padding(random.Next(3)).Build();
            int size = random.Next(payload.Length > 10_000 ? 500 : 1, 2000);
            byte type = tcp ? v4 ? GsoKind.Tcp4 : GsoKind.Tcp6 : GsoKind.Udp;

            List<byte[]> pieces = SuperFrame.Cut(frame, type, size, ethernet ? Parsed.Link : LinkFrame.Raw);
            int header = pieces[0].Length - Math.Min(size, payload.Length);
            Assert.Equal(payload, pieces.SelectMany(piece => piece[header..]).ToArray());
            Assert.All(pieces, piece => Assert.InRange(piece.Length - header, 1, size));
            if (tcp) AssertNumbered(pieces, header, frame, ethernet, v4);
        }
    }

    private static void AssertNumbered(List<byte[]> pieces, int header, byte[] frame, bool ethernet, bool v4)
    {
        Packet super = Parsed.Of(frame, ethernet ? Parsed.Link : LinkFrame.Raw);
        uint expected = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(super.L4 + 4));
        int identification = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(super.L3 + 4));
        foreach (byte[] piece in pieces)
        {
            Assert.Equal(expected, BinaryPrimitives.ReadUInt32BigEndian(piece.AsSpan(super.L4 + 4)));
            if (v4) Assert.Equal((ushort)identification++, BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(super.L3 + 4)));
            expected += (uint)(piece.Length - header);
        }
    }

    [Fact]
    public void A_super_frame_over_65535_bytes_is_cut_too()
    {
        byte[] frame4 = Ip(v4: true).Tcp(5000, 80).Payload(100_000).WithIpLength(0).Build();
        Assert.Equal(70, SuperFrame.Cut(frame4, GsoKind.Tcp4, 1448, LinkFrame.Raw).Count);
        byte[] frame6 = Ip(v4: false).Tcp(5000, 80).Payload(100_000).WithIpLength(0).Build();
        Assert.Equal(71, SuperFrame.Cut(frame6, GsoKind.Tcp6, 1428, LinkFrame.Raw).Count);
    }

    [Fact]
    public void A_jumbo_header_is_taken_off()
    {
        byte[] frame = Ip(v4: false).Tcp(5000, 80).Payload(100_000).Extension(IpProtocol.HopByHop).WithIpLength(0).Build();
        frame[42] = 0xC2;
        frame[43] = 4;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(44), (uint)(frame.Length - 40));
        List<byte[]> pieces = SuperFrame.Cut(frame, GsoKind.Tcp6, 1428, LinkFrame.Raw);
        Assert.Equal(71, pieces.Count);
        Assert.Equal("[2001:db8::5]:5000 > [2001:db8:1::7]:80 tcp A len 1428 ttl 64", MadePacket.Text(pieces[0]));
    }

    [Theory]
    [InlineData(GsoKind.None, 100)]
    [InlineData(GsoKind.Tcp6, 100)]
    [InlineData(GsoKind.Udp, 100)]
    [InlineData(GsoKind.Tcp4, 0)]
    [InlineData(77, 100)]
    public void Offload_fields_that_contradict_the_headers_are_refused(byte type, int size)
    {
        byte[] bytes = Ip(v4: true).Tcp(1, 2).Payload(300).Build();
        fixed (byte* data = bytes)
        {
            var packet = new Packet { Data = data, Length = bytes.Length, GsoType = type, GsoSize = (ushort)size };
            PacketParser.Parse(&packet, LinkFrame.Raw);
            Segmenter segmenter = default;
            Assert.False(segmenter.Start(&packet));
        }
    }

    [Fact]
    public void What_is_no_flow_or_has_no_payload_is_refused()
    {
        byte[][] others = [Ip(v4: true).Echo(1).Payload(500).Build(), Ip(v4: true).Protocol(132).Payload(500).Build(), Ip(v4: true).Tcp(1, 2).Build()];
        foreach (byte[] bytes in others)
        {
            fixed (byte* data = bytes)
            {
                var packet = new Packet { Data = data, Length = bytes.Length, GsoType = GsoKind.Tcp4, GsoSize = 100 };
                PacketParser.Parse(&packet, LinkFrame.Raw);
                Segmenter segmenter = default;
                Assert.False(segmenter.Start(&packet));
            }
        }
    }
}
