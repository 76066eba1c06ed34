using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Packets.Tests.Addresses;

/// <summary>Any set of entries gives the same answers as a scan over all of them.</summary>
public class PrefixMapPropertyTests
{
    private readonly record struct Entry(IpRange Range, int Value, int Preference);

    [Theory]
    [InlineData(IpFamily.V4, 3, 400)]
    [InlineData(IpFamily.V4, 40, 100)]
    [InlineData(IpFamily.V4, 900, 6)]
    [InlineData(IpFamily.V6, 3, 400)]
    [InlineData(IpFamily.V6, 40, 100)]
    [InlineData(IpFamily.V6, 900, 6)]
    public void It_answers_as_a_naive_scan_does(IpFamily family, int entries, int rounds)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            var all = new List<Entry>();
            var builder = new PrefixMapBuilder();
            for (int i = 0; i < entries; i++)
            {
                Entry entry = RandomEntry(random, family, random.Next(PrefixMap.Miss, 50));
                all.Add(entry);
                builder.Add(entry.Range, entry.Value, entry.Preference);
            }

            PrefixMap map = builder.Build();
            foreach (Entry entry in all)
            {
                Check(map, all, entry.Range.First);
                Check(map, all, entry.Range.Last);
                Check(map, all, Step(entry.Range.First, -1));
                Check(map, all, Step(entry.Range.Last, 1));
            }

            for (int i = 0; i < 50; i++) Check(map, all, RandomAddress(random, family));
        }
    }

    private static void Check(PrefixMap map, List<Entry> entries, IpAddress address)
    {
        int value = PrefixMap.Miss;
        int preference = int.MinValue;
        foreach (Entry entry in entries)
        {
            if (!entry.Range.Contains(address) || entry.Preference <= preference) continue;
            (value, preference) = (entry.Value, entry.Preference);
        }

        Assert.Equal(value, map.Find(address));
    }

    private static Entry RandomEntry(Random random, IpFamily family, int value)
    {
        IpAddress address = RandomAddress(random, family);
        if (random.Next(3) == 0)
        {
            IpAddress other = random.Next(2) == 0 ? RandomAddress(random, family) : Step(address, random.Next(40));
            IpRange range = address.Value <= other.Value ? new IpRange(address, other) : new IpRange(other, address);
            return new Entry(range, value, random.Next(10));
        }

        // Lengths round the places where IPv6 trees nest are as likely as all others together.
        int length = random.Next(4) == 0 && family == IpFamily.V6 ? random.Next(60, 70) : random.Next(address.Bits + 1);
        var prefix = new IpPrefix(address, length);
        return new Entry(new IpRange(prefix), value, prefix.Length);
    }

    // Few distinct bits, so that entries meet and nest.
    private static IpAddress RandomAddress(Random random, IpFamily family)
    {
        UInt128 value = 0;
        int bits = IpAddress.BitsOf(family);
        for (int i = random.Next(5); i >= 0; i--) value |= UInt128.One << random.Next(bits);
        if (random.Next(8) == 0) value = ~value & (bits == 32 ? uint.MaxValue : UInt128.MaxValue);
        return new IpAddress(family, value);
    }

    private static IpAddress Step(IpAddress address, int by)
    {
        UInt128 highest = address.IsV4 ? uint.MaxValue : UInt128.MaxValue;
        return new IpAddress(address.Family, unchecked(address.Value + (UInt128)by) & highest);
    }
}
