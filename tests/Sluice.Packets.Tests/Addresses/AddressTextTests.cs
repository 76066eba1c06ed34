using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Packets.Tests.Addresses;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("192.0.2.1", 0xC0000201u)]
    [InlineData("0.0.0.0", 0u)]
    [InlineData("255.255.255.255", 0xFFFFFFFFu)]
    public void IPv4_addresses_are_read_and_written(string text, uint value)
    {
        Assert.Equal(IpAddress.V4(value), IpAddress.Parse(text));
        Assert.Equal(text, IpAddress.V4(value).ToString());
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("2001:0DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("::", "::")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    public void IPv6_addresses_are_read_and_written_shortest(string text, string written)
    {
        IpAddress address = IpAddress.Parse(text);
        Assert.Equal(IpFamily.V6, address.Family);
        Assert.Equal(written, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.4 ")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("1.2.3.4:80")]
    public void What_a_reader_could_take_for_something_else_is_refused(string? text)
    {
        Assert.False(IpAddress.TryParse(text, out _));
        if (text is not null) Assert.Throws<FormatException>(() => IpAddress.Parse(text));
    }

    [Fact]
    public void Addresses_go_to_header_bytes_and_back()
    {
        Span<byte> bytes = stackalloc byte[16];
        foreach (string text in (ReadOnlySpan<string>)["192.0.2.1", "2001:db8:1:2:3:4:5:6"])
        {
            IpAddress address = IpAddress.Parse(text);
            Assert.Equal(address.Bits / 8, address.CopyTo(bytes));
            Assert.Equal(address, IpAddress.FromBytes(bytes[..(address.Bits / 8)]));
            Assert.Equal(address, IpAddress.From(address.ToIPAddress()));
        }

        Assert.Equal(0x010200C0u, IpAddress.Parse("192.0.2.1").ToNetworkWord());
        Assert.Equal(IpAddress.Parse("192.0.2.1"), IpAddress.FromNetworkWord(0x010200C0));
        Assert.Throws<ArgumentException>(() => IpAddress.FromBytes(new byte[5]));
    }

    [Fact]
    public void Addresses_sort_by_family_and_number()
    {
        IpAddress[] sorted = [IpAddress.Parse("1.2.3.4"), IpAddress.Parse("200.0.0.0"), IpAddress.Parse("::1"), IpAddress.Parse("ff02::1")];
        Assert.Equal(sorted, sorted.Reverse().Order());
    }

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", false)]
    [InlineData("10.1.2.3", "10.1.2.3/32", false)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", false)]
    [InlineData("2001:db8::1/64", "2001:db8::/64", true)]
    [InlineData("::/0", "::/0", false)]
    public void Prefixes_are_read_and_masked(string text, string written, bool hostBits)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix, out bool hostBitsSet));
        Assert.Equal(written, prefix.ToString());
        Assert.Equal(hostBits, hostBitsSet);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("/8")]
    public void Prefixes_with_a_wrong_length_are_refused(string text)
    {
        Assert.False(IpPrefix.TryParse(text, out _, out _));
        Assert.Throws<FormatException>(() => IpPrefix.Parse(text));
    }

    [Fact]
    public void A_prefix_knows_its_addresses()
    {
        IpPrefix prefix = IpPrefix.Parse("192.0.2.128/25");
        Assert.Equal(["192.0.2.128", "192.0.2.255"], [prefix.First.ToString(), prefix.Last.ToString()]);
        Assert.True(prefix.Contains(IpAddress.Parse("192.0.2.200")));
        Assert.False(prefix.Contains(IpAddress.Parse("192.0.2.127")));
        Assert.False(prefix.Contains(IpAddress.Parse("::192.0.2.200")));
        Assert.True(prefix.Contains(IpPrefix.Parse("192.0.2.192/26")));
        Assert.False(prefix.Contains(IpPrefix.Parse("192.0.2.0/24")));
        Assert.True(prefix.Overlaps(IpPrefix.Parse("192.0.2.0/24")));
        Assert.False(prefix.Overlaps(IpPrefix.Parse("192.0.2.0/25")));
        Assert.Equal(IpAddress.V6(UInt128.MaxValue), IpPrefix.Parse("::/0").Last);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IpPrefix(IpAddress.V4(1), 33));
    }

    [Fact]
    public void Ranges_know_their_members()
    {
        var range = new IpRange(IpAddress.Parse("10.0.0.5"), IpAddress.Parse("10.0.0.9"));
        Assert.Equal("10.0.0.5-10.0.0.9", range.ToString());
        Assert.Equal((UInt128)4, range.Span);
        Assert.True(range.Contains(IpAddress.Parse("10.0.0.9")));
        Assert.False(range.Contains(IpAddress.Parse("10.0.0.10")));
        Assert.True(range.Overlaps(new IpRange(IpPrefix.Parse("10.0.0.8/29"))));
        Assert.False(range.Overlaps(new IpRange(IpPrefix.Parse("10.0.0.16/28"))));

        var ports = new PortRange(8000, 8100);
        Assert.Equal(("8000-8100", 101), (ports.ToString(), ports.Count));
        Assert.True(ports.Contains(8100));
        Assert.False(ports.Contains(8101));
        Assert.True(ports.Overlaps(new PortRange(8100, 9000)));
        Assert.False(ports.Overlaps(new PortRange(1, 7999)));
        Assert.Equal("80", new PortRange(80, 80).ToString());
        Assert.True(PortRange.All.IsAll);
    }

    [Fact]
    public void Ethernet_addresses_are_read_and_written()
    {
        MacAddress mac = MacAddress.Parse("02:00:5E:00:00:ff");
        Assert.Equal(new MacAddress(0x02005E0000FF), mac);
        Assert.Equal("02:00:5e:00:00:ff", mac.ToString());
        Assert.False(mac.IsGroup);
        Assert.True(MacAddress.Parse("01:00:5e:00:00:01").IsGroup);
        foreach (string text in (ReadOnlySpan<string>)["", "02:00:00:00:00", "02-00-00-00-00-01", "02:00:00:00:00:1", "02:00:00:00:00:0g", "02:00:00:00:00:01:02"])
            Assert.False(MacAddress.TryParse(text, out _));
    }

    [Fact]
    public void A_link_compares_the_bytes_of_its_address_as_loaded() =>
        Assert.Equal(0x0100_0000_0002ul, LinkFrame.Ethernet(MacAddress.Parse("02:00:00:00:00:01")).Mac);
}
