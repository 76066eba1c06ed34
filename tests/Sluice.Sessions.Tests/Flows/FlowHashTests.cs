using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Sessions.Tests.Flows;

public sealed class FlowHashTests
{
    public delegate ulong Hash(uint number);

    public static TheoryData<string> Hashes => ["Flow4", "Flow6", "Multiplied4", "Multiplied6"];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Consecutive_flows_spread_evenly_over_homes_and_tags(string name)
    {
        const int Flows = 100_000, Bins = 1000;
        int[] homes = new int[Bins];
        int[] tags = new int[Bins];
        for (uint number = 0; number < Flows; number++)
        {
            ulong hash = Of(name, number, TestFlows.Secret);
            homes[(int)(((hash >> 32) * Bins) >> 32)]++;
            tags[FlowBucket.TagOf(hash) * Bins >> 16]++;
        }

        // Chi squared with 999 degrees of freedom: mean 999, deviation 45; six deviations never come by chance.
        Assert.InRange(ChiSquared(homes, Flows), 999 - 270, 999 + 270);
        Assert.InRange(ChiSquared(tags, Flows), 999 - 270, 999 + 270);
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Another_secret_gives_another_order(string name)
    {
        var other = new HashSecret(TestFlows.Secret.Low ^ 1, TestFlows.Secret.High);
        int same = 0;
        for (uint number = 0; number < 10_000; number++)
            if (Of(name, number, TestFlows.Secret) >> 56 == Of(name, number, other) >> 56) same++;
        Assert.InRange(same, 10, 90);
    }

    private static ulong Of(string name, uint number, HashSecret secret)
    {
        FlowKey4 four = Flow4.MakeKey(TestFlows.Parts(IpFamily.V4, number));
        FlowKey6 six = Flow6.MakeKey(TestFlows.Parts(IpFamily.V6, number));
        return name switch
        {
            "Flow4" => Flow4.Hash(in four, in secret),
            "Flow6" => Flow6.Hash(in six, in secret),
            "Multiplied4" => FlowHash.Multiplied(four.Addresses, four.Rest, in secret),
            _ => FlowHash.Multiplied(in six, in secret),
        };
    }

    private static double ChiSquared(int[] bins, int total)
    {
        double expected = (double)total / bins.Length;
        return bins.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
