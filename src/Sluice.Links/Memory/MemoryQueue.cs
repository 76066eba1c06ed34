using System.Runtime.InteropServices;
using Sluice.Packets;

namespace Sluice.Links.Memory;

/// <summary>One worker's end of a <see cref="MemoryLink"/>: native buffers of the usual size, and a few large ones for super-frames.</summary>
internal sealed unsafe class MemoryQueue : LinkQueue
{
    private const int Slots = 512;

    // Not a multiple of 2048: headers at that distance share two sets of the first-level cache.
    private const int SlotBytes = 2112;
    private const int SlotRoom = SlotBytes - Packet.Headroom;

    private readonly MemoryLink _link;
    private readonly int _worker;
    private readonly List<nint> _large = [];
    private byte* _slots;
    private int _slotsUsed;
    private ulong _received;
    private ulong _sent;
    private ulong _refused;

    public MemoryQueue(MemoryLink link, int worker)
    {
        _link = link;
        _worker = worker;
        _slots = (byte*)NativeMemory.AlignedAlloc(Slots * SlotBytes, 64);
    }

    public override int PollDescriptor => -1;

    public override LinkStatistics Statistics => new(_received, _sent, _refused, 0);

    public override int Receive(Packet* packets, int max)
    {
        int count = 0;
        while (count < max && _slotsUsed < Slots && _link.TryTake(_worker, out MemoryLink.Injected? frame))
        {
            byte* data = BufferFor(frame.Bytes.Length) + Packet.Headroom;
            frame.Bytes.CopyTo(new Span<byte>(data, frame.Bytes.Length));
            ref Packet packet = ref packets[count++];
            packet = default;
            packet.Data = data;
            packet.Length = frame.Bytes.Length;
            packet.Session = Packet.NoSession;
            packet.OutLink = Packet.NoLink;
            frame.Offload.ApplyTo(ref packet);
        }

        _received += (ulong)count;
        return count;
    }

    public override int Send(Packet** packets, int count)
    {
        int sent = 0;
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref *packets[i];
            if (!Takes(packet) || !_link.TakesNext())
            {
                packet.Verdict = Verdict.Drop;
                packet.Reason = DropReason.LinkFull;
                _refused++;
                continue;
            }

            sent++;
            if (_link.KeepsSent || _link.Sending is not null)
                _link.Collect(new SentFrame(new ReadOnlySpan<byte>(packet.Data, packet.Length).ToArray(), FrameOffload.Of(packet), _worker));
        }

        _sent += (ulong)sent;
        return sent;
    }

    public override void Release()
    {
        _slotsUsed = 0;
        foreach (nint buffer in _large) NativeMemory.AlignedFree((void*)buffer);
        _large.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        if (_slots is not null)
        {
            Release();
            NativeMemory.AlignedFree(_slots);
            _slots = null;
        }

        base.Dispose(disposing);
    }

    private byte* BufferFor(int length)
    {
        _slotsUsed++;
        if (length <= SlotRoom) return _slots + (_slotsUsed - 1) * SlotBytes;
        byte* buffer = (byte*)NativeMemory.AlignedAlloc((nuint)(length + Packet.Headroom), 64);
        _large.Add((nint)buffer);
        return buffer;
    }

    private bool Takes(in Packet packet)
    {
        LinkCapabilities needed = LinkCapabilities.None;
        if ((packet.Flags & PacketFlags.PartialChecksum) != 0) needed |= LinkCapabilities.Checksum;
        needed |= (packet.GsoType & 0x7F) switch
        {
            0 => LinkCapabilities.None,
            1 or 4 => LinkCapabilities.TcpSegmentation,
            _ => LinkCapabilities.UdpSegmentation,
        };
        return (needed & ~_link.Capabilities) == 0;
    }
}
