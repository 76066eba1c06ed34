using System.Net;
using System.Net.Sockets;
using Sluice.Links.AfPacket;
using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Links.Tests.AfPacket;

public sealed unsafe class AfPacketLinkTests
{
    [Fact]
    public void Frames_cross_in_both_directions_byte_for_byte()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        Assert.Equal(MacAddress.Parse("02:00:00:00:00:0a"), near.Mac);
        Assert.Equal(1500, near.Mtu);
        Assert.True(near.HasEthernet);
        Assert.NotEqual(0, near.InterfaceIndex);

        foreach ((LinkQueue from, LinkQueue to) in new[] { (nearQueue, farQueue), (farQueue, nearQueue) })
        {
            byte[][] sent = [.. Enumerable.Range(0, 600).Select(i => Bytes.WithEthernet(Bytes.Packet(i % 2 == 1, Bytes.Udp, (ushort)(5000 + i), i * 2, partial: false)))];
            foreach (byte[] frame in sent) Assert.Equal(DropReason.None, Traffic.Send(from, frame));
            List<(byte[] Bytes, FrameOffload Offload)> received = Traffic.Receive(to, sent.Length);
            Assert.Equal(sent.Length, received.Count);
            for (int i = 0; i < sent.Length; i++)
            {
                Assert.Equal(sent[i], received[i].Bytes);
                Assert.False(received[i].Offload.PartialChecksum);
            }
        }

        Assert.Equal(new LinkStatistics(600, 600, 0, 0), nearQueue.Statistics);
    }

    [Theory]
    [InlineData(false, Bytes.Tcp, 1)]
    [InlineData(true, Bytes.Tcp, 4)]
    [InlineData(false, Bytes.Udp, 5)]
    [InlineData(true, Bytes.Udp, 5)]
    public void Super_frames_and_partial_checksums_pass_whole(bool ipv6, byte protocol, byte gsoType)
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        ushort start = (ushort)(Bytes.Ethernet + (ipv6 ? 40 : 20));
        FrameOffload offload = new(gsoType, 1000, (ushort)(start + 20), PartialChecksum: true, start, (ushort)(protocol == Bytes.Tcp ? 16 : 6));
        byte[] packet = Bytes.Packet(ipv6, protocol, 5000, 60_000, partial: true);
        byte[] frame = Bytes.WithEthernet(packet);

        // More than the arena of large frames holds at once: the rest waits for the release.
        for (int i = 0; i < 100; i++) Assert.Equal(DropReason.None, Traffic.Send(nearQueue, frame, offload));
        List<(byte[] Bytes, FrameOffload Offload)> received = Traffic.Receive(farQueue, 100);
        Assert.Equal(100, received.Count);
        Assert.All(received, r =>
        {
            Assert.Equal(frame, r.Bytes);
            Assert.Equal(gsoType, r.Offload.GsoType);
            Assert.Equal(1000, r.Offload.GsoSize);
            Assert.True(r.Offload.PartialChecksum);
            Assert.Equal(start, r.Offload.ChecksumStart);
            Assert.Equal(offload.ChecksumOffset, r.Offload.ChecksumOffset);
        });
    }

    [Fact]
    public void A_vlan_tag_is_told_beside_the_frame_that_the_kernel_took_it_off()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        byte[] untagged = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, 5, 30, partial: false));
        byte[] tagged = [.. untagged[..12], 0x81, 0x00, 0x60, 0x2A, .. untagged[12..]];
        Assert.Equal(DropReason.None, Traffic.Send(nearQueue, tagged));
        Assert.Equal(DropReason.None, Traffic.Send(nearQueue, untagged));
        List<(byte[] Bytes, FrameOffload Offload)> received = Traffic.Receive(farQueue, 2);
        Assert.Equal(2, received.Count);
        Assert.Equal(0x602A, received[0].Offload.VlanTag);
        Assert.Equal(0, received[1].Offload.VlanTag);
        Assert.All(received, r => Assert.Equal(untagged, r.Bytes));
    }

    [Fact]
    public void A_frame_that_the_kernel_refuses_is_dropped_alone()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        byte[] room = new byte[5 * 4096];
        fixed (byte* memory = room)
        {
            Packet* packets = stackalloc Packet[5];
            Packet** pointers = stackalloc Packet*[5];
            for (int i = 0; i < 5; i++)
            {
                byte[] frame = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, (ushort)i, i is 1 or 4 ? 2000 : 100, partial: false));
                byte* data = memory + i * 4096 + 128;
                frame.CopyTo(new Span<byte>(data, frame.Length));
                packets[i] = new Packet { Data = data, Length = frame.Length };
                pointers[i] = &packets[i];
            }

            Assert.Equal(3, nearQueue.Send(pointers, 5));
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(i is 1 or 4 ? DropReason.LinkFull : DropReason.None, packets[i].Reason);
                Assert.Equal(i is 1 or 4 ? Verdict.Drop : Verdict.None, packets[i].Verdict);
            }
        }

        Assert.Equal(3, Traffic.Receive(farQueue, 3).Count);
        Assert.Equal(new LinkStatistics(0, 3, 2, 0), nearQueue.Statistics);
    }

    [Fact]
    public void Frames_that_found_the_ring_full_are_counted_as_lost()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        using LinkQueue witness = far.OpenQueue(0, 1);
        byte[] frame = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, 1, 10, partial: false));
        const int Total = ReceiveRing.SlotCount + 500;
        for (int i = 1; i <= Total; i++)
        {
            Assert.Equal(DropReason.None, Traffic.Send(nearQueue, frame));

            // The way to the rings has a queue of its own, of 1,000 packets, which a busy processor may be late to serve.
            if (i % 500 == 0) Assert.Equal(500, Traffic.Receive(witness, 500).Count);
        }

        Waiting.Until(() => farQueue.Statistics.Lost == 500, "what the ring had no room for was counted");
        int received = Traffic.Receive(farQueue, ReceiveRing.SlotCount).Count;
        Assert.Equal(ReceiveRing.SlotCount, received);
        Assert.Equal((ulong)(Total - received), farQueue.Statistics.Lost);
        Assert.Equal((ulong)(Total - received), farQueue.Statistics.Lost);
    }

    [Fact]
    public void What_the_kernel_itself_sends_out_of_the_interface_is_not_received_but_its_peer_gets_it_with_a_partial_checksum()
    {
        Root.Required();
        using VethPair pair = new();
        pair.NearSide.Run(() => VethPair.Command("ip", "addr", "add", "10.0.0.2/24", "dev", VethPair.Near));
        pair.NearSide.Run(() => VethPair.Command("ip", "neigh", "add", "10.0.0.1", "lladdr", "02:00:00:00:00:0b", "dev", VethPair.Near, "nud", "permanent"));
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue first = near.OpenQueue(0, 2);
        using LinkQueue second = near.OpenQueue(1, 2);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        using Socket socket = pair.NearSide.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        for (int i = 0; i < 20; i++) socket.SendTo(new byte[100], new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9));

        List<(byte[] Bytes, FrameOffload Offload)> received = Traffic.Receive(farQueue, 20, b => b[23] == Bytes.Udp);
        Assert.Equal(20, received.Count);
        Assert.All(received, r =>
        {
            Assert.True(r.Offload.PartialChecksum);
            Assert.Equal(34, r.Offload.ChecksumStart);
            Assert.Equal(6, r.Offload.ChecksumOffset);
        });
        Packet* packets = stackalloc Packet[4];
        Assert.Equal(0, first.Receive(packets, 4));
        Assert.Equal(0, second.Receive(packets, 4));
    }

    [Fact]
    public void Two_workers_share_the_flows_and_none_is_received_twice()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue sender = near.OpenQueue(0, 1);
        using LinkQueue first = far.OpenQueue(0, 2);
        using LinkQueue second = far.OpenQueue(1, 2);
        for (int round = 0; round < 5; round++)
            for (ushort port = 1000; port < 1128; port++)
                Traffic.Send(sender, Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, port, 20 + round, partial: false)));

        List<(byte[] Bytes, FrameOffload Offload)>[] received = Traffic.Receive([first, second], 640);
        Assert.Equal(640, received[0].Count + received[1].Count);
        HashSet<int> onePorts = [.. received[0].Select(r => r.Bytes[34] << 8 | r.Bytes[35])];
        HashSet<int> twoPorts = [.. received[1].Select(r => r.Bytes[34] << 8 | r.Bytes[35])];
        Assert.Empty(onePorts.Intersect(twoPorts));
        Assert.Equal(128, onePorts.Count + twoPorts.Count);
        Assert.InRange(onePorts.Count, 20, 108);
        Assert.Equal(0ul, first.Statistics.Lost + second.Statistics.Lost);
    }

    [Fact]
    public void A_missing_interface_and_one_that_is_down_are_said_in_one_line_with_the_remedy()
    {
        Root.Required();
        using VethPair pair = new();
        LinkException missing = Assert.Throws<LinkException>(() => new AfPacketLink("vpc1", "eth77", networkNamespace: pair.NearSide.Path));
        Assert.Contains("eth77", missing.Message, StringComparison.Ordinal);
        Assert.Contains("ip link add", missing.Message, StringComparison.Ordinal);
        pair.NearSide.Run(() => VethPair.Command("ip", "link", "set", VethPair.Near, "down"));
        LinkException down = Assert.Throws<LinkException>(() => new AfPacketLink("vpc1", VethPair.Near, networkNamespace: pair.NearSide.Path));
        Assert.Contains("ip link set near up", down.Message, StringComparison.Ordinal);
        pair.NearSide.Run(() => VethPair.Command("ip", "link", "set", VethPair.Near, "up"));
        LinkException large = Assert.Throws<LinkException>(() => new AfPacketLink("vpc1", VethPair.Near, mtu: 9000, networkNamespace: pair.NearSide.Path));
        Assert.Contains("9000", large.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', missing.Message + down.Message + large.Message);
    }

    [Fact]
    public void An_interface_that_goes_down_and_up_again_ends_no_wait_for_ever_and_receives_again()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        byte[] frame = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, 1, 10, partial: false));
        pair.NearSide.Run(() => VethPair.Command("ip", "link", "set", VethPair.Near, "down"));
        Assert.Equal(DropReason.LinkFull, Traffic.Send(nearQueue, frame));
        using (Poller poller = new([nearQueue]))
        {
            poller.Wait(0);
            Assert.False(poller.Wait(20));
        }

        pair.NearSide.Run(() => VethPair.Command("ip", "link", "set", VethPair.Near, "up"));
        pair.UntilUp();
        Assert.Equal(DropReason.None, Traffic.Send(farQueue, frame));
        Assert.NotEmpty(Traffic.Receive(nearQueue, 1, b => b.AsSpan().SequenceEqual(frame)));
    }

    [Fact]
    public void Nothing_is_allocated_for_packets()
    {
        Root.Required();
        using VethPair pair = new();
        using AfPacketLink near = new("near", VethPair.Near, networkNamespace: pair.NearSide.Path);
        using AfPacketLink far = new("far", VethPair.Far, networkNamespace: pair.FarSide.Path);
        using LinkQueue nearQueue = near.OpenQueue(0, 1);
        using LinkQueue farQueue = far.OpenQueue(0, 1);
        using Poller poller = new([farQueue]);
        byte[] frame = Bytes.WithEthernet(Bytes.Packet(ipv6: false, Bytes.Udp, 1, 10, partial: false));
        byte* memory = stackalloc byte[256 + frame.Length];
        Packet* packets = stackalloc Packet[64];
        Packet** pointers = stackalloc Packet*[64];
        frame.CopyTo(new Span<byte>(memory + 128, frame.Length));
        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < 64; i++)
            {
                packets[i] = new Packet { Data = memory + 128, Length = frame.Length };
                pointers[i] = &packets[i];
            }

            int sent = nearQueue.Send(pointers, 64);
            int received = 0;
            while (received < 64 && poller.Wait(30_000))
            {
                received += farQueue.Receive(packets, 64);
                farQueue.Release();
            }

            if ((sent, received) != (64, 64)) Assert.Fail($"sent {sent}, received {received}");
        });
    }
}
