using Sluice.Packets.Building;
using Sluice.Packets.Offload;
using Xunit;

namespace Sluice.Packets.Tests.Offload;

/// <summary>Cuts a super-frame and hands back the pieces' bytes.</summary>
internal static unsafe class SuperFrame
{
    public static List<byte[]> Cut(byte[] bytes, byte gsoType, int gsoSize, LinkFrame link, bool complete = true)
    {
        using var source = new GuardedBuffer(bytes);
        var super = new Packet { Data = source.Data, Length = bytes.Length, GsoType = gsoType, GsoSize = (ushort)gsoSize, Handle = 7, Realm = 3 };
        if (complete) super.Flags = PacketFlags.PartialChecksum;
        PacketParser.Parse(&super, in link);
        Assert.Equal(DropReason.None, super.Reason);
        Segmenter segmenter = default;
        Assert.True(segmenter.Start(&super));
        using var room = new GuardedBuffer(segmenter.PieceBytes);
        var pieces = new List<byte[]>();
        var piece = new Packet { Data = room.Data, Handle = 99 };
        while (segmenter.TryNext(&piece))
        {
            Assert.Equal((0, 0, 99ul, 3), (piece.GsoType, piece.GsoSize, piece.Handle, piece.Realm));
            Assert.Equal(PacketFlags.None, piece.Flags & PacketFlags.PartialChecksum);
            Assert.InRange(piece.Length, 1, segmenter.PieceBytes);
            AssertLikeParsed(piece, link);
            pieces.Add(new ReadOnlySpan<byte>(piece.Data, piece.Length).ToArray());
        }

        Assert.False(segmenter.TryNext(&piece));
        Assert.Equal(segmenter.Pieces, pieces.Count);
        return pieces;
    }

    /// <summary>What the segmenter says of a piece is what the parser would find, and its checksum holds.</summary>
    private static void AssertLikeParsed(Packet piece, LinkFrame link)
    {
        var parsed = new Packet { Data = piece.Data, Length = piece.Length };
        PacketParser.Parse(&parsed, in link);
        Assert.True(parsed.Reason == DropReason.None, PacketText.Describe(&parsed));
        Assert.Equal((parsed.Kind, parsed.L3, parsed.L4, parsed.L3Length), (piece.Kind, piece.L3, piece.L4, piece.L3Length));
        Assert.Equal((parsed.Protocol, parsed.TcpFlags, parsed.Ttl), (piece.Protocol, piece.TcpFlags, piece.Ttl));
        Assert.True(TransportChecksum.Holds(&parsed));
    }
}
