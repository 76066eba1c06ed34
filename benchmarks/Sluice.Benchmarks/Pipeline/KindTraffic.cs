using Sluice.Benchmarks.Core;
using Sluice.Packets;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>The established sessions of one kind of NAT: who begins them sends by one link, who answers by the other, to what the first packet became.</summary>
internal sealed unsafe class KindTraffic : IDisposable
{
    private const int Stride = 2112;
    private const int DataOffset = 128;
    private const int Vector = FrameBank.Vector;

    /// <summary>How many live: a gateway's capacity.</summary>
    public const uint Sessions = 100_000;

    /// <summary>Buffers of each link.</summary>
    public const int Frames = 4096;

    private readonly NativeArena arena = new();
    private readonly Pipeline pipeline;
    private readonly Random random;
    private readonly FlowKey4* originals;
    private readonly FlowKey4* replies;
    private readonly byte** asking;
    private readonly byte** answering;

    public KindTraffic(KindCase kind, int seed)
    {
        pipeline = new Pipeline(kind.Documents, (int)Sessions);
        random = new Random(seed);
        originals = arena.Allocate<FlowKey4>(Sessions);
        replies = arena.Allocate<FlowKey4>(Sessions);
        byte* buffers = arena.Allocate<byte>((nuint)(2 * Frames * Stride));
        asking = (byte**)arena.Allocate<nint>(Frames);
        answering = (byte**)arena.Allocate<nint>(Frames);
        int[] order = [.. Enumerable.Range(0, 2 * Frames)];
        random.Shuffle(order);
        for (int i = 0; i < Frames; i++)
        {
            asking[i] = buffers + ((long)order[2 * i] * Stride) + DataOffset;
            answering[i] = buffers + ((long)order[(2 * i) + 1] * Stride) + DataOffset;
        }

        for (uint i = 0; i < Sessions; i++) originals[i] = kind.KeyOf(i);
        Asker = pipeline.QueueOf(kind.Asker);
        Answerer = pipeline.QueueOf(kind.Asker == "inside" ? "outside" : "inside");
        Establish();
    }

    public BenchQueue Asker { get; }

    public BenchQueue Answerer { get; }

    public Pipeline Pipeline => pipeline;

    /// <summary>Fills all buffers anew with packets of sessions drawn at random.</summary>
    public void Fill()
    {
        for (int i = 0; i < Frames; i++)
        {
            Write(asking[i], originals[random.NextInt64(Sessions)], TcpFlag.Ack);
            Write(answering[i], replies[random.NextInt64(Sessions)], TcpFlag.Ack);
        }
    }

    /// <summary>Puts a vector before each link.</summary>
    public void Arm(int vector)
    {
        Asker.Arm(asking + (vector * Vector), Vector, 60);
        Answerer.Arm(answering + (vector * Vector), Vector, 60);
    }

    public void Dispose()
    {
        pipeline.Dispose();
        arena.Dispose();
    }

    private void Establish()
    {
        for (uint first = 0; first < Sessions; first += Vector)
        {
            int count = (int)Math.Min(Vector, Sessions - first);
            uint next = first;
            Answerer.Sending = packet => replies[next++] = AnswerTo((Packet*)packet);
            Send(Asker, asking, originals + first, count, TcpFlag.Syn);
            Answerer.Sending = null;
            if (next != first + count) throw new InvalidOperationException($"{first + count - next} of {count} sessions were refused.");
            Send(Answerer, answering, replies + first, count, TcpFlag.Syn | TcpFlag.Ack);
            Send(Asker, asking, originals + first, count, TcpFlag.Ack);
            Send(Answerer, answering, replies + first, count, TcpFlag.Ack);
        }
    }

    private void Send(BenchQueue queue, byte** frames, FlowKey4* keys, int count, byte flags)
    {
        for (int i = 0; i < count; i++) Write(frames[i], keys[i], flags);
        queue.Arm(frames, count, 60);
        pipeline.Step();
    }

    private static void Write(byte* frame, in FlowKey4 key, byte flags)
    {
        FrameBank.Write4(frame, key);
        if (key.Protocol == IpProtocol.Tcp) frame[EthernetHeader.Bytes + Ipv4Header.Bytes + 13] = flags;
    }

    // The packet that arrived, turned round.
    private static FlowKey4 AnswerTo(Packet* packet)
    {
        byte* ip = packet->Data + packet->L3;
        ulong addresses = *(uint*)(ip + 16) | ((ulong)*(uint*)(ip + 12) << 32);
        byte* ports = packet->Data + packet->L4;
        return new FlowKey4 { Addresses = addresses, Rest = FlowKey4.RestOf(*(ushort*)(ports + 2) | ((uint)*(ushort*)ports << 16), 0, ip[9]) };
    }
}
