using System.Runtime.CompilerServices;
using Sluice.Links.Frames;
using Sluice.Links.Native;
using Sluice.Packets;

namespace Sluice.Links.Tun;

/// <summary>One worker's end of a <see cref="TunLink"/>. The kernel has no burst here: each packet is one call.</summary>
internal sealed unsafe class TunQueue : LinkQueue
{
    // A burst of 64 super-frames, or of any number of small packets.
    private const int ArenaBytes = 64 * FrameArena.LargestFrame;

    private readonly FrameArena _arena = new(ArenaBytes);
    private int _descriptor;
    private ulong _received;
    private ulong _sent;
    private ulong _refused;

    /// <summary>Takes over an open descriptor.</summary>
    public TunQueue(int descriptor) => _descriptor = descriptor;

    public override int PollDescriptor => _descriptor;

    // What didn't fit the device's queue is counted by the kernel, as drops of the interface.
    public override LinkStatistics Statistics => new(_received, _sent, _refused, 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Receive(Packet* packets, int max)
    {
        int count = 0;
        while (count < max)
        {
            byte* data = _arena.Next();
            if (data is null) break;
            VirtioHeader* header = (VirtioHeader*)(data - VirtioHeader.Bytes);
            int length = (int)Files.Read(_descriptor, header, FrameArena.LargestFrame + VirtioHeader.Bytes) - VirtioHeader.Bytes;
            if (length <= 0) break;
            _arena.Keep(length);
            Packet* packet = packets + count++;
            *packet = default;
            packet->Data = data;
            packet->Length = length;
            packet->Session = Packet.NoSession;
            packet->OutLink = Packet.NoLink;
            header->ReadInto(packet);
        }

        _received += (ulong)count;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Send(Packet** packets, int count)
    {
        int sent = 0;
        for (int i = 0; i < count; i++)
        {
            Packet* packet = packets[i];
            byte* start = VirtioHeader.WriteBefore(packet);
            if (Files.Write(_descriptor, start, (nuint)(packet->Length + VirtioHeader.Bytes)) > 0) sent++;
            else Refuse(packet);
        }

        _sent += (ulong)sent;
        _refused += (ulong)(count - sent);
        return sent;
    }

    public override void Release() => _arena.Clear();

    protected override void Dispose(bool disposing)
    {
        Files.Close(Interlocked.Exchange(ref _descriptor, -1));
        _arena.Dispose();
        base.Dispose(disposing);
    }

    // The kernel takes a packet at once or finds it wrong; there is nothing to wait for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(Packet* packet)
    {
        packet->Verdict = Verdict.Drop;
        packet->Reason = DropReason.LinkFull;
    }
}
