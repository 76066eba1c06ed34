using System.Buffers.Binary;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Links.Tests.Memory;

public sealed unsafe class MemoryLinkTests
{
    [Fact]
    public void What_is_injected_is_received_in_order_with_headroom_and_offload_fields()
    {
        using MemoryLink link = new("a");
        using LinkQueue queue = link.OpenQueue(0, 1);
        FrameOffload offload = new(GsoType: 1, GsoSize: 1448, HeaderLength: 54, PartialChecksum: true, ChecksumStart: 34, ChecksumOffset: 16, VlanTag: 7);
        link.Inject([1, 2, 3], offload);
        link.Inject(new byte[70_000]);

        Packet* packets = stackalloc Packet[4];
        packets[0].Session = 9;
        Assert.Equal(2, queue.Receive(packets, 4));
        Assert.Equal([1, 2, 3], new Span<byte>(packets[0].Data, packets[0].Length).ToArray());
        Assert.Equal(offload, FrameOffload.Of(packets[0]));
        Assert.Equal(Packet.NoSession, packets[0].Session);
        Assert.Equal(70_000, packets[1].Length);
        Assert.Equal(PacketFlags.None, packets[1].Flags);
        for (int i = 0; i < 2; i++) new Span<byte>(packets[i].Data - Packet.Headroom, Packet.Headroom).Fill(0xEE);
        Assert.Equal(1, packets[0].Data[0]);
        queue.Release();
        Assert.Equal(2ul, queue.Statistics.Received);
        Assert.Equal(0, link.Pending);
    }

    [Fact]
    public void Sent_frames_are_copies()
    {
        using MemoryLink link = new("a", ethernet: false);
        using LinkQueue queue = link.OpenQueue(0, 1);
        byte* bytes = stackalloc byte[2] { 5, 6 };
        Packet packet = new() { Data = bytes, Length = 2 };
        Packet* pointer = &packet;
        Assert.Equal(1, queue.Send(&pointer, 1));
        bytes[0] = 0;
        SentFrame frame = Assert.Single(link.TakeSent());
        Assert.Equal([5, 6], frame.Bytes);
        Assert.Empty(link.TakeSent());
        Assert.Equal(default, link.Mac);
    }

    [Fact]
    public void A_packet_that_asks_for_more_than_the_link_can_is_refused_and_the_others_go_on()
    {
        using MemoryLink link = new("a", capabilities: LinkCapabilities.Checksum);
        using LinkQueue queue = link.OpenQueue(0, 1);
        byte* bytes = stackalloc byte[2];
        Packet* packets = stackalloc Packet[3];
        Packet** pointers = stackalloc Packet*[3];
        for (int i = 0; i < 3; i++)
        {
            packets[i] = new Packet { Data = bytes, Length = 2, Flags = PacketFlags.PartialChecksum };
            pointers[i] = &packets[i];
        }

        packets[1].GsoType = 1;
        Assert.Equal(2, queue.Send(pointers, 3));
        Assert.Equal(DropReason.LinkFull, packets[1].Reason);
        Assert.Equal(Verdict.Drop, packets[1].Verdict);
        Assert.Equal(Verdict.None, packets[2].Verdict);
        link.RefusesNext = 1;
        Assert.Equal(1, queue.Send(pointers + 2, 1) + queue.Send(pointers, 1));
        Assert.Equal(new LinkStatistics(0, 3, 2, 0), queue.Statistics);
    }

    [Fact]
    public void Frames_are_spread_by_flow_and_a_flow_keeps_its_worker_and_its_order()
    {
        using MemoryLink link = new("a", ethernet: false);
        using LinkQueue first = link.OpenQueue(0, 2);
        using LinkQueue second = link.OpenQueue(1, 2);
        for (ushort round = 0; round < 4; round++)
            for (ushort port = 0; port < 64; port++) link.Inject(UdpPacket(port, round));

        Packet* packets = stackalloc Packet[256];
        HashSet<ushort>[] ports = [[], []];
        LinkQueue[] queues = [first, second];
        for (int worker = 0; worker < 2; worker++)
        {
            int count = queues[worker].Receive(packets, 256);
            Dictionary<ushort, ushort> next = [];
            for (int i = 0; i < count; i++)
            {
                ushort port = BinaryPrimitives.ReadUInt16BigEndian(new Span<byte>(packets[i].Data + 20, 2));
                ushort round = BinaryPrimitives.ReadUInt16BigEndian(new Span<byte>(packets[i].Data + 4, 2));
                Assert.Equal(next.GetValueOrDefault(port), round);
                next[port] = (ushort)(round + 1);
                ports[worker].Add(port);
            }
        }

        Assert.Empty(ports[0].Intersect(ports[1]));
        Assert.Equal(64, ports[0].Count + ports[1].Count);
        Assert.InRange(ports[0].Count, 16, 48);
    }

    [Fact]
    public void All_fragments_of_a_packet_go_to_one_worker()
    {
        using MemoryLink link = new("a", ethernet: false);
        using LinkQueue first = link.OpenQueue(0, 8);
        for (int worker = 1; worker < 8; worker++) link.OpenQueue(worker, 8).Dispose();
        byte[] start = UdpPacket(1000, 1);
        start[6] = 0x20;
        byte[] later = UdpPacket(77, 1);
        later[7] = 1;
        for (int worker = 0; worker < 8; worker++)
        {
            bool takesFirst = FlowSpread.WorkerOf(start, hasEthernet: false, 8) == worker;
            Assert.Equal(takesFirst, FlowSpread.WorkerOf(later, hasEthernet: false, 8) == worker);
        }
    }

    [Fact]
    public void A_burst_larger_than_the_buffers_waits_for_the_release()
    {
        using MemoryLink link = new("a", mac: MacAddress.Parse("02:00:00:00:00:09"));
        using LinkQueue queue = link.OpenQueue(0, 1);
        for (int i = 0; i < 700; i++) link.Inject([(byte)i]);
        Packet* packets = stackalloc Packet[700];
        int received = queue.Receive(packets, 700);
        Assert.InRange(received, 256, 699);
        Assert.Equal(0, queue.Receive(packets, 700));
        queue.Release();
        Assert.Equal(700 - received, queue.Receive(packets, 700));
    }

    private static byte[] UdpPacket(ushort sourcePort, ushort identification)
    {
        byte[] packet = new byte[28];
        packet[0] = 0x45;
        packet[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), 0x0A000002);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 0xC6336401);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), 53);
        return packet;
    }
}
