using System.Runtime.CompilerServices;
using Sluice.Links.Frames;
using Sluice.Links.Native;
using Sluice.Packets;

namespace Sluice.Links.AfPacket;

/// <summary>One worker's end of an <see cref="AfPacketLink"/>: a socket with a ring that receives, and one that sends.</summary>
internal sealed unsafe class AfPacketQueue : LinkQueue
{
    private const int CopyThresholdBytes = 128 * 1024;
    private const int SocketBufferBytes = 16 * 1024 * 1024;
    private const int ArenaBytes = 64 * FrameArena.LargestFrame;

    private readonly ReceiveRing _ring;
    private readonly FrameArena _large;
    private readonly SendBatch _batch;
    private int _receiver = -1;
    private int _sender = -1;
    private ulong _received;
    private ulong _sent;
    private ulong _refused;
    private ulong _truncated;
    private ulong _ringDrops;

    /// <summary>Opens both sockets in the calling thread's network namespace. Nothing is received before everything is set up.</summary>
    public AfPacketQueue(string device, int interfaceIndex, FanOutGroup? group)
    {
        try
        {
            _receiver = PacketSocket.Open(device);
            Sockets.Set(_receiver, PacketSocket.Level, PacketSocket.VirtioHeaders, 1, "ask for virtio headers");
            Sockets.Set(_receiver, PacketSocket.Level, PacketSocket.IgnoreOutgoing, 1, "leave out the host's own frames");
            Sockets.Set(_receiver, PacketSocket.Level, PacketSocket.CopyThreshold, CopyThresholdBytes, "ask for whole super-frames");
            Sockets.TrySet(_receiver, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, SocketBufferBytes);
            _ring = new ReceiveRing(_receiver);
            _large = new FrameArena(ArenaBytes);

            _sender = PacketSocket.Open(device);
            Sockets.Set(_sender, PacketSocket.Level, PacketSocket.VirtioHeaders, 1, "send with virtio headers");
            Sockets.TrySet(_sender, Sockets.SOL_SOCKET, Sockets.SO_SNDBUFFORCE, SocketBufferBytes);
            PacketSocket.Bind(_sender, interfaceIndex, receives: false);
            _batch = new SendBatch(_sender);

            if (group is null) PacketSocket.Bind(_receiver, interfaceIndex, receives: true);
            else group.Join(_receiver, interfaceIndex);
        }
        catch (LinkException)
        {
            Dispose();
            throw;
        }
    }

    public override int PollDescriptor => _receiver;

    // The kernel's count starts again at each question, so it is added up; any thread may ask.
    public override LinkStatistics Statistics
    {
        get
        {
            uint* counts = stackalloc uint[2];
            uint length = 2 * sizeof(uint);
            if (_receiver >= 0 && Sockets.GetOption(_receiver, PacketSocket.Level, PacketSocket.Statistics, counts, &length) == 0)
                Interlocked.Add(ref _ringDrops, counts[1]);
            return new LinkStatistics(_received, _sent, _refused, Volatile.Read(ref _ringDrops) + _truncated);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Receive(Packet* packets, int max)
    {
        int count = 0;
        while (count < max)
        {
            ReceiveRing.Slot* slot = _ring.Peek();
            if (slot is null) break;
            Packet* packet = packets + count;
            *packet = default;
            packet->Session = Packet.NoSession;
            packet->OutLink = Packet.NoLink;
            packet->VlanTag = slot->VlanTag;
            if (slot->IsWhole & !slot->IsOutgoing)
            {
                packet->Data = (byte*)slot + slot->FrameStart;
                packet->Length = slot->CapturedLength;
                ((VirtioHeader*)(packet->Data - VirtioHeader.Bytes))->ReadInto(packet);
                count++;
            }
            else
            {
                Taking taking = TakeSlow(slot, packet);
                if (taking == Taking.Full) break;
                if (taking == Taking.Taken) count++;
            }

            _ring.Borrow();
        }

        _received += (ulong)count;
        return count;
    }

    public override int Send(Packet** packets, int count)
    {
        int sent = _batch.Send(packets, count);
        _sent += (ulong)sent;
        _refused += (ulong)(count - sent);
        return sent;
    }

    public override void Release()
    {
        _ring.ReturnAll();
        _large.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        // The constructor disposes what it got so far, so parts may be absent.
        _ring?.Dispose();
        _large?.Dispose();
        _batch?.Dispose();
        Files.Close(Interlocked.Exchange(ref _receiver, -1));
        Files.Close(Interlocked.Exchange(ref _sender, -1));
        base.Dispose(disposing);
    }

    private enum Taking
    {
        Taken,
        Skipped,
        Full,
    }

    // A frame larger than a slot: the kernel queued the whole of it, in the order of the slots, unless the socket's buffer was full.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Taking TakeSlow(ReceiveRing.Slot* slot, Packet* packet)
    {
        if (!slot->IsQueued)
        {
            if (!slot->IsOutgoing) _truncated++;
            return Taking.Skipped;
        }

        byte* data = _large.Next();
        if (data is null) return Taking.Full;
        nint got = Sockets.Receive(_receiver, data - VirtioHeader.Bytes, FrameArena.LargestFrame + VirtioHeader.Bytes, Sockets.MSG_DONTWAIT | Sockets.MSG_TRUNC);
        int length = (int)got - VirtioHeader.Bytes;
        if (slot->IsOutgoing) return Taking.Skipped;
        if (length is <= 0 or > FrameArena.LargestFrame)
        {
            _truncated++;
            return Taking.Skipped;
        }

        _large.Keep(length);
        packet->Data = data;
        packet->Length = length;
        ((VirtioHeader*)(data - VirtioHeader.Bytes))->ReadInto(packet);
        return Taking.Taken;
    }
}
