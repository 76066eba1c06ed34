using System.Runtime.CompilerServices;
using Sluice.Links;
using Sluice.Packets;
using Sluice.Packets.Headers;
using Sluice.Packets.Offload;

namespace Sluice.Dataplane.Egress;

/// <summary>What a packet leaves to the link, and how large it will be on the wire.</summary>
public static unsafe class SuperFrame
{
    /// <summary>Length of the IP packet as the next link sees it: for a super-frame, of its longest piece (all headers and one segment's payload).</summary>
    /// <param name="packet">A parsed packet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LongestPacket(Packet* packet) => packet->GsoType == GsoKind.None ? packet->L3Length : LongestPieceSlow(packet);

    /// <summary>What the packet asks of a link.</summary>
    public static LinkCapabilities Needs(Packet* packet)
    {
        // The flag and the capability have the same value.
        var needs = (LinkCapabilities)(byte)(packet->Flags & PacketFlags.PartialChecksum);
        return GsoKind.Base(packet->GsoType) switch
        {
            GsoKind.None => needs,
            GsoKind.Tcp4 or GsoKind.Tcp6 => needs | LinkCapabilities.TcpSegmentation,
            _ => needs | LinkCapabilities.UdpSegmentation,
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LongestPieceSlow(Packet* packet)
    {
        int transport = packet->Protocol == IpProtocol.Tcp ? packet->Tcp->HeaderBytes : UdpHeader.Bytes;
        return Math.Min(packet->L3Length, packet->L4 - packet->L3 + transport + packet->GsoSize);
    }
}
