using System.Buffers.Binary;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Packets.Tests.Parsing;

public sealed unsafe class PacketPortsTests
{
    private static (int Source, int Destination) Ports(byte[] bytes, bool quoted = false)
    {
        fixed (byte* data = bytes)
        {
            var packet = new Packet { Data = data, Length = bytes.Length };
            PacketParser.Parse(&packet, LinkFrame.Raw);
            uint ports = 0;
            if (!quoted) ports = PacketPorts.Of(&packet);
            else if (!PacketPorts.TryOfQuoted(&packet, out ports)) return (-1, -1);
            uint swapped = BinaryPrimitives.ReverseEndianness(ports);
            return ((int)(swapped >> 16), (int)(swapped & 0xFFFF));
        }
    }

    [Fact]
    public void Tcp_and_udp_have_their_ports()
    {
        Assert.Equal((5000, 80), Ports(PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(5000, 80).Build()));
        Assert.Equal((5000, 53), Ports(PacketBuilder.Ip("2001:db8::1", "2001:db8::2").Udp(5000, 53).Build()));
    }

    [Fact]
    public void An_identifier_stands_on_the_end_of_the_one_who_asks()
    {
        PacketBuilder Ip4() => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");
        PacketBuilder Ip6() => PacketBuilder.Ip("2001:db8::1", "2001:db8::2");
        Assert.Equal((700, 0), Ports(Ip4().Echo(700).Build()));
        Assert.Equal((0, 700), Ports(Ip4().Echo(700, reply: true).Build()));
        Assert.Equal((700, 0), Ports(Ip4().Icmp(13, 0, 700u << 16).Build()));
        Assert.Equal((0, 700), Ports(Ip4().Icmp(14, 0, 700u << 16).Build()));
        Assert.Equal((700, 0), Ports(Ip6().Echo(700).Build()));
        Assert.Equal((0, 700), Ports(Ip6().Echo(700, reply: true).Build()));
    }

    [Fact]
    public void A_quoted_packet_has_the_ports_that_it_carried()
    {
        PacketBuilder Ip4() => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");
        PacketBuilder Ip6() => PacketBuilder.Ip("2001:db8::1", "2001:db8::2");
        Assert.Equal((5000, 80), Ports(Ip4().Error(3, 1, Ip4().Tcp(5000, 80).Build()).Build(), quoted: true));
        Assert.Equal((700, 0), Ports(Ip4().Error(3, 1, Ip4().Echo(700).Build()).Build(), quoted: true));
        Assert.Equal((0, 700), Ports(Ip6().Error(1, 1, Ip6().Echo(700, reply: true).Build()).Build(), quoted: true));
    }

    [Fact]
    public void A_quoted_error_has_no_ports()
    {
        PacketBuilder Ip4() => PacketBuilder.Ip("10.0.0.5", "198.51.100.7");
        byte[] inner = Ip4().Error(3, 1, Ip4().Tcp(5000, 80).Build()).Build();
        Assert.Equal((-1, -1), Ports(Ip4().Error(3, 1, inner).Build(), quoted: true));
        Assert.Equal((-1, -1), Ports(Ip4().Error(3, 1, Ip4().Protocol(47).Payload(12).Build()).Build(), quoted: true));
    }
}
