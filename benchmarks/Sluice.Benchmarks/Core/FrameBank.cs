using System.Buffers.Binary;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>The packets that arrive: buffers as a NIC would fill them, with flows drawn at random, both directions and both protocols alike.</summary>
internal sealed unsafe class FrameBank : IDisposable
{
    /// <summary>Packets in a vector: what one receive gives.</summary>
    public const int Vector = 256;

    /// <summary>Buffers: 16,384, so headers are in the second-level cache but not in the first.</summary>
    public const int Frames = 16_384;

    /// <summary>From buffer to buffer. Not 2,048: all headers would fall into two sets of the first-level cache.</summary>
    private const int Stride = 2112;

    private const int DataOffset = 128;
    private const int Draws = 1 << 21;

    public static readonly MacAddress GatewayMac = MacAddress.Parse("02:00:00:00:00:01");
    private static readonly ulong EthernetStart = 0x0302_0000_0000_0000 | (BinaryPrimitives.ReverseEndianness(GatewayMac.Value) >> 16);

    private readonly NativeArena arena = new();
    private readonly IpFamily family;
    private readonly byte* buffers;
    private readonly uint* draws;
    private readonly bool[] replies = new bool[Frames];
    private readonly int[] order = new int[Frames];
    private int next;

    public FrameBank(IpFamily family, uint sessions, int seed)
    {
        this.family = family;
        buffers = arena.Allocate<byte>(Frames * Stride);
        draws = arena.Allocate<uint>(Draws);
        Packets = arena.Allocate<Packet>(Vector);
        var random = new Random(seed);
        for (int i = 0; i < Draws; i++) draws[i] = ((uint)random.NextInt64(sessions) << 1) | (uint)random.Next(2);
        for (int i = 0; i < Frames; i++) order[i] = i;
        random.Shuffle(order);
    }

    /// <summary>The vector to be processed, after <see cref="Receive"/>.</summary>
    public Packet* Packets { get; }

    /// <summary>Length of the frames: the shortest that Ethernet and the headers allow.</summary>
    public int FrameLength => family == IpFamily.V4 ? 60 : EthernetHeader.Bytes + Ipv6Header.Bytes + TcpHeader.Bytes;

    /// <summary>The bytes of a frame.</summary>
    public ReadOnlySpan<byte> Frame(int frame) => new(At(frame), FrameLength);

    /// <summary>Goes back to the first draw: the next fill is the same again.</summary>
    public void Rewind() => next = 0;

    /// <summary>Session and direction that the next but <paramref name="ahead"/> frame to be filled belongs to.</summary>
    public (uint Session, bool Reply) Draw(int ahead) => (draws[(next + ahead) % Draws] >> 1, (draws[(next + ahead) % Draws] & 1) != 0);

    /// <summary>Fills all buffers with new packets.</summary>
    public void Fill()
    {
        for (int frame = 0; frame < Frames; frame++)
        {
            uint draw = draws[next];
            next = (next + 1) % Draws;
            replies[frame] = (draw & 1) != 0;
            if (family == IpFamily.V4) Write4(At(frame), CoreFlows.Key4(draw >> 1, (draw & 1) != 0));
            else Write6(At(frame), CoreFlows.Key6(draw >> 1, (draw & 1) != 0));
        }
    }

    /// <summary>Hands over a vector of the filled buffers, as a link's receive does.</summary>
    public void Receive(int vector)
    {
        for (int i = 0; i < Vector; i++)
        {
            // The buffer itself is not touched: its first cache miss belongs to the measurement. The realm is what a link says; here both
            // directions share a vector.
            int frame = (vector * Vector) + i;
            Packets[i] = new Packet
            {
                Data = At(frame),
                Length = FrameLength,
                Realm = replies[frame] ? CoreFlows.OutsideRealm : CoreFlows.InsideRealm,
            };
        }
    }

    public void Dispose() => arena.Dispose();

    private byte* At(int frame) => buffers + ((long)order[frame] * Stride) + DataOffset;

    private static void WriteEthernet(byte* data, ushort etherType)
    {
        *(ulong*)data = EthernetStart;
        *(uint*)(data + 8) = 0x0200_0000;
        *(ushort*)(data + 12) = etherType;
    }

    public static void Write4(byte* data, in FlowKey4 key)
    {
        const int Length = 46;
        WriteEthernet(data, EtherType.Ipv4);
        var ip = (Ipv4Header*)(data + EthernetHeader.Bytes);
        *ip = default;
        ip->VersionAndWords = Ipv4Header.Plain;
        ip->TotalLength = Be16.From(Length);
        ip->FragmentWord = Be16.From(Ipv4Header.DontFragment);
        ip->Ttl = 64;
        ip->Protocol = key.Protocol;
        ip->Addresses = key.Addresses;
        ip->Checksum = (ushort)~Checksum.Fold(ip->PlainSum);
        WriteTransport((byte*)ip, (byte*)(ip + 1), key.Protocol, key.Ports, Length - Ipv4Header.Bytes);
    }

    public static void Write6(byte* data, in FlowKey6 key)
    {
        WriteEthernet(data, EtherType.Ipv6);
        var ip = (Ipv6Header*)(data + EthernetHeader.Bytes);
        *ip = default;
        *(byte*)ip = 0x60;
        ip->PayloadLength = Be16.From(TcpHeader.Bytes);
        ip->NextHeader = key.Protocol;
        ip->HopLimit = 64;
        ip->Source0 = key.Source0;
        ip->Source1 = key.Source1;
        ip->Destination0 = key.Destination0;
        ip->Destination1 = key.Destination1;
        WriteTransport((byte*)ip, (byte*)(ip + 1), key.Protocol, key.Ports, TcpHeader.Bytes);
    }

    private static void WriteTransport(byte* ip, byte* transport, byte protocol, uint ports, int length)
    {
        new Span<byte>(transport, length).Clear();
        *(uint*)transport = ports;
        if (protocol == IpProtocol.Tcp)
        {
            // Sequence, acknowledgement, five words of header, ACK, a window.
            *(uint*)(transport + 4) = 0x0403_0201;
            *(uint*)(transport + 8) = 0x0807_0605;
            transport[12] = 0x50;
            transport[13] = 0x10;
            transport[14] = 0x10;
        }
        else
        {
            ((UdpHeader*)transport)->Length = Be16.From(length);
        }

        TransportChecksum.Write(ip, protocol, transport, length);
    }
}
