using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy.Balancing;
using Xunit;

namespace Sluice.Policy.Tests.Balancing;

public sealed class FlowHashTests
{
    private static readonly FirstPacket Packet = PacketOf("10.0.0.1", 1000, "30.0.0.2", 80);

    [Fact]
    public void Hashes_are_the_same_on_every_machine()
    {
        // Gateways of any age agree on these: they may never change.
        Assert.Equal(0xBB4C_B5DE_2D63_AC56UL, FlowHash.Of(Packet, FlowHashFields.All));
        Assert.Equal(0x255A_3538_5A82_5D06UL, FlowHash.Of(PacketOf("2001:db8::1", 1000, "2001:db8::2", 80), FlowHashFields.All));
    }

    [Theory]
    [InlineData(FlowHashFields.SourceAddress, "10.0.0.9", 1000, "30.0.0.2", 80, IpProtocol.Tcp)]
    [InlineData(FlowHashFields.SourcePort, "10.0.0.1", 1009, "30.0.0.2", 80, IpProtocol.Tcp)]
    [InlineData(FlowHashFields.DestinationAddress, "10.0.0.1", 1000, "30.0.0.9", 80, IpProtocol.Tcp)]
    [InlineData(FlowHashFields.DestinationPort, "10.0.0.1", 1000, "30.0.0.2", 89, IpProtocol.Tcp)]
    [InlineData(FlowHashFields.Protocol, "10.0.0.1", 1000, "30.0.0.2", 80, IpProtocol.Udp)]
    public void A_field_counts_exactly_when_it_is_chosen(FlowHashFields field, string source, int sourcePort, string destination, int destinationPort, byte protocol)
    {
        FirstPacket other = PacketOf(source, sourcePort, destination, destinationPort, protocol);
        Assert.NotEqual(FlowHash.Of(Packet, FlowHashFields.All), FlowHash.Of(other, FlowHashFields.All));
        Assert.NotEqual(FlowHash.Of(Packet, field), FlowHash.Of(other, field));
        Assert.Equal(FlowHash.Of(Packet, FlowHashFields.All & ~field), FlowHash.Of(other, FlowHashFields.All & ~field));
    }

    [Theory]
    [InlineData(FlowHashFields.All)]
    [InlineData(FlowHashFields.SourceAddress)]
    [InlineData(FlowHashFields.DestinationPort)]
    [InlineData(FlowHashFields.SourceAddress | FlowHashFields.SourcePort)]
    [InlineData(FlowHashFields.All | FlowHashFields.Reverse)]
    public void A_symmetric_hash_is_that_of_the_answer_too(FlowHashFields fields)
    {
        FirstPacket answer = PacketOf("30.0.0.2", 80, "10.0.0.1", 1000);
        Assert.Equal(FlowHash.Of(Packet, fields | FlowHashFields.Symmetric), FlowHash.Of(answer, fields | FlowHashFields.Symmetric));
        Assert.NotEqual(FlowHash.Of(Packet, fields), FlowHash.Of(answer, fields));
    }

    [Fact]
    public void A_reversed_hash_is_the_plain_one_of_the_answer()
    {
        FirstPacket answer = PacketOf("30.0.0.2", 80, "10.0.0.1", 1000);
        Assert.Equal(FlowHash.Of(answer, FlowHashFields.SourceAddress), FlowHash.Of(Packet, FlowHashFields.SourceAddress | FlowHashFields.Reverse));
        Assert.Equal(FlowHash.Of(answer, FlowHashFields.All), FlowHash.Of(Packet, FlowHashFields.All | FlowHashFields.Reverse));
    }

    [Fact]
    public void An_exchange_of_addresses_makes_another_hash() =>
        Assert.NotEqual(
            FlowHash.Of(PacketOf("10.0.0.1", 7, "10.0.0.2", 7), FlowHashFields.All),
            FlowHash.Of(PacketOf("10.0.0.2", 7, "10.0.0.1", 7), FlowHashFields.All));

    internal static FirstPacket PacketOf(string source, int sourcePort, string destination, int destinationPort, byte protocol = IpProtocol.Tcp) => new()
    {
        Protocol = protocol,
        HasPorts = true,
        Source = IpAddress.Parse(source),
        SourcePort = (ushort)sourcePort,
        Destination = IpAddress.Parse(destination),
        DestinationPort = (ushort)destinationPort,
    };
}
