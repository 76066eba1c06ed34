using Sluice.Config.Validation;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Config.Tests.Validation;

public class OverlapSweepTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void It_finds_the_pairs_that_comparing_all_finds(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            List<SweepPiece> pieces = [.. Enumerable.Range(0, 30).Select(i =>
            {
                int length = random.Next(24, 33), port = random.Next(20), last = port + random.Next(10);
                IpPrefix prefix = new(IpAddress.V4(0x0A000000 + (uint)random.Next(256)), length);
                return new SweepPiece(new PortedPrefix(prefix, random.Next(3) == 0 ? PortRange.All : new PortRange((ushort)port, (ushort)last)), i, random.Next(3));
            })];
            HashSet<(int, int)> expected = [];
            foreach (SweepPiece a in pieces)
                foreach (SweepPiece b in pieces)
                    if (a.Owner < b.Owner && !(a.Class == 1 && b.Class == 1) && a.Piece.Overlaps(b.Piece)) expected.Add((a.Owner, b.Owner));
            HashSet<(int, int)> found = [];
            OverlapSweep.Run(pieces, (a, b) => a == 1 && b == 1, (a, b) =>
            {
                Assert.True(found.Add((Math.Min(a.Owner, b.Owner), Math.Max(a.Owner, b.Owner))), $"seed {seed} round {round}: a pair twice");
                return true;
            });
            Assert.True(expected.SetEquals(found), $"seed {seed} round {round}");
        }
    }
}
