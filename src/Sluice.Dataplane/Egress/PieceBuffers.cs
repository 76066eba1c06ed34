using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Dataplane.Egress;

/// <summary>A worker's own buffers for the pieces of super-frames: a fixed number, taken in order, all free again after a flush.</summary>
internal sealed unsafe class PieceBuffers : IDisposable
{
    public const int Count = 64;

    // Headroom, and room for the header that a link writes just before the frame.
    private const int Lead = Packet.Headroom + 32;
    private const int Line = 64;
    private const int CachePeriod = 2048;

    private readonly int _stride;
    private Packet* _packets;
    private byte* _bytes;

    /// <summary>Makes room for frames of up to <paramref name="room"/> bytes.</summary>
    public PieceBuffers(int room)
    {
        Room = room;
        _stride = (Lead + room + Line - 1) & -Line;
        // Headers spaced by 2048 bytes share two sets of the first-level cache.
        if (_stride % CachePeriod == 0) _stride += Line;
        _packets = (Packet*)NativeMemory.AlignedAlloc((nuint)(Count * sizeof(Packet)), Line);
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)(Count * _stride), Line);
    }

    /// <summary>Bytes that each buffer takes.</summary>
    public int Room { get; }

    public int Used { get; private set; }

    public bool IsFull => Used == Count;

    /// <summary>The next free packet, its data at an empty buffer; it stays free until <see cref="Take"/>.</summary>
    public Packet* Next()
    {
        Packet* packet = _packets + Used;
        packet->Data = _bytes + Used * _stride + Lead;
        return packet;
    }

    public void Take() => Used++;

    public void Clear() => Used = 0;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_packets);
        NativeMemory.AlignedFree(_bytes);
        _packets = null;
        _bytes = null;
    }
}
