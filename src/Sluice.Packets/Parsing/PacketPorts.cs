using System.Runtime.CompilerServices;
using Sluice.Packets.Headers;

namespace Sluice.Packets;

/// <summary>What stands for ports in a parsed packet, in network order: source in the low half, destination in the high half.</summary>
/// <remarks>
/// An ICMP query's identifier stands on the end of the station that asks: a request has it as source port, a reply as destination port,
/// and 0 at the other end. So a reply's ports are the request's turned round, as with TCP and UDP.
/// </remarks>
public static unsafe class PacketPorts
{
    /// <summary>The ports of a packet of kind <see cref="PacketKind.Flow4"/> or <see cref="PacketKind.Flow6"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(Packet* packet)
    {
        byte protocol = packet->Protocol;
        if (protocol != IpProtocol.Icmp & protocol != IpProtocol.IcmpV6) return Unsafe.ReadUnaligned<uint>(packet->Data + packet->L4);
        return OfQuerySlow(packet->Icmp);
    }

    /// <summary>The ports of the packet that an ICMP error quotes, as that packet carried them; false where it has none.</summary>
    public static bool TryOfQuoted(Packet* packet, out uint ports)
    {
        byte* transport = packet->Data + packet->QuotedL4;
        switch (packet->QuotedProtocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp:
                ports = Unsafe.ReadUnaligned<uint>(transport);
                return true;
            case IpProtocol.Icmp when packet->Kind == PacketKind.Error4 && IsQuery4(*transport):
            case IpProtocol.IcmpV6 when packet->Kind == PacketKind.Error6 && IsQuery6(*transport):
                ports = OfQuerySlow((IcmpHeader*)transport);
                return true;
            default:
                ports = 0;
                return false;
        }
    }

    /// <summary>Whether an ICMP type is a query that a session can carry: echo and timestamp.</summary>
    public static bool IsQuery4(byte type) => type is IcmpType.EchoRequest or IcmpType.EchoReply or IcmpType.TimestampRequest or IcmpType.TimestampReply;

    /// <summary>Whether an ICMPv6 type is a query that a session can carry: echo.</summary>
    public static bool IsQuery6(byte type) => type is IcmpV6Type.EchoRequest or IcmpV6Type.EchoReply;

    /// <summary>Whether a query is the asking half (of either family).</summary>
    public static bool IsRequest(byte type) => type is IcmpType.EchoRequest or IcmpType.TimestampRequest or IcmpV6Type.EchoRequest;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint OfQuerySlow(IcmpHeader* icmp)
    {
        uint identifier = icmp->Identifier.Raw;
        return IsRequest(icmp->Type) ? identifier : identifier << 16;
    }
}
