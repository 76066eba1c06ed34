using System.Runtime.InteropServices;
using Sluice.Links.Frames;
using Sluice.Links.Native;
using Sluice.Packets;

namespace Sluice.Links.AfPacket;

/// <summary>Sends packets by <c>sendmmsg</c>, straight from where they lie: the virtio header is written into the headroom just before each.</summary>
internal sealed unsafe class SendBatch : IDisposable
{
    private const int Capacity = 256;

    // Each retry waits up to a millisecond for room; a burst that finds none within all of them is refused rather than
    // stalling the links that have room.
    private const int RetriesForBurst = 8;
    private const int RetryMilliseconds = 1;

    private readonly int _socket;
    private bool _bypasses;
    private MultiMessage* _messages;
    private IoVector* _pieces;

    /// <summary>Sends by a socket, past the queueing discipline for as long as that works.</summary>
    public SendBatch(int socket)
    {
        _socket = socket;
        SetBypass(true);
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessage));
        _pieces = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        for (int i = 0; i < Capacity; i++)
        {
            _messages[i].Header.Pieces = &_pieces[i];
            _messages[i].Header.PieceCount = 1;
        }
    }

    /// <summary>Sends in order; returns how many the kernel took and marks the others.</summary>
    public int Send(Packet** packets, int count)
    {
        int sent = 0;
        for (int start = 0; start < count; start += Capacity) sent += SendChunk(packets + start, Math.Min(Capacity, count - start));
        return sent;
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        _messages = null;
        _pieces = null;
    }

    private int SendChunk(Packet** packets, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _pieces[i].Start = VirtioHeader.WriteBefore(packets[i]);
            _pieces[i].Length = (nuint)(packets[i]->Length + VirtioHeader.Bytes);
        }

        int done = 0;
        int sent = 0;
        int retries = RetriesForBurst;
        while (done < count)
        {
            int taken = Sockets.SendMany(_socket, _messages + done, (uint)(count - done), Sockets.MSG_DONTWAIT);
            if (taken > 0)
            {
                done += taken;
                sent += taken;
            }
            else if (!MaySendNowSlow(packets[done], Errno.Last, ref retries))
            {
                // The call stops at the first message that fails; the others must not suffer from it.
                Refuse(packets[done++]);
            }
        }

        return sent;
    }

    // Only want of room is worth another try: a frame that the kernel finds wrong stays wrong, and an interface that is down stays down.
    private bool MaySendNowSlow(Packet* packet, int error, ref int retries)
    {
        if (error is not (Errno.EAGAIN or Errno.ENOBUFS) || retries == 0) return false;
        if (_bypasses && packet->GsoType != 0 && error == Errno.ENOBUFS)
        {
            // Past the queueing discipline the kernel drops a super-frame that the interface can't cut by itself (its TSO is off,
            // or was turned off just now); the usual way cuts it.
            SetBypass(false);
            return true;
        }

        retries--;
        PollEntry entry = new() { Descriptor = _socket, Events = Polling.POLLOUT };
        _ = Polling.Wait(&entry, 1, RetryMilliseconds);
        return true;
    }

    private void SetBypass(bool bypasses)
    {
        Sockets.TrySet(_socket, PacketSocket.Level, PacketSocket.QdiscBypass, bypasses ? 1 : 0);
        _bypasses = bypasses;
    }

    private static void Refuse(Packet* packet)
    {
        packet->Verdict = Verdict.Drop;
        packet->Reason = DropReason.LinkFull;
    }
}
