using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>IPv4 for the flow stages.</summary>
public unsafe struct PacketFamily4 : IPacketFamily<FlowKey4, FlowLine4>
{
    private const int TtlOffset = 8;
    private const int ChecksumOffset = 10;
    private const int SourceOffset = 12;

    // The word that holds TTL and protocol loses one in its low byte: ~m + m' of RFC 1624 equation 3.
    private const ulong OneHopLess = 0xFFFE;

    /// <inheritdoc/>
    public static PacketKind Kind => PacketKind.Flow4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadKey(Packet* packet, out FlowKey4 key)
    {
        Unsafe.SkipInit(out key);
        uint ports = Unsafe.ReadUnaligned<uint>(packet->Data + packet->L4);
        if (packet->Protocol == IpProtocol.Icmp) ports = PacketPorts.Of(packet);

        // Whole words: the hash loads what was just stored, and a load that spans several stores waits for all of them.
        key.Addresses = Unsafe.ReadUnaligned<ulong>(packet->Data + packet->L3 + SourceOffset);
        key.Rest = FlowKey4.RestOf(ports, packet->Realm, packet->Protocol);
    }

    /// <inheritdoc/>
    public static bool TryReadQuotedReplyKey(Packet* packet, out FlowKey4 key)
    {
        key = default;
        ulong addresses = Unsafe.ReadUnaligned<ulong>(packet->Data + packet->QuotedL3 + SourceOffset);
        key.Addresses = addresses << 32 | addresses >> 32;
        key.Realm = packet->Realm;
        key.Protocol = packet->QuotedProtocol;
        key.Spare = 0;
        key.Ports = 0;
        if (!PacketPorts.TryOfQuoted(packet, out uint ports)) return false;
        key.Ports = ports << 16 | ports >> 16;
        return true;
    }

    /// <inheritdoc/>
    public static void Rewrite(Packet* packet, FlowLine4* line, in FlowKey4 key)
    {
        if (TransportRewrite.IsTcpOrUdp(packet))
        {
            RewritePorts(packet, line, in key);
            return;
        }

        RewriteHeader(packet, line->Write.Addresses, in key);
        TransportRewrite.OtherSlow(packet, packet->Data + packet->L4, key.Ports, line->Write.Ports, pseudoHeaderDelta: 0);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RewritePorts(Packet* packet, FlowLine4* line, in FlowKey4 key)
    {
        ulong delta = RewriteHeader(packet, line->Write.Addresses, in key);
        TransportRewrite.Ports(packet, packet->Data + packet->L4, key.Ports, line->Write.Ports, delta);
    }

    // Both addresses, one hop less, and the header's checksum; what the addresses change in a sum over them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RewriteHeader(Packet* packet, ulong addresses, in FlowKey4 key)
    {
        byte* ip = packet->Data + packet->L3;
        ulong delta = (ulong)(uint)~key.Addresses + (uint)(~key.Addresses >> 32) + (uint)addresses + (uint)(addresses >> 32);
        Unsafe.WriteUnaligned(ip + SourceOffset, addresses);
        ip[TtlOffset]--;
        ushort* headerChecksum = (ushort*)(ip + ChecksumOffset);
        *headerChecksum = Checksum.Apply(*headerChecksum, delta + OneHopLess);
        return delta;
    }

    /// <inheritdoc/>
    public static void DecrementHops(Packet* packet)
    {
        byte* ip = packet->Data + packet->L3;
        ip[TtlOffset]--;
        ushort* headerChecksum = (ushort*)(ip + ChecksumOffset);
        *headerChecksum = Checksum.Apply(*headerChecksum, OneHopLess);
    }

    /// <inheritdoc/>
    public static IpAddress WrittenDestination(FlowLine4* line) => IpAddress.FromNetworkWord((uint)(line->Write.Addresses >> 32));

    /// <inheritdoc/>
    public static IpAddress WrittenSource(FlowLine4* line) => IpAddress.FromNetworkWord((uint)line->Write.Addresses);

    /// <inheritdoc/>
    public static void RewriteAddresses(Packet* packet, in IpAddress source, in IpAddress destination)
    {
        byte* ip = packet->Data + packet->L3;
        uint* addresses = (uint*)(ip + SourceOffset);
        uint newSource = source.ToNetworkWord(), newDestination = destination.ToNetworkWord();
        ulong delta = Checksum.Delta(addresses[0], newSource) + Checksum.Delta(addresses[1], newDestination);
        addresses[0] = newSource;
        addresses[1] = newDestination;
        ip[TtlOffset]--;
        Fix((ushort*)(ip + ChecksumOffset), delta + OneHopLess);
        TransportRewrite.AddressesAlone(packet, delta);
    }

    /// <inheritdoc/>
    public static void RewriteError(Packet* packet, FlowLine4* line, in IpAddress source)
    {
        byte* ip = packet->Data + packet->L3;
        byte* quoted = packet->Data + packet->QuotedL3;
        uint newSource = source.ToNetworkWord(), newDestination = (uint)(line->Write.Addresses >> 32);

        uint* addresses = (uint*)(ip + SourceOffset);
        ulong outer = OneHopLess + Checksum.Delta(addresses[0], newSource) + Checksum.Delta(addresses[1], newDestination);
        addresses[0] = newSource;
        addresses[1] = newDestination;
        ip[TtlOffset]--;
        Fix((ushort*)(ip + ChecksumOffset), outer);

        // The quoted packet went the other way: its source is who gets this error, its destination the one it was sent to.
        ulong oldInner = Unsafe.ReadUnaligned<ulong>(quoted + SourceOffset);
        ulong newInner = line->Write.Addresses << 32 | line->Write.Addresses >> 32;
        ulong delta = (ulong)(uint)~oldInner + (uint)(~oldInner >> 32) + (uint)newInner + (uint)(newInner >> 32);
        Unsafe.WriteUnaligned(quoted + SourceOffset, newInner);
        Fix((ushort*)(quoted + ChecksumOffset), delta);
        uint ports = line->Write.Ports << 16 | line->Write.Ports >> 16;
        TransportRewrite.Quoted(packet, ports, delta, IpProtocol.Icmp, icmpCountsAddresses: false);

        byte* icmp = packet->Data + packet->L4;
        int length = packet->L3 + packet->L3Length - packet->L4;
        TransportChecksum.Write(ip, IpProtocol.Icmp, icmp, length);
    }

    private static void Fix(ushort* field, ulong delta) => *field = Checksum.Apply(*field, delta);
}
