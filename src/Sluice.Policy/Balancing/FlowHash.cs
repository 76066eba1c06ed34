using System.Runtime.CompilerServices;
using Sluice.Packets.Addresses;

namespace Sluice.Policy.Balancing;

/// <summary>A hash of a packet's tuple that has no key: every gateway, and every start of one, gives a tuple the same hash.</summary>
/// <remarks>
/// The result is part of what gateways agree on, so it never changes. An attacker can aim at one backend, which any balancer by tuple lets him;
/// tables that must not be filled on purpose have keyed hashes of their own.
/// </remarks>
public static class FlowHash
{
    // Two odd constants: 2^64 over the golden ratio, and the multiplier that the mix of Pelle Evensen (rrmxmx) uses.
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;
    private const ulong Multiplier = 0x9FB2_1C65_1E98_DF25;

    /// <summary>The hash of a packet's fields.</summary>
    public static ulong Of(in FirstPacket packet, FlowHashFields fields)
    {
        IpAddress source = packet.Source, destination = packet.Destination;
        ushort sourcePort = packet.SourcePort, destinationPort = packet.DestinationPort;
        if ((fields & FlowHashFields.Symmetric) != 0)
        {
            fields = BothEnds(fields);
            bool isTurned = source.Value > destination.Value || (source.Value == destination.Value && sourcePort > destinationPort);
            if ((fields & FlowHashFields.SourceAddress) == 0) isTurned = sourcePort > destinationPort;
            if (isTurned) Exchange(ref source, ref destination, ref sourcePort, ref destinationPort);
        }
        else if ((fields & FlowHashFields.Reverse) != 0)
        {
            Exchange(ref source, ref destination, ref sourcePort, ref destinationPort);
        }

        ulong hash = Step;
        if ((fields & FlowHashFields.SourceAddress) != 0) hash = Add(hash, source);
        hash += Step;
        if ((fields & FlowHashFields.DestinationAddress) != 0) hash = Add(hash, destination);
        ulong rest = 0;
        if ((fields & FlowHashFields.SourcePort) != 0) rest |= (ulong)sourcePort << 32;
        if ((fields & FlowHashFields.DestinationPort) != 0) rest |= (ulong)destinationPort << 16;
        if ((fields & FlowHashFields.Protocol) != 0) rest |= packet.Protocol;
        return Mix(hash + Step ^ rest);
    }

    /// <summary>One word with all its bits spread over all bits.</summary>
    internal static ulong Mix(ulong word)
    {
        word ^= ulong.RotateRight(word, 49) ^ ulong.RotateRight(word, 24);
        word *= Multiplier;
        word ^= word >> 28;
        word *= Multiplier;
        return word ^ word >> 28;
    }

    /// <summary>A hash with an address added to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Add(ulong hash, in IpAddress address)
    {
        if (!address.IsV4) hash = Mix(hash ^ (ulong)(address.Value >> 64)) + Step;
        return Mix(hash ^ (ulong)address.Value);
    }

    private static FlowHashFields BothEnds(FlowHashFields fields)
    {
        if ((fields & (FlowHashFields.SourceAddress | FlowHashFields.DestinationAddress)) != 0) fields |= FlowHashFields.SourceAddress | FlowHashFields.DestinationAddress;
        if ((fields & (FlowHashFields.SourcePort | FlowHashFields.DestinationPort)) != 0) fields |= FlowHashFields.SourcePort | FlowHashFields.DestinationPort;
        return fields;
    }

    private static void Exchange(ref IpAddress source, ref IpAddress destination, ref ushort sourcePort, ref ushort destinationPort)
    {
        (source, destination) = (destination, source);
        (sourcePort, destinationPort) = (destinationPort, sourcePort);
    }
}
