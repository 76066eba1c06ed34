using System.Runtime.CompilerServices;
using Sluice.Packets.Headers;

namespace Sluice.Packets.Making;

/// <summary>Writes the reply to an echo request.</summary>
public static unsafe class EchoReply
{
    /// <summary>Whether the packet is an echo request that may be answered: one to one station (RFC 1122 section 3.2.2.6, RFC 4443 section 4.1).</summary>
    public static bool IsRequest(Packet* packet) => IcmpError.MayAnswer(packet) && packet->Kind switch
    {
        PacketKind.Flow4 => packet->Protocol == IpProtocol.Icmp && packet->Icmp->Type == IcmpType.EchoRequest,
        PacketKind.Flow6 => packet->Protocol == IpProtocol.IcmpV6 && packet->Icmp->Type == IcmpV6Type.EchoRequest,
        _ => false,
    };

    /// <summary>Writes the IP packet that answers and returns its length, or 0 where it does not fit. IP options and extension headers are left out.</summary>
    /// <param name="at">Where to write.</param>
    /// <param name="capacity">Bytes there.</param>
    /// <param name="request"><see cref="IsRequest"/> was true.</param>
    public static int Write(byte* at, int capacity, Packet* request)
    {
        bool v4 = request->Kind == PacketKind.Flow4;
        int header = v4 ? Ipv4Header.Bytes : Ipv6Header.Bytes;
        int message = request->TransportLength;
        if (header + message > capacity) return 0;

        var icmp = (IcmpHeader*)(at + header);
        Unsafe.CopyBlockUnaligned(icmp, request->Icmp, (uint)message);
        icmp->Type = v4 ? IcmpType.EchoReply : IcmpV6Type.EchoReply;
        if (v4) IpWriter.Write4(at, request->Ipv4->Destination, request->Ipv4->Source, IpProtocol.Icmp, message);
        else IpWriter.Write6(at, (byte*)&request->Ipv6->Destination0, (byte*)&request->Ipv6->Source0, IpProtocol.IcmpV6, message);

        // A damaged request gets a damaged reply: the sum is carried over, not made anew, unless the sender never made one.
        if ((request->Flags & PacketFlags.PartialChecksum) != PacketFlags.None) TransportChecksum.Write(at, request->Protocol, (byte*)icmp, message);
        else icmp->Checksum = Checksum.Apply(icmp->Checksum, Checksum.Delta(request->Icmp->Type, icmp->Type));
        return header + message;
    }
}
