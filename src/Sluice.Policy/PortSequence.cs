using System.Diagnostics;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Two lists of (address, port) pairs of one length, the ports varying fastest: a pair of one list becomes the pair of the other at the same position.</summary>
/// <remarks>For one-to-one NAT whose two sides have ports in ranges of different sizes, which no constant shift can say.</remarks>
internal sealed class PortSequence
{
    private readonly Piece[] privates;
    private readonly Piece[] publics;

    internal PortSequence(PrefixSet inside, PrefixSet outside)
    {
        privates = Lay(inside);
        publics = Lay(outside);
    }

    private readonly record struct Piece(UInt128 First, UInt128 Start, uint Ports, ushort FirstPort);

    /// <summary>The public pair of a private one that lies in a piece; false where no packet can be sent so, since the port would be 0.</summary>
    internal bool TryOutward(int piece, in IpAddress address, ushort port, out IpAddress translated, out ushort translatedPort) =>
        TryMap(privates[piece], publics, address, port, out translated, out translatedPort);

    /// <summary>The private pair of a public one that lies in a piece.</summary>
    internal bool TryInward(int piece, in IpAddress address, ushort port, out IpAddress translated, out ushort translatedPort) =>
        TryMap(publics[piece], privates, address, port, out translated, out translatedPort);

    private static bool TryMap(in Piece from, Piece[] into, in IpAddress address, ushort port, out IpAddress translated, out ushort translatedPort)
    {
        Debug.Assert(port >= from.FirstPort && port - from.FirstPort < from.Ports, "The port lies in the piece that was found by it.");
        UInt128 position = from.Start + (address.Value - from.First) * from.Ports + (uint)(port - from.FirstPort);
        int low = 0, high = into.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (into[middle].Start <= position) low = middle;
            else high = middle - 1;
        }

        ref readonly Piece to = ref into[low];
        (UInt128 addresses, UInt128 ports) = UInt128.DivRem(position - to.Start, to.Ports);
        translated = new IpAddress(address.Family, to.First + addresses);
        translatedPort = (ushort)(to.FirstPort + (uint)ports);
        return translatedPort != 0;
    }

    private static Piece[] Lay(PrefixSet set)
    {
        var pieces = new Piece[set.Items.Length];
        UInt128 start = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            PortedPrefix item = set.Items[i];
            var range = new IpRange(item.Prefix);
            pieces[i] = new Piece(range.First.Value, start, (uint)item.Ports.Count, item.Ports.First);
            start += (range.Span + 1) * (uint)item.Ports.Count;
        }

        return pieces;
    }
}
