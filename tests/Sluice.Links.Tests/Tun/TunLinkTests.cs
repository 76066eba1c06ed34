using System.Net;
using System.Net.Sockets;
using Sluice.Links.Memory;
using Sluice.Links.Tests.Live;
using Sluice.Links.Tun;
using Sluice.Packets;
using Xunit;

namespace Sluice.Links.Tests.Tun;

public sealed unsafe class TunLinkTests
{
    private static readonly IPEndPoint Remote = new(IPAddress.Parse("10.0.0.2"), 5000);

    [Fact]
    public void The_host_and_the_link_exchange_packets()
    {
        Root.Required();
        using NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        using TunLink link = new("t", "t0", mtu: 1400, networkNamespace: host.Path);
        using LinkQueue queue = link.OpenQueue(0, 1);
        AddAddress(host);
        Assert.False(link.HasEthernet);
        Assert.Equal(1400, link.Mtu);
        Assert.NotEqual(0, link.InterfaceIndex);
        Assert.Contains("mtu 1400", host.Run(() => VethPair.Command("ip", "link", "show", "t0")), StringComparison.Ordinal);

        using Socket socket = OpenUdp(host);
        for (int i = 0; i < 300; i++) socket.SendTo(new byte[i], Remote);
        List<(byte[] Bytes, FrameOffload Offload)> received = Traffic.Receive(queue, 300, FromSocket);
        Assert.Equal(300, received.Count);
        for (int i = 0; i < 300; i++) Assert.Equal(28 + i, received[i].Bytes.Length);

        byte[] answer = Bytes.Packet(ipv6: false, Bytes.Udp, 5000, 33, partial: false);
        Assert.Equal(DropReason.None, Traffic.Send(queue, answer));
        byte[] buffer = new byte[100];
        Assert.Equal(33, socket.Receive(buffer));
        Assert.Equal(answer[28..], buffer[..33]);
        Assert.Equal(1ul, queue.Statistics.Sent);
    }

    [Fact]
    public void Super_frames_cross_whole_in_both_directions()
    {
        Root.Required();
        using NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        using TunLink link = new("t", "t0", networkNamespace: host.Path);
        using LinkQueue queue = link.OpenQueue(0, 1);
        AddAddress(host);
        using Socket socket = OpenUdp(host);
        // UDP_SEGMENT (linux/udp.h): the socket hands over many datagrams as one.
        socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(1000));
        socket.SendTo(new byte[20_000], Remote);
        (byte[] bytes, FrameOffload offload) = Assert.Single(Traffic.Receive(queue, 1, FromSocket));
        Assert.Equal(20_028, bytes.Length);
        Assert.Equal(5, offload.GsoType);
        Assert.Equal(1000, offload.GsoSize);
        Assert.True(offload.PartialChecksum);
        Assert.Equal(20, offload.ChecksumStart);

        byte[] super = Bytes.Packet(ipv6: false, Bytes.Udp, 5000, 5000, partial: true);
        Assert.Equal(DropReason.None, Traffic.Send(queue, super, new FrameOffload(5, 1000, 28, PartialChecksum: true, 20, 6)));
        byte[] buffer = new byte[8000];
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(1000, socket.Receive(buffer));
            Assert.Equal(super.AsSpan(28 + i * 1000, 1000), buffer.AsSpan(0, 1000));
        }
    }

    [Fact]
    public void A_packet_that_the_kernel_refuses_is_dropped_alone()
    {
        Root.Required();
        using NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        using TunLink link = new("t", "t0", networkNamespace: host.Path);
        using LinkQueue queue = link.OpenQueue(0, 1);
        byte[] garbage = [0x00, 1, 2, 3];
        Assert.Equal(DropReason.LinkFull, Traffic.Send(queue, garbage));
        Assert.Equal(DropReason.None, Traffic.Send(queue, Bytes.Packet(ipv6: true, Bytes.Udp, 1, 5, partial: false)));
        Assert.Equal(1ul, queue.Statistics.Refused);
    }

    [Fact]
    public void Two_workers_have_a_queue_each_and_every_packet_comes_once()
    {
        Root.Required();
        using NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        using Link link = LinkDrivers.Open(new LinkRequest("t", "tun") { Device = "t0", NetworkNamespace = host.Path, Workers = 2 });
        using LinkQueue first = link.OpenQueue(0, 2);
        using LinkQueue second = link.OpenQueue(1, 2);
        AddAddress(host);
        for (int i = 0; i < 64; i++)
        {
            using Socket socket = host.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.SendTo(new byte[10], Remote);
        }

        List<(byte[] Bytes, FrameOffload Offload)>[] received = Traffic.Receive([first, second], 64, FromSocket);
        Assert.Equal(64, received[0].Count + received[1].Count);
        Assert.InRange(received[0].Count, 1, 63);
    }

    [Fact]
    public void The_device_goes_away_with_the_link_and_a_poller_does_not_spin_on_one_that_was_taken_away()
    {
        Root.Required();
        using NetworkNamespace host = NetworkNamespace.CreateAnonymous();
        using (TunLink link = new("t", "t0", networkNamespace: host.Path))
        {
            using LinkQueue queue = link.OpenQueue(0, 1);
            host.Run(() => VethPair.Command("ip", "link", "del", "t0"));
            using Poller poller = new([queue]);
            Packet packet;
            poller.Wait(0);
            Assert.Equal(0, queue.Receive(&packet, 1));
            Assert.False(poller.Wait(20));
            Assert.Equal(DropReason.LinkFull, Traffic.Send(queue, Bytes.Packet(ipv6: false, Bytes.Udp, 1, 5, partial: false)));
        }

        using (TunLink again = new("t", "t0", networkNamespace: host.Path)) Assert.NotEqual(0, again.InterfaceIndex);

        // A program that another test is just starting holds a copy of the descriptor for a moment.
        Waiting.Until(() => !host.Run(() => VethPair.Command("ip", "link", "show")).Contains("t0", StringComparison.Ordinal), "the device was gone");
    }

    [Fact]
    public void A_name_that_is_taken_is_said_in_one_line()
    {
        Root.Required();
        using VethPair pair = new();
        LinkException taken = Assert.Throws<LinkException>(() => new TunLink("t", VethPair.Near, networkNamespace: pair.NearSide.Path));
        Assert.Contains(VethPair.Near, taken.Message, StringComparison.Ordinal);
        using TunLink link = new("t", "t0", networkNamespace: pair.NearSide.Path);
        LinkException busy = Assert.Throws<LinkException>(() => new TunLink("t", "t0", networkNamespace: pair.NearSide.Path));
        Assert.Contains("in use", busy.Message, StringComparison.Ordinal);
    }

    private static void AddAddress(NetworkNamespace host) =>
        host.Run(() => VethPair.Command("ip", "addr", "add", "10.0.0.1/24", "dev", "t0"));

    private static Socket OpenUdp(NetworkNamespace host) => host.Run(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Waiting.PatienceMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9));
        return socket;
    });

    // The kernel's own router solicitations come by the same way.
    private static bool FromSocket(byte[] packet) => packet[0] >> 4 == 4 && packet[9] == Bytes.Udp;
}
