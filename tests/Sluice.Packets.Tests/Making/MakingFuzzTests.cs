using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Making;
using Sluice.Packets.Offload;
using Xunit;

namespace Sluice.Packets.Tests.Making;

/// <summary>Whatever the parser takes can be answered, completed and cut; source and output end where nothing may be touched.</summary>
public sealed unsafe class MakingFuzzTests
{
    private const int Room = 4096;

    [Fact]
    public void Whatever_the_parser_takes_is_answered_with_well_formed_packets()
    {
        Random random = Seeds.New();
        byte[][] corpus = PacketCorpus.Ip();
        using var source = new GuardedBuffer(Room);
        using var output = new GuardedBuffer(Room);
        int answered = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] bytes = PacketCorpus.Mutate(random, corpus[random.Next(corpus.Length)]);
            Packet packet = Load(source, bytes);
            if (packet.Kind == PacketKind.Bad) continue;
            int capacity = random.Next(4) == 0 ? random.Next(80) : 1280;
            byte* at = output.Data + Room - capacity;
            if (IcmpError.MayAnswer(&packet))
            {
                bool v4 = *source.DataOf(bytes) >> 4 == 4;
                var kind = (IcmpErrorKind)random.Next((int)IcmpErrorKind.ParameterProblem + 1);
                IpAddress speaker = IpAddress.Parse(v4 ? "192.0.2.1" : "2001:db8::1");
                AssertWellFormed(at, IcmpError.Write(at, capacity, &packet, speaker, kind, 1400), capacity);
                answered++;
            }

            if (TcpReset.MayAnswer(&packet)) AssertWellFormed(at, TcpReset.Write(at, capacity, &packet), capacity);
            if (EchoReply.IsRequest(&packet))
            {
                Assert.InRange(EchoReply.Write(at, capacity, &packet), 0, capacity);
            }
        }

        Assert.InRange(answered, 1000, int.MaxValue);
    }

    [Fact]
    public void Whatever_offload_a_link_claims_is_refused_or_done_within_the_buffers()
    {
        Random random = Seeds.New();
        byte[][] corpus = PacketCorpus.Ip();
        using var source = new GuardedBuffer(Room);
        using var output = new GuardedBuffer(Room);
        byte[] types = [GsoKind.None, GsoKind.Tcp4, GsoKind.Tcp6, GsoKind.Udp, GsoKind.Tcp4 | GsoKind.Ecn];
        int cut = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] bytes = PacketCorpus.Mutate(random, corpus[random.Next(corpus.Length)]);
            var offload = new Packet
            {
                GsoType = types[random.Next(types.Length)],
                GsoSize = (ushort)random.Next(40),
                Flags = (PacketFlags)random.Next(2),
                ChecksumStart = (ushort)random.Next(150),
                ChecksumOffset = (ushort)random.Next(40),
            };
            Packet packet = Load(source, bytes, offload);
            if (packet.Kind == PacketKind.Bad) continue;

            Segmenter segmenter = default;
            if (segmenter.Start(&packet))
            {
                var piece = new Packet { Data = output.Data + Room - segmenter.PieceBytes };
                int pieces = 0;
                for (; segmenter.TryNext(&piece); pieces++) AssertWellFormed(piece.Data, piece.Length, segmenter.PieceBytes);
                Assert.Equal(segmenter.Pieces, pieces);
                cut++;
            }

            bool completed = PartialChecksum.TryComplete(&packet);
            Assert.True(!completed || (packet.Flags & PacketFlags.PartialChecksum) == PacketFlags.None);
        }

        Assert.InRange(cut, 1000, int.MaxValue);
    }

    private static Packet Load(GuardedBuffer source, byte[] bytes, Packet offload = default)
    {
        bytes.CopyTo(new Span<byte>(source.DataOf(bytes), bytes.Length));
        Packet packet = offload;
        packet.Data = source.DataOf(bytes);
        packet.Length = bytes.Length;
        PacketParser.Parse(&packet, LinkFrame.Raw);
        return packet;
    }

    /// <summary>Nothing was written, or a packet that the parser takes and whose checksum holds.</summary>
    private static void AssertWellFormed(byte* at, int length, int capacity)
    {
        Assert.InRange(length, 0, capacity);
        if (length == 0) return;
        var made = new Packet { Data = at, Length = length };
        PacketParser.Parse(&made, LinkFrame.Raw);

        // An error that quotes little, or a damaged header, is truncated or wrong in what it quotes, not in itself.
        bool quotes = made.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
        Assert.True(made.Reason == DropReason.None || quotes, PacketText.Describe(&made));
        Assert.Equal(length, made.L3Length);
        Assert.True(TransportChecksum.Holds(&made), PacketText.Describe(&made));
    }
}
