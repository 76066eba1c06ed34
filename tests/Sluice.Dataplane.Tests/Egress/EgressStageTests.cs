using System.Runtime.InteropServices;
using Sluice.Dataplane.Egress;
using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Sluice.Packets;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Dataplane.Tests.Egress;

public sealed unsafe class EgressStageTests
{
    private const LinkCapabilities All = LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation | LinkCapabilities.UdpSegmentation;

    [Theory]
    [InlineData(LinkCapabilities.None, 10, 10)]
    [InlineData(LinkCapabilities.Checksum, 10, 10)]
    [InlineData(LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation, 1, 10)]
    [InlineData(LinkCapabilities.Checksum | LinkCapabilities.UdpSegmentation, 10, 1)]
    [InlineData(LinkCapabilities.TcpSegmentation | LinkCapabilities.UdpSegmentation, 10, 10)]
    [InlineData(All, 1, 1)]
    public void What_the_link_can_do_is_left_to_it(LinkCapabilities capabilities, int tcpPackets, int udpPackets)
    {
        using Bench bench = new(capabilities);
        bench.AddSuper(Bytes.Tcp, 10_000, 1000);
        Assert.Equal(new EgressCounts(tcpPackets, bench.SentBytes(tcpPackets, 54, 10_000), tcpPackets - 1, 0, 0, 0), bench.Send());
        Assert.Equal(tcpPackets, bench.Link.TakeSent().Count);
        bench.AddSuper(Bytes.Udp, 10_000, 1000);
        Assert.Equal(udpPackets, bench.Send().Out);
        Assert.Equal(udpPackets, bench.Link.TakeSent().Count);
    }

    [Fact]
    public void The_order_of_the_packets_stays_and_more_pieces_than_buffers_are_sent_in_rounds()
    {
        using Bench bench = new(LinkCapabilities.None);
        byte[] first = bench.AddPlain(1);
        byte[] super = bench.AddSuper(Bytes.Tcp, 60_000, 200);
        byte[] second = bench.AddPlain(2);
        byte[] other = bench.AddSuper(Bytes.Udp, 1001, 1000);
        EgressCounts counts = bench.Send();
        IReadOnlyList<SentFrame> sent = bench.Link.TakeSent();
        Assert.Equal(1 + 300 + 1 + 2, sent.Count);
        Assert.Equal(counts.Out, sent.Count);
        Assert.Equal(299 + 1, counts.Made);
        Assert.Equal(first, sent[0].Bytes);
        Assert.Equal(second, sent[301].Bytes);
        Pieces.AreRight(super, 40, 200, [.. sent.Skip(1).Take(300).Select(f => f.Bytes[Bytes.Ethernet..])]);
        Pieces.AreRight(other, 28, 1000, [.. sent.Skip(302).Select(f => f.Bytes[Bytes.Ethernet..])]);
    }

    [Fact]
    public void A_long_burst_before_a_super_frame_does_not_mix_its_pieces_up()
    {
        using Bench bench = new(LinkCapabilities.None);
        for (ushort i = 0; i < 250; i++) bench.AddPlain(i);
        byte[] super = bench.AddSuper(Bytes.Tcp, 20_000, 1000);
        Assert.Equal(270, bench.Send().Out);
        Pieces.AreRight(super, 40, 1000, [.. bench.Link.TakeSent().Skip(250).Select(f => f.Bytes[Bytes.Ethernet..])]);
    }

    [Fact]
    public void Pieces_that_the_link_refuses_are_counted_and_the_super_frame_is_forwarded_if_one_was_taken()
    {
        using Bench bench = new(LinkCapabilities.None);
        bench.AddSuper(Bytes.Tcp, 10_000, 1000);
        bench.Link.RefusesNext = 9;
        Assert.Equal(new EgressCounts(1, 1054, 9, 9, 0, 0), bench.Send());
        Assert.Equal(Verdict.Forward, bench.Last->Verdict);
        bench.AddSuper(Bytes.Tcp, 10_000, 1000);
        bench.Link.RefusesNext = 10;
        Assert.Equal(new EgressCounts(0, 0, 9, 10, 0, 0), bench.Send());
        Assert.Equal(Verdict.Drop, bench.Last->Verdict);
        Assert.Equal(DropReason.LinkFull, bench.Last->Reason);
    }

    [Fact]
    public void Refused_packets_of_an_ordinary_burst_are_counted_with_their_bytes()
    {
        using Bench bench = new(LinkCapabilities.None);
        int length = 0;
        for (ushort i = 0; i < 5; i++) length = bench.AddPlain(i).Length;
        bench.Link.RefusesNext = 2;
        Assert.Equal(new EgressCounts(3, 3 * length, 0, 2, 0, 0), bench.Send());
    }

    [Fact]
    public void Offload_fields_that_contradict_the_headers_are_a_drop_and_the_others_go_on()
    {
        using Bench bench = new(LinkCapabilities.None);
        bench.AddPlain(1);
        bench.AddSuper(Bytes.Tcp, 5000, 1000);
        bench.Last->GsoType = 4;
        Packet* wrongKind = bench.Last;
        bench.AddSuper(Bytes.Tcp, 5000, 0);
        bench.AddSuper(Bytes.Udp, 100, 0);
        bench.Last->GsoType = 0;
        bench.Last->ChecksumStart = 60_000;
        bench.AddPlain(2);
        EgressCounts counts = bench.Send();
        Assert.Equal((2, 0, 3), (counts.Out, counts.Made, counts.Malformed));
        Assert.Equal(DropReason.Malformed, wrongKind->Reason);
    }

    [Fact]
    public void Pieces_larger_than_the_link_takes_are_never_written()
    {
        using Bench bench = new(LinkCapabilities.None);
        bench.AddSuper(Bytes.Udp, 20_000, 9000);
        Assert.Equal(9028, SuperFrame.LongestPacket(bench.Last));
        Assert.Equal(new EgressCounts(0, 0, 0, 0, 1, 0), bench.Send());
        Assert.Equal(DropReason.TooBig, bench.Last->Reason);
    }

    [Fact]
    public void The_longest_packet_of_a_super_frame_is_its_headers_and_one_segment()
    {
        using Bench bench = new(All);
        bench.AddSuper(Bytes.Tcp, 10_000, 1460);
        Assert.Equal(1500, SuperFrame.LongestPacket(bench.Last));
        bench.AddSuper(Bytes.Tcp, 100, 1460);
        Assert.Equal(140, SuperFrame.LongestPacket(bench.Last));
        bench.AddPlain(1);
        Assert.Equal(bench.Last->L3Length, SuperFrame.LongestPacket(bench.Last));
        Assert.Equal(LinkCapabilities.None, SuperFrame.Needs(bench.Last));
    }

    [Fact]
    public void Every_random_burst_is_conserved()
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            using Bench bench = new((LinkCapabilities)random.Next(8));
            int given = random.Next(1, 40);
            for (int i = 0; i < given; i++)
            {
                if (random.Next(2) == 0) bench.AddPlain((ushort)i);
                else bench.AddSuper(random.Next(2) == 0 ? Bytes.Tcp : Bytes.Udp, random.Next(1, 20_000), random.Next(0, 1800));
            }

            bench.Link.RefusesNext = random.Next(3) == 0 ? random.Next(100) : 0;
            EgressCounts counts = bench.Send();
            IReadOnlyList<SentFrame> sent = bench.Link.TakeSent();
            Assert.True(given + counts.Made == counts.Out + counts.LinkFull + counts.TooBig + counts.Malformed, $"seed {seed}: {counts} of {given}");
            Assert.True(counts.Out == sent.Count && counts.Bytes == sent.Sum(f => (long)f.Bytes.Length), $"seed {seed}: {counts}");
            Assert.All(sent.Where(f => !f.Offload.PartialChecksum), f => Assert.True(Bytes.ChecksumsAreRight(f.Bytes.AsSpan(Bytes.Ethernet)), $"seed {seed}"));
        }
    }

    [Fact]
    public void Nothing_is_allocated_for_packets()
    {
        using Bench bench = new(LinkCapabilities.None);
        bench.Link.KeepsSent = false;
        Allocations.AssertNone(
            _ => bench.Send(),
            prepare: _ =>
            {
                bench.AddPlain(1);
                bench.AddSuper(Bytes.Tcp, 60_000, 1000);
            });
    }

    /// <summary>A memory link, its egress stage, and packets that are ready to go.</summary>
    private sealed class Bench : IDisposable
    {
        private const int PacketsMax = 300;

        private readonly LinkQueue _queue;
        private readonly EgressStage _stage;
        private readonly Packet* _packets = (Packet*)NativeMemory.AlignedAlloc(PacketsMax * (nuint)sizeof(Packet), 64);
        private readonly Packet** _pointers = (Packet**)NativeMemory.Alloc(PacketsMax, (nuint)sizeof(Packet*));
        private readonly List<nint> _memory = [];
        private int _count;

        public Bench(LinkCapabilities capabilities)
        {
            Link = new MemoryLink("out", mac: new(0x02000000000A), capabilities: capabilities);
            _queue = Link.OpenQueue(0, 1);
            _stage = new EgressStage(Link, _queue);
        }

        public MemoryLink Link { get; }

        /// <summary>The packet added last.</summary>
        public Packet* Last { get; private set; }

        public long SentBytes(int packets, int header, int payload) => (long)packets * header + payload;

        public byte[] AddPlain(ushort port)
        {
            byte[] frame = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, port, 50, partial: false), to: 0x02000000000A);
            Add(frame, default);
            return frame;
        }

        /// <summary>Returns the IP packet.</summary>
        public byte[] AddSuper(byte protocol, int payload, int segment)
        {
            byte[] packet = Bytes.Packet(ipv6: false, protocol, 5000, payload, partial: true);
            Add(Bytes.WithEthernet(packet, to: 0x02000000000A), new FrameOffload(
                protocol == Bytes.Tcp ? (byte)1 : (byte)5, (ushort)segment, 0, PartialChecksum: true, 34, (ushort)(protocol == Bytes.Tcp ? 16 : 6)));
            return packet;
        }

        public EgressCounts Send()
        {
            EgressCounts counts = _stage.Send(_pointers, _count);
            _count = 0;
            return counts;
        }

        public void Dispose()
        {
            _stage.Dispose();
            _queue.Dispose();
            foreach (nint memory in _memory) NativeMemory.Free((void*)memory);
            NativeMemory.AlignedFree(_packets);
            NativeMemory.Free(_pointers);
        }

        private void Add(byte[] frame, FrameOffload offload)
        {
            byte* memory = (byte*)NativeMemory.Alloc((nuint)(Packet.Headroom + frame.Length));
            _memory.Add((nint)memory);
            frame.CopyTo(new Span<byte>(memory + Packet.Headroom, frame.Length));
            Packet* packet = _packets + _count;
            *packet = new Packet { Data = memory + Packet.Headroom, Length = frame.Length };
            offload.ApplyTo(ref *packet);
            PacketParser.Parse(packet, LinkFrame.Ethernet(Link.Mac));
            _pointers[_count++] = Last = packet;
        }
    }
}
