using System.Text;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Building;

/// <summary>The part of a packet's line that tells an ICMP or ICMPv6 message.</summary>
internal static unsafe class IcmpText
{
    public static void Append(StringBuilder line, Packet* packet)
    {
        bool v4 = *(packet->Data + packet->L3) >> 4 == 4;
        IcmpHeader* icmp = packet->Icmp;
        line.Append(v4 ? " icmp " : " icmp6 ");
        line.Append(v4 ? Name4(icmp) : Name6(icmp));
        switch (packet->Kind)
        {
            case PacketKind.Flow4 or PacketKind.Flow6:
                PacketText.Append(line, $" id {icmp->Identifier} seq {icmp->Sequence} len {packet->TransportLength - IcmpHeader.Bytes}");
                break;
            case PacketKind.Error4 or PacketKind.Error6:
                line.Append(" [");
                uint? ports = PacketPorts.TryOfQuoted(packet, out _) && packet->QuotedProtocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp
                    ? *(uint*)(packet->Data + packet->QuotedL4)
                    : null;
                PacketText.AppendEndpoints(line, packet->Data + packet->QuotedL3, ports);
                PacketText.Append(line, $" {ProtocolName(packet->QuotedProtocol)}");
                if (ports is null && PacketPorts.TryOfQuoted(packet, out _))
                    PacketText.Append(line, $" id {((IcmpHeader*)(packet->Data + packet->QuotedL4))->Identifier}");
                line.Append(']');
                break;
            case PacketKind.NeighborDiscovery when icmp->Type is IcmpV6Type.NeighborSolicitation or IcmpV6Type.NeighborAdvertisement:
                PacketText.Append(line, $" {IpAddress.FromBytes(new ReadOnlySpan<byte>(icmp + 1, 16))}");
                break;
        }

        PacketText.Append(line, $" ttl {packet->Ttl}");
    }

    private static string Name4(IcmpHeader* icmp) => icmp->Type switch
    {
        IcmpType.EchoReply => "echo reply",
        IcmpType.EchoRequest => "echo request",
        IcmpType.TimestampRequest => "timestamp request",
        IcmpType.TimestampReply => "timestamp reply",
        IcmpType.Unreachable when icmp->Code == IcmpUnreachable.FragmentationNeeded => $"too big mtu {icmp->NextHopMtu}",
        IcmpType.Unreachable => $"unreachable {icmp->Code}",
        IcmpType.TimeExceeded => $"time exceeded {icmp->Code}",
        IcmpType.ParameterProblem => $"parameter problem {icmp->Code}",
        _ => $"type {icmp->Type} code {icmp->Code}",
    };

    private static string Name6(IcmpHeader* icmp) => icmp->Type switch
    {
        IcmpV6Type.EchoReply => "echo reply",
        IcmpV6Type.EchoRequest => "echo request",
        IcmpV6Type.PacketTooBig => $"too big mtu {icmp->Rest}",
        IcmpV6Type.Unreachable => $"unreachable {icmp->Code}",
        IcmpV6Type.TimeExceeded => $"time exceeded {icmp->Code}",
        IcmpV6Type.ParameterProblem => $"parameter problem {icmp->Code}",
        IcmpV6Type.RouterSolicitation => "router solicitation",
        IcmpV6Type.RouterAdvertisement => "router advertisement",
        IcmpV6Type.NeighborSolicitation => "neighbor solicitation",
        IcmpV6Type.NeighborAdvertisement => "neighbor advertisement",
        IcmpV6Type.Redirect => "redirect",
        _ => $"type {icmp->Type} code {icmp->Code}",
    };

    private static string ProtocolName(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Sctp => "sctp",
        IpProtocol.Icmp => "icmp",
        IpProtocol.IcmpV6 => "icmp6",
        _ => $"protocol {protocol}",
    };
}
