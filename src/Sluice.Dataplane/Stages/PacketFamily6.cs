using System.Runtime.CompilerServices;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Dataplane.Stages;

/// <summary>IPv6 for the flow stages.</summary>
public unsafe struct PacketFamily6 : IPacketFamily<FlowKey6, FlowLine6>
{
    private const int HopLimitOffset = 7;
    private const int SourceOffset = 8;

    /// <inheritdoc/>
    public static PacketKind Kind => PacketKind.Flow6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadKey(Packet* packet, out FlowKey6 key)
    {
        Unsafe.SkipInit(out key);
        uint ports = Unsafe.ReadUnaligned<uint>(packet->Data + packet->L4);
        if (packet->Protocol == IpProtocol.IcmpV6) ports = PacketPorts.Of(packet);
        ulong* addresses = (ulong*)(packet->Data + packet->L3 + SourceOffset);
        key.Source0 = addresses[0];
        key.Source1 = addresses[1];
        key.Destination0 = addresses[2];
        key.Destination1 = addresses[3];
        key.Rest = FlowKey4.RestOf(ports, packet->Realm, packet->Protocol);
    }

    /// <inheritdoc/>
    public static bool TryReadQuotedReplyKey(Packet* packet, out FlowKey6 key)
    {
        key = default;
        ulong* addresses = (ulong*)(packet->Data + packet->QuotedL3 + SourceOffset);
        key.Source0 = addresses[2];
        key.Source1 = addresses[3];
        key.Destination0 = addresses[0];
        key.Destination1 = addresses[1];
        key.Realm = packet->Realm;
        key.Protocol = packet->QuotedProtocol;
        key.Spare = 0;
        key.Ports = 0;
        if (!PacketPorts.TryOfQuoted(packet, out uint ports)) return false;
        key.Ports = ports << 16 | ports >> 16;
        return true;
    }

    /// <inheritdoc/>
    public static void Rewrite(Packet* packet, FlowLine6* line, in FlowKey6 key)
    {
        if (TransportRewrite.IsTcpOrUdp(packet))
        {
            RewritePorts(packet, line, in key);
            return;
        }

        ulong delta = RewriteHeader(packet, ref line->Write, in key);
        TransportRewrite.OtherSlow(packet, packet->Data + packet->L4, key.Ports, line->Write.Ports, delta);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RewritePorts(Packet* packet, FlowLine6* line, in FlowKey6 key)
    {
        ulong delta = RewriteHeader(packet, ref line->Write, in key);
        TransportRewrite.Ports(packet, packet->Data + packet->L4, key.Ports, line->Write.Ports, delta);
    }

    // Both addresses and one hop less; what the addresses change in a sum over them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RewriteHeader(Packet* packet, ref FlowTuple6 write, in FlowKey6 key)
    {
        byte* ip = packet->Data + packet->L3;
        ulong delta =
            Halves(~key.Source0) + Halves(~key.Source1) + Halves(~key.Destination0) + Halves(~key.Destination1) +
            Halves(write.Source0) + Halves(write.Source1) + Halves(write.Destination0) + Halves(write.Destination1);
        ulong* addresses = (ulong*)(ip + SourceOffset);
        addresses[0] = write.Source0;
        addresses[1] = write.Source1;
        addresses[2] = write.Destination0;
        addresses[3] = write.Destination1;
        ip[HopLimitOffset]--;
        return delta;
    }

    /// <inheritdoc/>
    public static void DecrementHops(Packet* packet) => packet->Data[packet->L3 + HopLimitOffset]--;

    /// <inheritdoc/>
    public static IpAddress WrittenDestination(FlowLine6* line)
    {
        ulong* words = stackalloc ulong[2] { line->Write.Destination0, line->Write.Destination1 };
        return IpAddress.FromBytes(new ReadOnlySpan<byte>(words, 16));
    }

    /// <inheritdoc/>
    public static IpAddress WrittenSource(FlowLine6* line)
    {
        ulong* words = stackalloc ulong[2] { line->Write.Source0, line->Write.Source1 };
        return IpAddress.FromBytes(new ReadOnlySpan<byte>(words, 16));
    }

    /// <inheritdoc/>
    public static void RewriteAddresses(Packet* packet, in IpAddress source, in IpAddress destination)
    {
        byte* ip = packet->Data + packet->L3;
        ulong* addresses = (ulong*)(ip + SourceOffset);
        ulong delta = Halves(~addresses[0]) + Halves(~addresses[1]) + Halves(~addresses[2]) + Halves(~addresses[3]);
        source.CopyTo(new Span<byte>(addresses, 16));
        destination.CopyTo(new Span<byte>(addresses + 2, 16));
        delta += Halves(addresses[0]) + Halves(addresses[1]) + Halves(addresses[2]) + Halves(addresses[3]);
        ip[HopLimitOffset]--;
        TransportRewrite.AddressesAlone(packet, delta);
    }

    /// <inheritdoc/>
    public static void RewriteError(Packet* packet, FlowLine6* line, in IpAddress source)
    {
        byte* ip = packet->Data + packet->L3;
        ulong* outer = (ulong*)(ip + SourceOffset);
        ref FlowTuple6 write = ref line->Write;
        source.CopyTo(new Span<byte>(outer, 16));
        outer[2] = write.Destination0;
        outer[3] = write.Destination1;
        ip[HopLimitOffset]--;

        // The quoted packet went the other way: its source is who gets this error, its destination the one it was sent to.
        ulong* inner = (ulong*)(packet->Data + packet->QuotedL3 + SourceOffset);
        ulong delta =
            Halves(~inner[0]) + Halves(~inner[1]) + Halves(~inner[2]) + Halves(~inner[3]) +
            Halves(write.Source0) + Halves(write.Source1) + Halves(write.Destination0) + Halves(write.Destination1);
        inner[0] = write.Destination0;
        inner[1] = write.Destination1;
        inner[2] = write.Source0;
        inner[3] = write.Source1;
        uint ports = write.Ports << 16 | write.Ports >> 16;
        TransportRewrite.Quoted(packet, ports, delta, IpProtocol.IcmpV6, icmpCountsAddresses: true);

        byte* icmp = packet->Data + packet->L4;
        int length = packet->L3 + packet->L3Length - packet->L4;
        TransportChecksum.Write(ip, IpProtocol.IcmpV6, icmp, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Halves(ulong word) => (uint)word + (word >> 32);
}
