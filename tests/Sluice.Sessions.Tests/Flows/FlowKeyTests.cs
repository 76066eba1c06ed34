using System.Runtime.InteropServices;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed unsafe class FlowKeyTests
{
    private static readonly FlowParts Four = new(3, 6, IpAddress.Parse("10.1.2.3"), 40000, IpAddress.Parse("192.0.2.9"), 443);
    private static readonly FlowParts Six = new(3, 17, IpAddress.Parse("2001:db8::1"), 40000, IpAddress.Parse("2001:db8:ffff::9"), 53);

    [Fact]
    public void A_key_of_IPv4_holds_header_bytes_in_network_order()
    {
        FlowKey4 key = Flow4.MakeKey(in Four);
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<FlowKey4>(in key)).ToArray();
        Assert.Equal([10, 1, 2, 3, 192, 0, 2, 9, 0x9C, 0x40, 0x01, 0xBB, 3, 0, 6, 0], bytes);
        Assert.Equal(Four, Flow4.PartsOf(in key));
    }

    [Fact]
    public void A_key_of_IPv6_holds_header_bytes_in_network_order()
    {
        FlowKey6 key = Flow6.MakeKey(in Six);
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<FlowKey6>(in key)).ToArray();
        Assert.Equal([0x20, 0x01, 0x0D, 0xB8], bytes[..4]);
        Assert.Equal(1, bytes[15]);
        Assert.Equal([0x20, 0x01, 0x0D, 0xB8, 0xFF, 0xFF], bytes[16..22]);
        Assert.Equal(9, bytes[31]);
        Assert.Equal([0x9C, 0x40, 0x00, 0x35, 3, 0, 17, 0], bytes[32..]);
        Assert.Equal(Six, Flow6.PartsOf(in key));
    }

    [Fact]
    public void What_a_line_writes_is_its_partners_key_turned_round()
    {
        FlowLine4 four = default;
        Flow4.SetWrite(&four, Flow4.MakeKey(in Four));
        FlowKey4 turned = Flow4.MakeKey(Turned(Four));
        Assert.Equal(turned.Addresses, four.Write.Addresses);
        Assert.Equal(turned.Ports, four.Write.Ports);

        FlowLine6 six = default;
        Flow6.SetWrite(&six, Flow6.MakeKey(in Six));
        FlowKey6 turnedSix = Flow6.MakeKey(Turned(Six));
        Assert.Equal((turnedSix.Source0, turnedSix.Source1), (six.Write.Source0, six.Write.Source1));
        Assert.Equal((turnedSix.Destination0, turnedSix.Destination1), (six.Write.Destination0, six.Write.Destination1));
        Assert.Equal(turnedSix.Ports, six.Write.Ports);
    }

    [Fact]
    public void Keys_that_differ_in_any_bit_do_not_match_and_hash_apart()
    {
        FlowKey4 key = Flow4.MakeKey(in Four);
        FlowLine4 line = new() { Key = key };
        Assert.True(Flow4.Matches(&line, in key));
        for (int bit = 0; bit < 128; bit++)
        {
            FlowKey4 other = key;
            ((byte*)&other)[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Flow4.Matches(&line, in other));
            Assert.NotEqual(Flow4.Hash(in key, TestFlows.Secret), Flow4.Hash(in other, TestFlows.Secret));
        }
    }

    [Fact]
    public void Keys_of_IPv6_that_differ_in_any_bit_do_not_match_and_hash_apart()
    {
        FlowKey6 key = Flow6.MakeKey(in Six);
        FlowLine6 line = new() { Key = key };
        Assert.True(Flow6.Matches(&line, in key));
        for (int bit = 0; bit < 320; bit++)
        {
            FlowKey6 other = key;
            ((byte*)&other)[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Flow6.Matches(&line, in other));
            Assert.NotEqual(Flow6.Hash(in key, TestFlows.Secret), Flow6.Hash(in other, TestFlows.Secret));
        }
    }

    [Fact]
    public void A_key_reads_as_its_parts() => Assert.Contains("10.1.2.3", Flow4.MakeKey(in Four).ToString(), StringComparison.Ordinal);

    private static FlowParts Turned(FlowParts parts) => parts with
    {
        Source = parts.Destination,
        SourcePort = parts.DestinationPort,
        Destination = parts.Source,
        DestinationPort = parts.SourcePort,
    };
}
