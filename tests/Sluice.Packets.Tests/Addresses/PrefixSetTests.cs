using System.Globalization;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Packets.Tests.Addresses;

public class PrefixSetTests
{
    [Theory]
    // The worked examples of the reference behaviour.
    [InlineData("1.0.0.0/16", "1.0.1.0/24",
        "1.0.0.0/24, 1.0.2.0/23, 1.0.4.0/22, 1.0.8.0/21, 1.0.16.0/20, 1.0.32.0/19, 1.0.64.0/18, 1.0.128.0/17")]
    [InlineData("1.0.0.0/16:4000-5000", "1.0.0.0/17:4000-4500", "1.0.0.0/16:4501-5000, 1.0.128.0/17:4000-4500")]
    [InlineData("1.0.0.0/16", "1.0.0.0/17:4000-5000", "1.0.0.0/16:0-3999, 1.0.0.0/16:5001-65535, 1.0.128.0/17:4000-5000")]
    [InlineData("1.0.0.0/16 ::/0", "::/0", "1.0.0.0/16")]
    // Merging.
    [InlineData("10.0.0.0/16 10.0.0.0/17", "", "10.0.0.0/16")]
    [InlineData("10.0.0.0/24:80 10.0.0.0/24:80", "", "10.0.0.0/24:80")]
    [InlineData("10.0.0.0/24:80 10.0.0.0/24:443", "", "10.0.0.0/24:80, 10.0.0.0/24:443")]
    [InlineData("10.0.0.0/24:80 10.0.0.0/24:81", "", "10.0.0.0/24:80-81")]
    [InlineData("10.0.0.0/25 10.0.0.128/25", "", "10.0.0.0/24")]
    [InlineData("10.0.0.0/24:0-79 10.0.0.0/24:80-65535", "", "10.0.0.0/24")]
    [InlineData("10.0.0.0/24:80-90 10.0.0.0/25:85-100", "", "10.0.0.0/24:80-90, 10.0.0.0/25:91-100")]
    [InlineData("20.0.0.0/16 10.0.0.0/16", "10.0.0.0/8", "20.0.0.0/16")]
    // Exclusions that leave nothing, exclude nothing, or exclude more than there is.
    [InlineData("10.0.0.0/16", "10.0.0.0/17 10.0.128.0/17", "")]
    [InlineData("10.0.0.0/8", "0.0.0.0/0", "")]
    [InlineData("10.0.0.0/16", "8.0.0.0/24", "10.0.0.0/16")]
    // The ends of the address spaces.
    [InlineData("0.0.0.0/0", "255.255.255.255/32 128.0.0.0/1", "0.0.0.0/1")]
    [InlineData("::/0", "8000::/1", "::/1")]
    [InlineData("ffff::/16 fffe::/16", "", "fffe::/15")]
    [InlineData("224.0.0.0/3", "240.0.0.0/4", "224.0.0.0/4")]
    public void Exclusion_gives_the_canonical_pieces(string included, string excluded, string expected) =>
        Assert.Equal(expected, PrefixSet.From(Ranges(included), Ranges(excluded)).ToString());

    [Fact]
    public void A_range_becomes_the_fewest_prefixes_and_comes_back_as_a_range()
    {
        IpRange range = new(IpAddress.Parse("203.0.113.7"), IpAddress.Parse("203.0.113.9"));
        PrefixSet set = PrefixSet.From([new PortedRange(range, PortRange.All)], []);
        Assert.Equal("203.0.113.7/32, 203.0.113.8/31", set.ToString());
        Assert.Equal([range], set.ToRanges());
    }

    [Fact]
    public void The_count_is_addresses_times_ports()
    {
        Assert.Equal(256 * 65536, PrefixSet.From(Ranges("10.0.0.0/24"), []).Count);
        Assert.Equal(512, PrefixSet.From(Ranges("10.0.0.0/24:80-81"), []).Count);
        Assert.Equal(System.Numerics.BigInteger.One << 144, PrefixSet.From(Ranges("::/0"), []).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_sets_hold_exactly_the_pairs_that_a_naive_judge_says(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            PortedRange[] included = RandomRanges(random, random.Next(1, 6));
            PortedRange[] excluded = RandomRanges(random, random.Next(0, 6));
            PrefixSet set = PrefixSet.From(included, excluded);
            for (uint host = 0; host < 32; host++)
            {
                for (int port = 0; port < 16; port++)
                {
                    IpAddress address = IpAddress.V4(0x0A000000 + host);
                    bool expected = Array.Exists(included, r => Holds(r, address, port)) && !Array.Exists(excluded, r => Holds(r, address, port));
                    Assert.True(expected == set.Contains(address, (ushort)port), $"seed {seed} round {round} {address}:{port} in {set}");
                }
            }

            AssertDisjoint(set, seed, round);
        }
    }

    [Theory]
    [InlineData(4)]
    public void Equal_sets_have_equal_pieces_however_they_are_written(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 300; round++)
        {
            PortedRange[] included = RandomRanges(random, 5);
            PrefixSet set = PrefixSet.From(included, []);
            PortedRange[] again = [.. set.Items.Select(item => new PortedRange(new IpRange(item.Prefix), item.Ports))];
            random.Shuffle(again);
            Assert.True(set.Equals(PrefixSet.From(again, [])), $"seed {seed} round {round}: {set}");
        }
    }

    private static bool Holds(PortedRange range, IpAddress address, int port) => range.Addresses.Contains(address) && range.Ports.Contains((ushort)port);

    private static PortedRange[] RandomRanges(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ =>
        {
            int a = random.Next(32), b = random.Next(32), p = random.Next(16), q = random.Next(16);
            return new PortedRange(
                new IpRange(IpAddress.V4(0x0A000000 + (uint)Math.Min(a, b)), IpAddress.V4(0x0A000000 + (uint)Math.Max(a, b))),
                new PortRange((ushort)Math.Min(p, q), (ushort)Math.Max(p, q)));
        })];

    private static void AssertDisjoint(PrefixSet set, int seed, int round)
    {
        for (int i = 0; i < set.Items.Length; i++)
            for (int j = i + 1; j < set.Items.Length; j++)
                Assert.False(set.Items[i].Overlaps(set.Items[j]), $"seed {seed} round {round}: {set}");
    }

    // "10.0.0.0/24:80-90 ::/0": IPv6 is written without ports here.
    private static PortedRange[] Ranges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            int colon = part.Contains('.', StringComparison.Ordinal) ? part.IndexOf(':', StringComparison.Ordinal) : -1;
            if (colon < 0) return new PortedRange(IpPrefix.Parse(part));
            string[] ports = part[(colon + 1)..].Split('-');
            return new PortedRange(new IpRange(IpPrefix.Parse(part[..colon])),
                new PortRange(ushort.Parse(ports[0], CultureInfo.InvariantCulture), ushort.Parse(ports[^1], CultureInfo.InvariantCulture)));
        })];
}
