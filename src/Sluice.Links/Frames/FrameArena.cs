using Sluice.Links.Native;

namespace Sluice.Links.Frames;

/// <summary>Bytes of received frames, one behind the other: each gets room for the largest, and gives back what it doesn't use.</summary>
/// <remarks>So a burst of small packets lies dense in the cache, though any of them might have been a super-frame. All of it is free again after <see cref="Clear"/>.</remarks>
internal sealed unsafe class FrameArena : IDisposable
{
    /// <summary>The largest frame: an IP packet of 65,535 bytes with every link header, rounded up.</summary>
    public const int LargestFrame = 68 * 1024;

    // Room for the headroom and the virtio header before it; the frame starts 10 bytes into a line, as in the packet ring.
    private const int Start = 128 + 10;
    private const int Line = 64;

    private readonly nuint _bytes;
    private byte* _memory;
    private nuint _used;

    /// <summary>Maps the arena; pages come with their first use.</summary>
    public FrameArena(int bytes)
    {
        _bytes = (nuint)bytes;
        _memory = MemoryMap.MapPrivate(_bytes, "map frame memory");
    }

    /// <summary>Where a frame of up to <see cref="LargestFrame"/> bytes may start, headroom before it; null: the arena is full until the next <see cref="Clear"/>.</summary>
    public byte* Next() => _used + Start + LargestFrame > _bytes ? null : _memory + _used + Start;

    /// <summary>Keeps the frame that was written at <see cref="Next"/>.</summary>
    public void Keep(int length) => _used += (nuint)((Start + length + Line - 1) & -Line);

    /// <summary>Takes all frames back.</summary>
    public void Clear() => _used = 0;

    public void Dispose()
    {
        MemoryMap.Unmap(_memory, _bytes);
        _memory = null;
    }
}
