using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Dataplane.Workers;

/// <summary>Buffers for the packets that the gateway makes while it works on a burst; all are free again once the burst has been sent.</summary>
internal sealed unsafe class MadePackets : IDisposable
{
    /// <summary>Packets that one burst may make.</summary>
    public const int Capacity = 256;

    /// <summary>Bytes for each: the largest ICMPv6 error and a link header.</summary>
    public const int BufferBytes = 1536;

    private const int Stride = Packet.Headroom + BufferBytes + 64;

    private readonly Packet* packets;
    private readonly byte* buffers;
    private int used;

    public MadePackets()
    {
        packets = (Packet*)NativeMemory.AlignedAlloc(Capacity * (nuint)sizeof(Packet), 64);
        buffers = (byte*)NativeMemory.AlignedAlloc(Capacity * Stride, 64);
    }

    /// <summary>Whether none has been made since the last burst was sent.</summary>
    public bool IsEmpty => used == 0;

    /// <summary>Whether the burst may make so many more.</summary>
    public bool HasRoomFor(int packets) => used + packets <= Capacity;

    /// <summary>A cleared packet with room for <see cref="BufferBytes"/> at its data, or null once the burst has used up its share.</summary>
    public Packet* TryTake()
    {
        if (used == Capacity) return null;
        Packet* packet = packets + used;
        *packet = default;
        packet->Data = buffers + used * Stride + Packet.Headroom;
        packet->Flags = PacketFlags.Made;
        packet->Session = Packet.NoSession;
        used++;
        return packet;
    }

    /// <summary>Frees all.</summary>
    public void Clear() => used = 0;

    public void Dispose()
    {
        NativeMemory.AlignedFree(packets);
        NativeMemory.AlignedFree(buffers);
    }
}
