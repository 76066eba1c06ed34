using FsCheck;
using FsCheck.Fluent;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Samples.PrefixNat.Tests;

/// <summary>The arithmetic of RFC 6296 section 3.</summary>
public class PrefixPairTests
{
    // Section 3.4's example: the adjustment is 0xD54F, so subnet 1 is seen as 0xD550.
    [Theory]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405:1::1234", "2001:db8:1:d550::1234")]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405::1", "2001:db8:1:d54f::1")]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405:2ab0:ffff:ffff:ffff:ffff", "2001:db8:1::ffff:ffff:ffff:ffff")]
    [InlineData("fd01:203:405:6::/64", "2001:db8:1:2::/64", "fd01:203:405:6::1234", "2001:db8:1:2:d553::1234")]
    [InlineData("fd01:203:405:6::/64", "2001:db8:1:2::/64", "fd01:203:405:6:ffff:ffff:5:6", "2001:db8:1:2:ffff:ffff:d558:6")]
    [InlineData("fd01:203:405:600::/56", "2001:db8:1:200::/56", "fd01:203:405:6ab::1", "2001:db8:1:2ab:d94f::1")]
    [InlineData("fd00::/8", "2600::/8", "fd12::1", "2612:0:0:d700::1")]
    [InlineData("10.20.0.0/16", "198.18.0.0/16", "10.20.0.5", "198.18.68.6")]
    [InlineData("10.0.0.0/8", "11.0.0.0/8", "10.20.0.5", "11.20.255.4")]
    public void An_address_and_its_counterpart(string inside, string outside, string address, string counterpart)
    {
        var pair = new PrefixPair(IpPrefix.Parse(inside), IpPrefix.Parse(outside));

        Assert.True(pair.TryOutward(IpAddress.Parse(address), out IpAddress seen));
        Assert.Equal(IpAddress.Parse(counterpart), seen);
        Assert.True(pair.TryInward(seen, out IpAddress back));
        Assert.Equal(IpAddress.Parse(address), back);
    }

    [Theory]
    [InlineData("fd01:203:405::/48", "2001:db8:1::/48", "fd01:203:405:ffff::1")]
    [InlineData("fd01:203:405:6::/64", "2001:db8:1:2::/64", "fd01:203:405:6:ffff:ffff:ffff:ffff")]
    [InlineData("10.20.0.0/16", "198.18.0.0/16", "10.20.255.255")]
    public void What_has_no_counterpart(string inside, string outside, string address)
    {
        var pair = new PrefixPair(IpPrefix.Parse(inside), IpPrefix.Parse(outside));

        Assert.False(pair.TryOutward(IpAddress.Parse(address), out _));
    }

    [Theory]
    [InlineData(IpFamily.V4, 16, true)]
    [InlineData(IpFamily.V4, 17, false)]
    [InlineData(IpFamily.V6, 64, true)]
    [InlineData(IpFamily.V6, 65, false)]
    public void A_word_must_be_left_to_adjust(IpFamily family, int length, bool expected) => Assert.Equal(expected, PrefixPair.IsPossible(family, length));

    [Fact]
    public void Any_two_prefixes_stand_for_each_other_one_to_one_and_keep_the_sum()
    {
        Gen<bool> families = Gen.Elements(true, false);
        Gen<ulong> words = ArbMap.Default.GeneratorFor<ulong>();
        Gen<(UInt128 A, UInt128 B, UInt128 Host, int Length, bool IsV4)> cases =
            from isV4 in families
            from length in Gen.Choose(0, isV4 ? 16 : 64)
            from a in words
            from b in words
            from high in words
            from low in Gen.OneOf(words, Gen.Elements(0UL, ulong.MaxValue, 0xFFFFFFFF0000FFFF))
            select (new UInt128(a, b), new UInt128(b, a), new UInt128(high, low), length, isV4);
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay((ulong)Seeds.Next(), 1), Prop.ForAll(cases.ToArbitrary(), one => Holds(one.A, one.B, one.Host, one.Length, one.IsV4)));
    }

    private static bool Holds(UInt128 a, UInt128 b, UInt128 host, int length, bool isV4)
    {
        IpAddress Of(UInt128 value) => isV4 ? IpAddress.V4((uint)(value >> 96)) : IpAddress.V6(value);
        var pair = new PrefixPair(new IpPrefix(Of(a), length), new IpPrefix(Of(b), length));
        UInt128 hosts = pair.Inside.Last.Value ^ pair.Inside.First.Value;
        var address = new IpAddress(pair.Inside.Family, pair.Inside.Address.Value | (Of(host).Value & hosts));
        if (!pair.TryOutward(address, out IpAddress seen)) return HasOnesToAdjust(address, length);
        return pair.Outside.Contains(seen) && pair.TryInward(seen, out IpAddress back) && back == address && Sum(seen) == Sum(address)
            && Words(address, seen) <= WordsOf(length) + 1;
    }

    private static bool HasOnesToAdjust(IpAddress address, int length) => address.IsV4
        ? (ushort)address.Value == 0xFFFF
        : length <= 48 ? (ushort)(address.Value >> 64) == 0xFFFF : (ulong)address.Value == ulong.MaxValue;

    // Modulo 0xFFFF all ones and none are one number, as in one's complement.
    private static uint Sum(IpAddress address)
    {
        uint sum = 0;
        for (UInt128 value = address.Value; value != 0; value >>= 16) sum += (ushort)value;
        return sum % 0xFFFF;
    }

    private static int WordsOf(int length) => (length + 15) / 16;

    private static int Words(IpAddress one, IpAddress other)
    {
        int differ = 0;
        for (UInt128 difference = one.Value ^ other.Value; difference != 0; difference >>= 16)
            if ((ushort)difference != 0) differ++;
        return differ;
    }
}
