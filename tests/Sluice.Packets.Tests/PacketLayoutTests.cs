using System.Runtime.InteropServices;
using Sluice.Packets.Headers;
using Xunit;

namespace Sluice.Packets.Tests;

public sealed unsafe class PacketLayoutTests
{
    [Fact]
    public void A_packet_is_one_cache_line() => Assert.Equal(64, sizeof(Packet));

    [Theory]
    [InlineData(nameof(Packet.Data), 0)]
    [InlineData(nameof(Packet.Length), 8)]
    [InlineData(nameof(Packet.L3), 12)]
    [InlineData(nameof(Packet.L4), 14)]
    [InlineData(nameof(Packet.GsoType), 16)]
    [InlineData(nameof(Packet.Flags), 17)]
    [InlineData(nameof(Packet.GsoSize), 18)]
    [InlineData(nameof(Packet.HeaderLength), 20)]
    [InlineData(nameof(Packet.ChecksumStart), 22)]
    [InlineData(nameof(Packet.ChecksumOffset), 24)]
    [InlineData(nameof(Packet.Kind), 26)]
    [InlineData(nameof(Packet.Protocol), 27)]
    [InlineData(nameof(Packet.TcpFlags), 28)]
    [InlineData(nameof(Packet.Verdict), 29)]
    [InlineData(nameof(Packet.Reason), 30)]
    [InlineData(nameof(Packet.Ttl), 31)]
    [InlineData(nameof(Packet.Realm), 32)]
    [InlineData(nameof(Packet.Link), 34)]
    [InlineData(nameof(Packet.OutLink), 36)]
    [InlineData(nameof(Packet.VlanTag), 38)]
    [InlineData(nameof(Packet.Session), 40)]
    [InlineData(nameof(Packet.L3Length), 44)]
    [InlineData(nameof(Packet.QuotedL3), 48)]
    [InlineData(nameof(Packet.FragmentHeader), 48)]
    [InlineData(nameof(Packet.QuotedL4), 50)]
    [InlineData(nameof(Packet.QuotedProtocol), 52)]
    [InlineData(nameof(Packet.Handle), 56)]
    public void Its_fields_lie_where_the_layout_says(string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf<Packet>(field));

    [Fact]
    public void Headers_have_their_lengths_on_the_wire()
    {
        Assert.Equal(14, sizeof(EthernetHeader));
        Assert.Equal(4, sizeof(VlanHeader));
        Assert.Equal(28, sizeof(ArpHeader));
        Assert.Equal(20, sizeof(Ipv4Header));
        Assert.Equal(40, sizeof(Ipv6Header));
        Assert.Equal(8, sizeof(Ipv6FragmentHeader));
        Assert.Equal(20, sizeof(TcpHeader));
        Assert.Equal(8, sizeof(UdpHeader));
        Assert.Equal(8, sizeof(IcmpHeader));
    }
}
