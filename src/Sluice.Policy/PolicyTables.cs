using System.Collections.Immutable;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Policy;

/// <summary>The lists that decisions name by number. Equal pools and equal timers are one entry.</summary>
internal sealed class PolicyTables
{
    private readonly List<PoolDefinition> pools = [];
    private readonly Dictionary<PoolDefinition, int> poolNumbers = [];
    private readonly List<TimerSet> timers = [TimerSet.Default];
    private readonly Dictionary<TimerSet, int> timerNumbers = new() { [TimerSet.Default] = 0 };
    private readonly List<PolicyRule> rules = [new("no rule: routing inside one realm, or nothing exposed", "")];
    // Number 0 exposes nothing.
    private readonly List<ExposeView> exposes = [new() { Pool = Decision.NoPool, Rule = GatewayPolicy.NoRule }];
    // Number 0 says that nothing is counted through.
    private readonly List<PortSequence?> sequences = [null];

    internal ImmutableArray<PoolDefinition> Pools => [.. pools];

    internal ImmutableArray<TimerSet> Timers => [.. timers];

    internal ImmutableArray<PolicyRule> Rules => [.. rules];

    /// <summary>The views, each with the sources of the pair whose packets are led to it.</summary>
    internal ExposeView[] ExposesWith(ReadOnlySpan<PrefixMap> sources)
    {
        ExposeView[] views = [.. exposes];
        for (int i = 0; i < views.Length; i++)
            if (views[i].IsFixed) views[i] = views[i] with { Senders = sources[views[i].Pair ^ 1] };
        HugePages.Gather(views);
        return views;
    }

    internal PortSequence?[] Sequences => [.. sequences];

    /// <summary>What forwards have of public endpoints, as they come.</summary>
    internal List<PortClaim> Claims { get; } = [];

    internal int AddPool(PoolDefinition pool) => Number(pools, poolNumbers, pool);

    internal int AddTimers(TimerSet set) => Number(timers, timerNumbers, set);

    internal uint AddRule(string name, string place)
    {
        rules.Add(new PolicyRule(name, place));
        return (uint)rules.Count - 1;
    }

    internal int AddExpose(ExposeView expose)
    {
        exposes.Add(expose);
        return exposes.Count - 1;
    }

    internal int AddSequence(PortSequence sequence)
    {
        sequences.Add(sequence);
        return sequences.Count - 1;
    }

    private static int Number<T>(List<T> list, Dictionary<T, int> numbers, T value)
        where T : notnull
    {
        if (numbers.TryGetValue(value, out int number)) return number;
        list.Add(value);
        numbers[value] = list.Count - 1;
        return list.Count - 1;
    }
}
