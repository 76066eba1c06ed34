using System.Buffers.Binary;
using Sluice.Links.Tests.Live;
using Xunit;

namespace Sluice.Dataplane.Tests.Egress;

/// <summary>Judges the pieces of a super-frame against the whole, byte by byte.</summary>
internal static class Pieces
{
    public static void AreRight(byte[] whole, int header, int segment, IReadOnlyList<byte[]> pieces)
    {
        bool ipv6 = whole[0] >> 4 == 6;
        int l4 = ipv6 ? 40 : 20;
        bool tcp = whole[ipv6 ? 6 : 9] == Bytes.Tcp;
        int done = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            byte[] piece = pieces[i];
            bool last = i == pieces.Count - 1;
            int payload = Math.Min(segment, whole.Length - header - done);
            Assert.Equal(header + payload, piece.Length);
            Assert.True(Bytes.ChecksumsAreRight(piece), $"piece {i} has a wrong checksum");
            Assert.Equal(whole.AsSpan(header + done, payload), piece.AsSpan(header));
            Assert.Equal(whole.AsSpan(l4, 4), piece.AsSpan(l4, 4));
            Assert.Equal(piece.Length - (ipv6 ? 40 : 0), BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(ipv6 ? 4 : 2)));
            Assert.Equal(whole.AsSpan(ipv6 ? 8 : 12, ipv6 ? 32 : 8), piece.AsSpan(ipv6 ? 8 : 12, ipv6 ? 32 : 8));
            if (tcp)
            {
                uint sequence = BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(l4 + 4)) + (uint)done;
                Assert.Equal(sequence, BinaryPrimitives.ReadUInt32BigEndian(piece.AsSpan(l4 + 4)));
                // FIN and PSH belong to the last byte.
                Assert.Equal(last ? whole[l4 + 13] : whole[l4 + 13] & ~0x09, piece[l4 + 13]);
            }
            else Assert.Equal(8 + payload, BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(l4 + 4)));
            done += payload;
        }

        Assert.Equal(whole.Length - header, done);
    }
}
