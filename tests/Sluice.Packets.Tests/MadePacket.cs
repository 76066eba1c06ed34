using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Packets.Tests;

/// <summary>Gives a maker a parsed original and a guarded buffer, and hands back what it wrote.</summary>
internal static unsafe class MadePacket
{
    public delegate int Maker(byte* at, int capacity, Packet* original);

    /// <summary>The bytes that the maker writes about a packet without Ethernet header.</summary>
    public static byte[] About(byte[] original, Maker maker, int capacity = 2048, Packet offload = default)
    {
        using var source = new GuardedBuffer(original);
        using var room = new GuardedBuffer(capacity);
        Packet packet = offload;
        packet.Data = source.Data;
        packet.Length = original.Length;
        PacketParser.Parse(&packet, LinkFrame.Raw);
        int length = maker(room.Data, capacity, &packet);
        Assert.InRange(length, 0, capacity);
        Assert.Equal(original, new ReadOnlySpan<byte>(source.Data, original.Length).ToArray());
        return new ReadOnlySpan<byte>(room.Data, length).ToArray();
    }

    /// <summary>The line that describes a packet without Ethernet header.</summary>
    public static string Text(byte[] packet) => PacketText.Describe(packet, hasEthernet: false);
}
