using System.Numerics;
using Sluice.Packets.Addresses;

namespace Sluice.Policy;

/// <summary>Up to 512 terms of an access list, looked up together.</summary>
/// <remarks>
/// A term is one (senders, receivers, protocol, ports) of a rule. For each of the five things that a term may ask, the block knows which terms a packet satisfies: a row of
/// bits, one for each term in the order of the list. The packet's five rows are combined by AND, and the lowest bit left is the first match. So a look-up costs the same
/// for one rule as for five hundred: two address look-ups, two port look-ups and at most eight words of AND.
/// </remarks>
internal sealed class AclBlock
{
    /// <summary>Terms in a block: a row of bits is one cache line.</summary>
    internal const int Capacity = 512;

    /// <summary>Words in a row.</summary>
    internal required int Words { get; init; }

    /// <summary>By sender: the number of the row less one; a miss is the first row, of the terms that ask for no sender.</summary>
    internal required PrefixMap Sources { get; init; }

    /// <summary>By receiver, in the same way.</summary>
    internal required PrefixMap Destinations { get; init; }

    internal required ulong[] SourceBits { get; init; }

    internal required ulong[] DestinationBits { get; init; }

    internal required AclPorts SourcePorts { get; init; }

    internal required AclPorts DestinationPorts { get; init; }

    /// <summary>The protocols that terms name; the row of the first is the second, and the first row is that of all others.</summary>
    internal required byte[] Protocols { get; init; }

    internal required ulong[] ProtocolBits { get; init; }

    /// <summary>By term: the place of its rule in the list.</summary>
    internal required int[] RuleOf { get; init; }

    /// <summary>The place in the list of the first rule that matches, or -1.</summary>
    internal int Find(in FirstPacket packet)
    {
        int words = Words;
        int source = (Sources.Find(packet.Source) + 1) * words, destination = (Destinations.Find(packet.Destination) + 1) * words;
        int protocol = (Protocols.AsSpan().IndexOf(packet.Protocol) + 1) * words;
        int sourcePort = SourcePorts.RowOf(packet.SourcePort, packet.HasPorts) * words;
        int destinationPort = DestinationPorts.RowOf(packet.DestinationPort, packet.HasPorts) * words;
        for (int word = 0; word < words; word++)
        {
            ulong matching = SourceBits[source + word] & DestinationBits[destination + word] & ProtocolBits[protocol + word]
                & SourcePorts.Bits[sourcePort + word] & DestinationPorts.Bits[destinationPort + word];
            if (matching != 0) return RuleOf[(word * 64) + BitOperations.TrailingZeroCount(matching)];
        }

        return -1;
    }
}

/// <summary>The rows of bits by port.</summary>
/// <param name="Starts">Where each run of ports that satisfy the same terms begins, from port 0 up; empty where no term asks for ports.</param>
/// <param name="Bits">The rows; the first is of the terms that ask for no port, those of the runs follow.</param>
internal readonly record struct AclPorts(ushort[] Starts, ulong[] Bits)
{
    /// <summary>The row of a port, or of a packet without ports.</summary>
    internal int RowOf(ushort port, bool hasPorts)
    {
        if (Starts.Length == 0 || !hasPorts) return 0;
        int found = Starts.AsSpan().BinarySearch(port);

        // A port between two starts is of the run before it: the complement is the number of the start behind.
        return found >= 0 ? found + 1 : ~found;
    }
}
