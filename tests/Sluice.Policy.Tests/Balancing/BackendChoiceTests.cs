using Sluice.Policy.Balancing;
using Xunit;

namespace Sluice.Policy.Tests.Balancing;

public sealed class BackendChoiceTests
{
    public static TheoryData<bool> Methods => new(false, true);

    private static BackendChoice Choice(bool isMaglev, BackendShare[] shares) => isMaglev ? BackendChoice.ByMaglev(shares) : BackendChoice.ByWeight(shares);

    private static BackendShare[] Shares(params int[] weights) => [.. weights.Select(static (weight, i) => new BackendShare(Identity(i), weight))];

    // Such as follow from addresses: neither sorted nor spread.
    private static ulong Identity(int i) => 0xC0A8_0000UL + (ulong)(i * 7919 % 1000);

    // Flows as a single client makes them: hashes of neighbouring ports and addresses.
    private static IEnumerable<ulong> Flows(int count)
    {
        for (int i = 0; i < count; i++)
            yield return FlowHash.Of(FlowHashTests.PacketOf($"10.0.{i / 2500 % 250}.{i / 10000}", 1024 + i % 2500, "30.0.0.2", 80), FlowHashFields.All);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Shares_are_as_weights_say(bool isMaglev)
    {
        int[] weights = [100, 200, 50, 400, 250];
        BackendChoice choice = Choice(isMaglev, Shares(weights));
        var got = new int[weights.Length];
        foreach (ulong hash in Flows(30_000)) got[choice.Choose(hash)]++;
        for (int i = 0; i < weights.Length; i++) Assert.InRange(got[i], 0.95 * 30 * weights[i], 1.05 * 30 * weights[i]);
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_hundred_equal_backends_have_equal_shares(bool isMaglev)
    {
        BackendChoice choice = Choice(isMaglev, Shares([.. Enumerable.Repeat(100, 100)]));
        var got = new int[100];

        // Every hundredth of the hashes' range, evenly: what is left is the choice's own unevenness.
        for (int i = 0; i < 1_000_000; i++) got[choice.Choose((ulong)i * (ulong.MaxValue / 1_000_000))]++;
        Assert.All(got, static count => Assert.InRange(count, 9_800, 10_200));
    }

    [Fact]
    public void A_Maglev_table_moves_few_flows_of_the_others_when_one_of_a_hundred_goes()
    {
        BackendShare[] all = Shares([.. Enumerable.Repeat(100, 100)]);
        BackendChoice before = BackendChoice.ByMaglev(all);
        foreach (int gone in (int[])[0, 17, 99])
        {
            BackendShare[] left = [.. all];
            left[gone] = left[gone] with { IsUp = false };
            BackendChoice after = BackendChoice.ByMaglev(left);
            int others = 0, moved = 0;
            foreach (ulong hash in Flows(100_000))
            {
                int was = before.Choose(hash), becomes = after.Choose(hash);
                Assert.NotEqual(gone, becomes);
                if (was == gone) continue;
                others++;
                if (was != becomes) moved++;
            }

            Assert.InRange(moved, 0, 0.015 * others);
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Two_gateways_that_list_backends_in_any_order_choose_alike(bool isMaglev)
    {
        const int seed = 20_271;
        BackendShare[] shares = Shares(100, 30, 70, 0, 100, 250, 1);
        BackendShare[] shuffled = [.. shares];
        new Random(seed).Shuffle(shuffled);
        BackendChoice here = Choice(isMaglev, shares), there = Choice(isMaglev, shuffled);
        foreach (ulong hash in Flows(100_000))
            Assert.True(shares[here.Choose(hash)] == shuffled[there.Choose(hash)], $"seed {seed}");
    }

    [Theory, MemberData(nameof(Methods))]
    public void What_drains_or_is_down_gets_nothing_while_another_is_active(bool isMaglev)
    {
        BackendChoice choice = Choice(isMaglev, [new(1, 0), new(2, 100), new(3, 100, IsUp: false), new(4, 100)]);
        Assert.Equal([1, 3], Flows(1_000).Select(choice.Choose).Distinct().Order());
    }

    [Theory, MemberData(nameof(Methods))]
    public void What_drains_is_chosen_where_nobody_is_active(bool isMaglev)
    {
        BackendChoice choice = Choice(isMaglev, [new(1, 0), new(2, 0), new(3, 100, IsUp: false)]);
        Assert.Equal([0, 1], Flows(1_000).Select(choice.Choose).Distinct().Order());
    }

    [Theory, MemberData(nameof(Methods))]
    public void The_only_backend_has_all_flows(bool isMaglev) =>
        Assert.All(Flows(100), hash => Assert.Equal(0, Choice(isMaglev, Shares(7)).Choose(hash)));

    [Theory, MemberData(nameof(Methods))]
    public void Where_nobody_is_up_nobody_is_chosen(bool isMaglev)
    {
        Assert.Equal(BackendChoice.None, Choice(isMaglev, []).Choose(1));
        Assert.Equal(BackendChoice.None, Choice(isMaglev, [new(1, 100, IsUp: false), new(2, 0, IsUp: false)]).Choose(ulong.MaxValue));
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_backend_that_is_listed_twice_has_two_shares(bool isMaglev)
    {
        BackendChoice choice = Choice(isMaglev, [new(5, 100), new(5, 100), new(6, 100)]);
        int single = Flows(30_000).Count(hash => choice.Choose(hash) == 2);
        Assert.InRange(single, 9_500, 10_500);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1008, 1009)]
    [InlineData(1009, 1009)]
    [InlineData(65_536, 65_537)]
    public void A_Maglev_table_has_a_prime_number_of_slots(int asked, int has) => Assert.Equal(has, MaglevTable.Fill([1, 2], [1, 1], asked).Length);

    [Fact]
    public void Extreme_weights_fill_a_Maglev_table_too()
    {
        int[] slots = MaglevTable.Fill([1, 2, 3], [65_535, 1, 65_535], 1009);
        Assert.InRange(slots.Count(static slot => slot == 1), 0, 1);
        Assert.InRange(slots.Count(static slot => slot == 0), 500, 509);
    }
}
