using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Packets.Building;
using Sluice.Packets.Offload;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Checksums and segments that a sender leaves to hardware, through the whole engine, to links that can and links that can't.</summary>
public sealed class OffloadTests
{
    private const LinkCapabilities All = LinkCapabilities.Checksum | LinkCapabilities.TcpSegmentation | LinkCapabilities.UdpSegmentation;

    [Fact]
    public void A_datagram_without_checksum_stays_without()
    {
        using var rig = new Rig(Net.Masquerade());
        rig.In("vpc1", PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:53 udp nochecksum len 4"));
        Assert.Equal(0, BitConverter.ToUInt16(rig.Frames.Single(), 14 + 20 + 6));
    }

    [Theory]
    [InlineData(LinkCapabilities.None)]
    [InlineData(All)]
    public void A_partial_checksum_is_finished_or_left_to_the_link(LinkCapabilities capabilities)
    {
        using var rig = new Rig(Net.Masquerade(), capabilities: capabilities);
        rig.Put("vpc1", rig.FrameOf("vpc1", PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:53 udp len 40").WithPartialChecksum()), Partial(6));
        string line = Assert.Single(rig.Work());
        FrameOffload left = rig.Offloads.Single();
        Assert.Equal(capabilities == All, left.PartialChecksum);
        if (capabilities == All)
        {
            // What the link finishes is right.
            byte[] finished = rig.Frames.Single();
            Finish(finished, left);
            line = $"vpc2 {PacketText.Describe(finished, hasEthernet: true)}";
        }

        Assert.Equal("vpc2 203.0.113.1:5000 > 192.168.50.2:53 udp len 40 ttl 63", line);
    }

    [Fact]
    public void An_error_quotes_a_finished_checksum()
    {
        const string Packet = "10.0.0.2:5000 > 192.168.50.2:53 udp len 40 ttl 1";
        using var rig = new Rig(Net.Masquerade());
        byte[] finished = rig.FrameOf("vpc1", PacketScript.Parse(Packet));
        rig.Put("vpc1", rig.FrameOf("vpc1", PacketScript.Parse(Packet).WithPartialChecksum()), Partial(6));
        Assert.Single(rig.Work());
        const int Field = 14 + 20 + 6, Quoted = 20 + 8;
        Assert.Equal(finished[Field..(Field + 2)], rig.Frames.Single()[(Field + Quoted)..(Field + Quoted + 2)]);
    }

    [Theory]
    [InlineData(LinkCapabilities.None, 3)]
    [InlineData(All, 1)]
    public void A_super_frame_is_cut_or_passed_on_whole(LinkCapabilities capabilities, int frames)
    {
        using var rig = new Rig(Net.Masquerade(), capabilities: capabilities);
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 tcp S seq 99
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp S
            """);
        PacketBuilder super = PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 100 ack 1 len 3500").WithPartialChecksum();
        rig.Put("vpc1", rig.FrameOf("vpc1", super), Partial(16) with { GsoType = GsoKind.Tcp4, GsoSize = 1400, HeaderLength = 54 });
        string[] lines = rig.Work();
        Assert.Equal(frames, lines.Length);
        Assert.All(lines, static line => Assert.StartsWith("vpc2 203.0.113.1:5000 > 192.168.50.2:80 tcp A len", line, StringComparison.Ordinal));
        DataplaneCounters counters = rig.Engine.Counters();
        Assert.Equal((2UL, (ulong)frames - 1, (ulong)frames + 1), (counters.In, counters.Made, counters.Out));
        if (frames == 1) Assert.Equal((GsoKind.Tcp4, (ushort)1400), (rig.Offloads.Single().GsoType, rig.Offloads.Single().GsoSize));
        else Assert.DoesNotContain(lines, static line => line.Contains("bad", StringComparison.Ordinal));
    }

    [Fact]
    public void A_super_frame_whose_segments_are_too_long_is_refused_and_its_sender_told()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2", ", mtu: 1300")],
            [$"vpc1: {Net.Plain("10.0.0.0/24")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        PacketBuilder super = PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:80 tcp A seq 100 ack 1 len 3500 df").WithPartialChecksum();
        rig.Put("vpc1", rig.FrameOf("vpc1", super), Partial(16) with { GsoType = GsoKind.Tcp4, GsoSize = 1400, HeaderLength = 54 });
        Assert.StartsWith("vpc1 10.0.0.1 > 10.0.0.2 icmp too big mtu 1300", Assert.Single(rig.Work()), StringComparison.Ordinal);
        Assert.Equal(["drop TooBig"], rig.TakeVerdicts());
    }

    [Fact]
    public void A_super_frame_goes_from_ethernet_to_bare_ip()
    {
        using var rig = new Rig(Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Tun("vpc2", "192.168.50.1/24")],
            [$"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}"]));
        new Play(rig).Run("""
            vpc1 10.0.0.2:5000 > 192.168.50.2:80 udp
              = vpc2 203.0.113.1:5000 > 192.168.50.2:80 udp
            """);
        PacketBuilder super = PacketScript.Parse("10.0.0.2:5000 > 192.168.50.2:80 udp len 2900").WithPartialChecksum();
        rig.Put("vpc1", rig.FrameOf("vpc1", super), Partial(6) with { GsoType = GsoKind.Udp, GsoSize = 1000, HeaderLength = 42 });
        Assert.Equal(
            [
                "vpc2 203.0.113.1:5000 > 192.168.50.2:80 udp len 1000 ttl 63",
                "vpc2 203.0.113.1:5000 > 192.168.50.2:80 udp len 1000 ttl 63",
                "vpc2 203.0.113.1:5000 > 192.168.50.2:80 udp len 900 ttl 63",
            ],
            rig.Work());
    }

    private static FrameOffload Partial(ushort field) => new(PartialChecksum: true, ChecksumStart: 34, ChecksumOffset: field);

    private static unsafe void Finish(byte[] frame, FrameOffload offload)
    {
        fixed (byte* data = frame)
        {
            var packet = new Packet { Data = data, Length = frame.Length };
            offload.ApplyTo(ref packet);
            PacketParser.Parse(&packet, LinkFrame.Ethernet(Packets.Addresses.MacAddress.FromBytes(frame)));
            Assert.True(PartialChecksum.TryComplete(&packet));
        }
    }
}
