using Sluice.Benchmarks.Core;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>The established sessions of a pipeline: what their packets look like from inside, and from outside as the gateway has translated them.</summary>
internal sealed unsafe class PipelineTraffic : IDisposable
{
    /// <summary>Buffers of each link: with both links' their headers are in the second-level cache but not in the first.</summary>
    public const int Frames = 8192;

    private const int Stride = 2112;
    private const int DataOffset = 128;
    private readonly NativeArena arena = new();
    private readonly IpFamily family;
    private readonly uint sessions;
    private readonly Random random;
    private readonly ulong* publics;
    private readonly byte* buffers;
    private readonly byte** inside;
    private readonly byte** outside;

    public PipelineTraffic(IpFamily family, uint sessions, int seed)
    {
        this.family = family;
        this.sessions = sessions;
        random = new Random(seed);
        publics = arena.Allocate<ulong>(sessions);
        buffers = arena.Allocate<byte>((nuint)(2 * Frames * Stride));
        inside = (byte**)arena.Allocate<nint>(Frames);
        outside = (byte**)arena.Allocate<nint>(Frames);
        int[] order = [.. Enumerable.Range(0, 2 * Frames)];
        random.Shuffle(order);
        for (int i = 0; i < Frames; i++)
        {
            inside[i] = buffers + ((long)order[2 * i] * Stride) + DataOffset;
            outside[i] = buffers + ((long)order[(2 * i) + 1] * Stride) + DataOffset;
        }
    }

    /// <summary>Length of the frames: the shortest that Ethernet and the headers allow.</summary>
    public int FrameLength => family == IpFamily.V4 ? 60 : EthernetHeader.Bytes + Ipv6Header.Bytes + TcpHeader.Bytes;

    /// <summary>The frames of the inside link.</summary>
    public byte** Inside => inside;

    /// <summary>The frames of the outside link.</summary>
    public byte** Outside => outside;

    /// <summary>Writes the first packet of a session, or the answers that establish it.</summary>
    /// <param name="frame">Where.</param>
    /// <param name="session">Which session.</param>
    /// <param name="reply">Whether it comes from outside.</param>
    /// <param name="flags">Its flags, if it is TCP.</param>
    public void Write(byte* frame, uint session, bool reply, byte flags = TcpFlag.Ack)
    {
        if (family == IpFamily.V4)
        {
            FlowKey4 key = CoreFlows.Key4(session, reply);
            if (reply)
            {
                key.Addresses = (key.Addresses & uint.MaxValue) | (publics[session] << 32);
                key.Ports = (key.Ports & ushort.MaxValue) | ((uint)(publics[session] >> 32) << 16);
            }

            FrameBank.Write4(frame, key);
        }
        else
        {
            FlowKey6 key = CoreFlows.Key6(session, reply);
            if (reply)
            {
                // All public addresses begin alike; the last four bytes tell them apart.
                key.Destination1 = publics[session] << 32;
                key.Ports = (key.Ports & ushort.MaxValue) | ((uint)(publics[session] >> 32) << 16);
            }

            FrameBank.Write6(frame, key);
        }

        if (CoreFlows.Protocol(session) == IpProtocol.Tcp) frame[TransportOffset + 13] = flags;
    }

    /// <summary>Learns the public endpoint of a session from its first packet as it left.</summary>
    public void Learn(uint session, Packet* packet)
    {
        byte* source = packet->Data + packet->L3 + (family == IpFamily.V4 ? 12 : 20);
        publics[session] = *(uint*)source | ((ulong)*(ushort*)(packet->Data + packet->L4) << 32);
    }

    /// <summary>Fills all buffers anew with packets of sessions drawn at random.</summary>
    public void Fill()
    {
        for (int i = 0; i < Frames; i++)
        {
            Write(inside[i], (uint)random.NextInt64(sessions), reply: false);
            Write(outside[i], (uint)random.NextInt64(sessions), reply: true);
        }
    }

    public void Dispose() => arena.Dispose();

    private int TransportOffset => EthernetHeader.Bytes + (family == IpFamily.V4 ? Ipv4Header.Bytes : Ipv6Header.Bytes);
}
