using Sluice.Packets.Addresses;

namespace Sluice.Packets.Tests;

/// <summary>Runs the parser over an array, and keeps the result for assertions.</summary>
internal static unsafe class Parsed
{
    public const string Us = "02:00:00:00:00:01";
    public const string Peer = "02:00:00:00:00:02";

    public static readonly LinkFrame Link = LinkFrame.Ethernet(MacAddress.Parse(Us));

    /// <summary>Parses a packet that begins with its IP header.</summary>
    public static Packet Ip(byte[] bytes, Packet offload = default) => Of(bytes, LinkFrame.Raw, offload);

    /// <summary>Parses a frame. The result's data pointer is not valid any more.</summary>
    public static Packet Of(byte[] bytes, LinkFrame link, Packet offload = default)
    {
        using var guarded = new GuardedBuffer(bytes);
        Packet packet = offload;
        packet.Data = guarded.Data;
        packet.Length = bytes.Length;
        PacketParser.Parse(&packet, in link);
        packet.Data = null;
        return packet;
    }
}
