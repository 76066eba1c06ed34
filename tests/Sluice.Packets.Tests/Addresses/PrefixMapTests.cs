using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Packets.Tests.Addresses;

public class PrefixMapTests
{
    private static IpAddress A(string text) => IpAddress.Parse(text);

    private static IpPrefix P(string text) => IpPrefix.Parse(text);

    [Fact]
    public void The_default_map_and_a_map_without_entries_miss()
    {
        Assert.Equal(PrefixMap.Miss, default(PrefixMap).Find(A("10.0.0.1")));
        Assert.Equal(PrefixMap.Miss, new PrefixMapBuilder().Build().Find(A("2001:db8::1")));
        Assert.True(new PrefixMapBuilder().Build().IsEmpty);
    }

    [Fact]
    public void The_longest_prefix_wins_in_whatever_order_they_are_added()
    {
        string[] prefixes = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.7/32"];
        foreach (bool reversed in new[] { false, true })
        {
            var builder = new PrefixMapBuilder();
            for (int i = 0; i < prefixes.Length; i++)
            {
                int value = reversed ? prefixes.Length - 1 - i : i;
                builder.Add(P(prefixes[value]), value);
            }

            PrefixMap map = builder.Build();
            Assert.Equal(4, map.Find(A("10.1.1.7")));
            Assert.Equal(3, map.Find(A("10.1.1.8")));
            Assert.Equal(2, map.Find(A("10.1.255.255")));
            Assert.Equal(1, map.Find(A("10.2.0.0")));
            Assert.Equal(0, map.Find(A("11.0.0.0")));
            Assert.Equal(0, map.Find(A("0.0.0.0")));
            Assert.Equal(0, map.Find(A("255.255.255.255")));
            Assert.Equal(PrefixMap.Miss, map.Find(A("::")));
        }
    }

    [Fact]
    public void Preference_beats_length_and_the_first_added_wins_a_tie()
    {
        PrefixMap map = new PrefixMapBuilder()
            .Add(new IpRange(P("10.0.0.0/8")), 1, 99)
            .Add(P("10.1.0.0/16"), 2)
            .Add(new IpRange(A("11.0.0.5"), A("11.0.0.9")), 3, 5)
            .Add(new IpRange(A("11.0.0.9"), A("11.0.0.12")), 4, 5)
            .Build();
        Assert.Equal(1, map.Find(A("10.1.2.3")));
        Assert.Equal(3, map.Find(A("11.0.0.9")));
        Assert.Equal(4, map.Find(A("11.0.0.10")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("11.0.0.13")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("11.0.0.4")));
    }

    [Fact]
    public void The_ends_of_both_address_spaces_can_be_entries_of_their_own()
    {
        PrefixMap map = new PrefixMapBuilder()
            .Add(P("0.0.0.0/32"), 1).Add(P("255.255.255.255/32"), 2)
            .Add(P("::/128"), 3).Add(P("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"), 4)
            .Build();
        Assert.Equal(1, map.Find(A("0.0.0.0")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("0.0.0.1")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("255.255.255.254")));
        Assert.Equal(2, map.Find(A("255.255.255.255")));
        Assert.Equal(3, map.Find(A("::")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("::1")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")));
        Assert.Equal(4, map.Find(A("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
    }

    [Fact]
    public void Ipv6_intervals_may_begin_and_end_inside_of_neighbouring_subnets()
    {
        PrefixMap map = new PrefixMapBuilder()
            .Add(new IpRange(A("2001:db8:0:1::5"), A("2001:db8:0:2::5")), 1, 0)
            .Add(new IpRange(A("2001:db8:0:2::6"), A("2001:db8:0:5::")), 2, 0)
            .Build();
        Assert.Equal(PrefixMap.Miss, map.Find(A("2001:db8:0:1::4")));
        Assert.Equal(1, map.Find(A("2001:db8:0:1::5")));
        Assert.Equal(1, map.Find(A("2001:db8:0:1:ffff::")));
        Assert.Equal(1, map.Find(A("2001:db8:0:2::5")));
        Assert.Equal(2, map.Find(A("2001:db8:0:2::6")));
        Assert.Equal(2, map.Find(A("2001:db8:0:4:ffff:ffff:ffff:ffff")));
        Assert.Equal(2, map.Find(A("2001:db8:0:5::")));
        Assert.Equal(PrefixMap.Miss, map.Find(A("2001:db8:0:5::1")));
    }

    [Theory]
    [InlineData("10.0.0.0-10.0.0.0", 32)]
    [InlineData("10.0.0.0-10.0.0.1", 31)]
    [InlineData("203.0.113.7-203.0.113.9", 30)]
    [InlineData("0.0.0.0-255.255.255.255", 0)]
    [InlineData("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0)]
    [InlineData("2001:db8::-2001:db8::ffff", 112)]
    public void A_range_is_as_specific_as_the_prefix_of_its_size(string range, int length)
    {
        string[] ends = range.Split('-');
        Assert.Equal(length, PrefixMapBuilder.SpecificityOf(new IpRange(A(ends[0]), A(ends[1]))));
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var builder = new PrefixMapBuilder();
        for (int i = 0; i < 5_000; i++)
        {
            builder.Add(new IpPrefix(IpAddress.V4((uint)i << 12), 24), i);
            builder.Add(new IpPrefix(IpAddress.V6((UInt128)i << 60), 72), i);
        }

        PrefixMap map = builder.Build();
        long sum = 0;
        Allocations.AssertNone(_ =>
        {
            for (uint i = 0; i < 10_000; i++) sum += map.FindV4(i << 11) + map.FindV6((UInt128)i << 59);
        });
        Assert.NotEqual(0, sum);
    }
}
