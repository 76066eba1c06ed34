using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sluice.Links;
using Sluice.Packets;
using Sluice.Packets.Offload;

namespace Sluice.Dataplane.Egress;

/// <summary>The last stage before a link: does in software what the link can't, so any link feeds any other. One for each worker and link.</summary>
/// <remarks>Partial checksums are completed in place; super-frames are cut into the worker's own buffers, which are sent whenever they are full. The order of the packets stays.</remarks>
public sealed unsafe class EgressStage : IDisposable
{
    private const LinkCapabilities Everything = LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation | LinkCapabilities.UdpSegmentation;
    private const int ListLength = 256;

    // Ethernet, a VLAN tag, and some to spare.
    private const int LinkHeaderRoom = 64;

    private readonly LinkQueue _queue;
    private readonly LinkCapabilities _missing;
    private readonly PieceBuffers? _pieces;

    // Packets ready to go, and for each the packet that it is a piece of (or itself).
    private Packet** _ready;
    private Packet** _whole;
    private int _readyCount;
    private Tally _tally;

    /// <summary>Sends by a queue of a link.</summary>
    public EgressStage(Link link, LinkQueue queue)
    {
        _queue = queue;
        _missing = Everything & ~link.Capabilities;
        if (_missing == LinkCapabilities.None) return;
        _pieces = new PieceBuffers(link.Mtu + LinkHeaderRoom);
        _ready = (Packet**)NativeMemory.Alloc(ListLength, (nuint)sizeof(Packet*));
        _whole = (Packet**)NativeMemory.Alloc(ListLength, (nuint)sizeof(Packet*));
    }

    /// <summary>Sends packets in order and waits until their bytes are no longer needed. Whatever is not sent gets <see cref="Verdict.Drop"/> and its reason.</summary>
    /// <remarks>A super-frame of which the link took at least one piece counts as forwarded; pieces that it refused are in the counts.</remarks>
    /// <param name="packets">Parsed packets that begin with this link's header.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public EgressCounts Send(Packet** packets, int count)
    {
        int asks = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            Packet* packet = packets[i];
            asks |= packet->GsoType | (byte)(packet->Flags & PacketFlags.PartialChecksum);
            bytes += packet->Length;
        }

        if (asks != 0 && _missing != LinkCapabilities.None) return FinishSlow(packets, count);
        int sent = _queue.Send(packets, count);
        if (sent != count) bytes -= RefusedBytesSlow(packets, count);
        return new EgressCounts(sent, bytes, 0, count - sent, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pieces?.Dispose();
        NativeMemory.Free(_ready);
        NativeMemory.Free(_whole);
        _ready = null;
        _whole = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private EgressCounts FinishSlow(Packet** packets, int count)
    {
        _tally = default;
        for (int i = 0; i < count; i++)
        {
            Packet* packet = packets[i];
            LinkCapabilities lacking = SuperFrame.Needs(packet) & _missing;
            if (lacking != LinkCapabilities.None && packet->GsoType != GsoKind.None) Cut(packet);
            else if (lacking == LinkCapabilities.None || PartialChecksum.TryComplete(packet)) Add(packet, packet);
            else Drop(packet, DropReason.Malformed, ref _tally.Malformed);
        }

        Flush();
        return new EgressCounts(_tally.Out, _tally.Bytes, _tally.Made, _tally.LinkFull, _tally.TooBig, _tally.Malformed);
    }

    private void Cut(Packet* super)
    {
        PieceBuffers pieces = _pieces!;
        Segmenter segmenter = default;
        if (!segmenter.Start(super))
        {
            Drop(super, DropReason.Malformed, ref _tally.Malformed);
            return;
        }

        if (segmenter.PieceBytes > pieces.Room)
        {
            Drop(super, DropReason.TooBig, ref _tally.TooBig);
            return;
        }

        _tally.Made += segmenter.Pieces - 1;
        // Refused until the link takes a piece of it.
        super->Verdict = Verdict.Drop;
        super->Reason = DropReason.LinkFull;
        while (true)
        {
            // Both before the piece is written: a flush frees every buffer.
            if (pieces.IsFull || _readyCount == ListLength) Flush();
            Packet* piece = pieces.Next();
            if (!segmenter.TryNext(piece)) return;
            piece->Verdict = Verdict.Forward;
            piece->Reason = DropReason.None;
            pieces.Take();
            Add(piece, super);
        }
    }

    private void Add(Packet* packet, Packet* whole)
    {
        if (_readyCount == ListLength) Flush();
        _ready[_readyCount] = packet;
        _whole[_readyCount++] = whole;
    }

    private void Flush()
    {
        int sent = _queue.Send(_ready, _readyCount);
        _tally.Out += sent;
        _tally.LinkFull += _readyCount - sent;
        for (int i = 0; i < _readyCount; i++)
        {
            Packet* packet = _ready[i];
            if (packet->Verdict == Verdict.Drop) continue;
            _tally.Bytes += packet->Length;
            if (_whole[i] == packet) continue;
            _whole[i]->Verdict = Verdict.Forward;
            _whole[i]->Reason = DropReason.None;
        }

        _readyCount = 0;
        _pieces!.Clear();
    }

    private static void Drop(Packet* packet, DropReason reason, ref int counter)
    {
        packet->Verdict = Verdict.Drop;
        packet->Reason = reason;
        counter++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long RefusedBytesSlow(Packet** packets, int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
            if (packets[i]->Verdict == Verdict.Drop) bytes += packets[i]->Length;
        return bytes;
    }

    private struct Tally
    {
        public int Out;
        public long Bytes;
        public int Made;
        public int LinkFull;
        public int TooBig;
        public int Malformed;
    }
}
