using Sluice.Packets;
using Sluice.Packets.Addresses;

namespace Sluice.Dataplane.Stages;

/// <summary>The addresses of a parsed IP packet, for decisions.</summary>
internal static unsafe class PacketAddresses
{
    /// <summary>Source and destination from the IP header.</summary>
    public static void Of(Packet* packet, out IpAddress source, out IpAddress destination) => Read(packet->Data + packet->L3, out source, out destination);

    /// <summary>Source and destination from the IP header that an ICMP error quotes.</summary>
    public static void OfQuoted(Packet* packet, out IpAddress source, out IpAddress destination) =>
        Read(packet->Data + packet->QuotedL3, out source, out destination);

    /// <summary>Whether the address names a group or everybody on a network: such packets are the host's, never translated or routed.</summary>
    public static bool IsGroup(IpAddress address) => address.IsV4
        ? (uint)address.Value >> 28 == 14 || (uint)address.Value == uint.MaxValue
        : address.Value >> 120 == 0xFF;

    private static void Read(byte* ip, out IpAddress source, out IpAddress destination)
    {
        if (*ip >> 4 == 4)
        {
            source = IpAddress.FromBytes(new ReadOnlySpan<byte>(ip + 12, 4));
            destination = IpAddress.FromBytes(new ReadOnlySpan<byte>(ip + 16, 4));
        }
        else
        {
            source = IpAddress.FromBytes(new ReadOnlySpan<byte>(ip + 8, 16));
            destination = IpAddress.FromBytes(new ReadOnlySpan<byte>(ip + 24, 16));
        }
    }
}
