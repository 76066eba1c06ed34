using Sluice.Packets.Addresses;

namespace Sluice.Config.Validation;

/// <summary>A piece of somebody's prefixes. Pieces of some pairs of classes may overlap, so they are never compared.</summary>
internal readonly record struct SweepPiece(PortedPrefix Piece, int Owner, int Class);

/// <summary>Finds the pairs of pieces that share an address and port, in one pass over the sorted pieces.</summary>
/// <remarks>
/// Prefixes nest or are apart: those that can meet the next one are those on a stack of enclosing prefixes. Each level keeps
/// its pieces by class, sorted by port, so that thousands of forwards of one address, and thousands of masquerades to
/// one address, cost no pairwise comparison.
/// </remarks>
internal static class OverlapSweep
{
    /// <summary>Runs until the end, or until <paramref name="found"/> returns false.</summary>
    /// <param name="pieces">The pieces; sorted here.</param>
    /// <param name="mayMeet">Whether two classes may overlap.</param>
    /// <param name="found">Gets the enclosing or earlier piece first.</param>
    public static void Run(List<SweepPiece> pieces, Func<int, int, bool> mayMeet, Func<SweepPiece, SweepPiece, bool> found)
    {
        pieces.Sort(static (a, b) =>
        {
            int byPiece = a.Piece.CompareTo(b.Piece);
            return byPiece != 0 ? byPiece : a.Owner.CompareTo(b.Owner);
        });
        List<Level> stack = [];
        foreach (SweepPiece piece in pieces)
        {
            while (stack.Count > 0 && !stack[^1].Prefix.Contains(piece.Piece.Prefix)) stack.RemoveAt(stack.Count - 1);
            if (stack.Count == 0 || stack[^1].Prefix != piece.Piece.Prefix) stack.Add(new Level(piece.Piece.Prefix));
            foreach (Level level in stack)
                if (!level.Meet(piece, mayMeet, found)) return;
            stack[^1].Add(piece);
        }
    }

    private sealed class Level(IpPrefix prefix)
    {
        private readonly List<Bucket> buckets = new(1);

        public IpPrefix Prefix { get; } = prefix;

        public bool Meet(in SweepPiece piece, Func<int, int, bool> mayMeet, Func<SweepPiece, SweepPiece, bool> found)
        {
            foreach (Bucket bucket in buckets)
                if (!mayMeet(bucket.Class, piece.Class) && !bucket.Meet(piece, found)) return false;
            return true;
        }

        public void Add(in SweepPiece piece)
        {
            foreach (Bucket bucket in buckets)
            {
                if (bucket.Class != piece.Class) continue;
                bucket.Add(piece);
                return;
            }

            Bucket added = new(piece.Class);
            added.Add(piece);
            buckets.Add(added);
        }
    }

    // Pieces of one prefix and class, in the order of their first ports.
    private sealed class Bucket(int pieceClass)
    {
        private readonly List<(SweepPiece Piece, int MaxLast)> sorted = new(1);

        public int Class { get; } = pieceClass;

        public void Add(in SweepPiece piece) =>
            sorted.Add((piece, Math.Max(piece.Piece.Ports.Last, sorted.Count > 0 ? sorted[^1].MaxLast : 0)));

        // Backwards from the last piece that begins at or before the end of the ports, until nothing before reaches them.
        public bool Meet(in SweepPiece piece, Func<SweepPiece, SweepPiece, bool> found)
        {
            PortRange ports = piece.Piece.Ports;
            for (int i = CountBeginningUpTo(ports.Last) - 1; i >= 0 && sorted[i].MaxLast >= ports.First; i--)
            {
                SweepPiece other = sorted[i].Piece;
                if (other.Piece.Ports.Last >= ports.First && other.Owner != piece.Owner && !found(other, piece)) return false;
            }

            return true;
        }

        private int CountBeginningUpTo(ushort port)
        {
            int low = 0, high = sorted.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (sorted[middle].Piece.Piece.Ports.First <= port) low = middle + 1;
                else high = middle;
            }

            return low;
        }
    }
}
