using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Packets.Making;
using Xunit;

namespace Sluice.Packets.Tests.Making;

public sealed unsafe class NeighborTests
{
    private static readonly MacAddress Us = MacAddress.Parse(Parsed.Us);
    private static readonly MacAddress Peer = MacAddress.Parse(Parsed.Peer);

    [Fact]
    public void An_ARP_request_is_what_the_builder_makes()
    {
        byte[] expected = PacketBuilder.Arp(1, Us, IpAddress.Parse("10.0.0.1"), default, IpAddress.Parse("10.0.0.5")).Build();
        byte* at = stackalloc byte[ArpHeader.Bytes];
        int length = ArpMessage.WriteRequest(at, Us, IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.5"));
        Assert.Equal(expected, new ReadOnlySpan<byte>(at, length).ToArray());
    }

    [Fact]
    public void An_ARP_reply_says_that_we_hold_the_address()
    {
        byte[] request = PacketBuilder.Arp(1, Peer, IpAddress.Parse("10.0.0.5"), default, IpAddress.Parse("10.0.0.1")).Ethernet("ff:ff:ff:ff:ff:ff", Parsed.Peer).Build();
        byte* at = stackalloc byte[LinkHeader.MaximumBytes + ArpHeader.Bytes];
        fixed (byte* data = request)
        {
            var packet = new Packet { Data = data, Length = request.Length };
            PacketParser.Parse(&packet, in Parsed.Link);
            int length = LinkHeader.Write(at, packet.Arp->SenderMac.Address, Us, EtherType.Arp);
            length += ArpMessage.WriteReply(at + length, &packet, Us);
            byte[] expected = PacketBuilder.Arp(2, Us, IpAddress.Parse("10.0.0.1"), Peer, IpAddress.Parse("10.0.0.5")).Ethernet(Parsed.Peer, Parsed.Us).Build();
            Assert.Equal(expected, new ReadOnlySpan<byte>(at, length).ToArray());
        }
    }

    [Fact]
    public void A_link_header_carries_a_tag()
    {
        byte* at = stackalloc byte[LinkHeader.MaximumBytes];
        Assert.Equal(18, LinkHeader.Write(at, Peer, Us, EtherType.Ipv4, vlanTag: 0x2005));
        Assert.Equal([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0x20, 5, 8, 0], new ReadOnlySpan<byte>(at, 18).ToArray());
    }

    [Fact]
    public void A_solicitation_goes_to_the_group_of_its_target()
    {
        IpAddress target = IpAddress.Parse("2001:db8::12:3456");
        byte* at = stackalloc byte[NeighborMessage.Bytes];
        int length = NeighborMessage.WriteSolicitation(at, Us, IpAddress.Parse("fe80::1"), target);
        byte[] made = new ReadOnlySpan<byte>(at, length).ToArray();
        Assert.Equal(PacketBuilder.Ip("fe80::1", "ff02::1:ff12:3456").NeighborSolicitation(target, Us).Build(), made);
        Assert.Equal("33:33:ff:12:34:56", NeighborMessage.MacOf(NeighborMessage.SolicitedNode(target)).ToString());
        Assert.Equal(PacketKind.NeighborDiscovery, Parsed.Ip(made).Kind);
    }

    [Theory]
    [InlineData("fe80::5", "fe80::5", 0x6000_0000u)]
    [InlineData("::", "ff02::1", 0x2000_0000u)]
    public void A_solicitation_is_answered(string asker, string destination, uint flags)
    {
        IpAddress target = IpAddress.Parse("2001:db8::9");
        byte[] made = MadePacket.About(
            PacketBuilder.Ip(asker, "ff02::1:ff00:9").NeighborSolicitation(target, Peer).Build(),
            (at, _, solicitation) =>
            {
                Assert.True(NeighborMessage.TryReadSolicitation(solicitation, out IpAddress asked));
                Assert.Equal(target, asked);
                int length = NeighborMessage.WriteAdvertisement(at, solicitation, asked, Us, out IpAddress to);
                Assert.Equal(IpAddress.Parse(destination), to);
                return length;
            });
        Assert.Equal(PacketBuilder.Ip("2001:db8::9", destination).NeighborAdvertisement(target, Us, flags).Build(), made);
    }

    [Fact]
    public void Other_messages_are_no_solicitations()
    {
        static int Ask(byte* at, int capacity, Packet* packet) => NeighborMessage.TryReadSolicitation(packet, out _) ? 1 : 0;
        IpAddress one = IpAddress.Parse("2001:db8::9");
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("fe80::5", "ff02::1").NeighborAdvertisement(one, Peer).Build(), Ask));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("fe80::5", "ff02::1").NeighborSolicitation(IpAddress.Parse("ff02::1"), Peer).Build(), Ask));
        Assert.Empty(MadePacket.About(PacketBuilder.Ip("::", "2001:db8::9").NeighborSolicitation(one, Peer).Build(), Ask));
    }
}
