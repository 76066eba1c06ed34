namespace Sluice.Benchmarks.Report;

/// <summary>One measured figure. The time depends on the machine; the ratios, measured in the same run, are what a guard may judge.</summary>
internal sealed record BenchRow
{
    /// <summary>What was measured: kind, family, sessions. "core ipv4 1000000".</summary>
    public required string Name { get; init; }

    /// <summary>The figure: the best run.</summary>
    public required double Value { get; init; }

    /// <summary>Its unit.</summary>
    public required string Unit { get; init; }

    /// <summary>The most that <see cref="Value"/> is to be (the least, where <see cref="MoreIsBetter"/>); null: no goal.</summary>
    public double? Goal { get; init; }

    /// <summary>Whether the goal is a least value.</summary>
    public bool MoreIsBetter { get; init; }

    /// <summary>The median run: how far it is from the best tells how quiet the machine was.</summary>
    public double? Median { get; init; }

    /// <summary>The lowest of several measurements, where <see cref="Value"/> is their median.</summary>
    public double? Low { get; init; }

    /// <summary>The highest of them.</summary>
    public double? High { get; init; }

    /// <summary>What the machine can do at best, measured in the same run: touching each packet's first line.</summary>
    public double? Bound { get; init; }

    /// <summary>The figure as a multiple of the bound.</summary>
    public double? Ratio => Value / Bound;

    /// <summary>The figure as a multiple of the same work in C, in the same run.</summary>
    public double? RatioToC { get; init; }

    /// <summary>The most that <see cref="RatioToC"/> is to be.</summary>
    public double? RatioToCGoal { get; init; }

    /// <summary>The figure as a multiple of the session core, in the same run.</summary>
    public double? RatioToCore { get; init; }

    /// <summary>The least that <see cref="RatioToCore"/> is to be.</summary>
    public double? RatioToCoreGoal { get; init; }

    /// <summary>The figure as a multiple of what a masqueraded session costs, in the same run.</summary>
    public double? RatioToMasquerade { get; init; }

    /// <summary>The most that <see cref="RatioToMasquerade"/> is to be.</summary>
    public double? RatioToMasqueradeGoal { get; init; }

    /// <summary>Bytes allocated by the garbage-collected heap while measuring.</summary>
    public long? Allocated { get; init; }

    /// <summary>The most that <see cref="Allocated"/> may be.</summary>
    public long? AllocatedGoal { get; init; }

    /// <summary>Whether what does not depend on the machine's speed is as it should be: ratios of the same run, and nothing allocated.</summary>
    public bool GuardOk => !(RatioToC > RatioToCGoal) && !(RatioToCore < RatioToCoreGoal) && !(RatioToMasquerade > RatioToMasqueradeGoal) && !(Allocated > AllocatedGoal);

    /// <summary>Whether every goal of the row is met, the time too.</summary>
    public bool Ok => GuardOk && (Goal is null || (MoreIsBetter ? Value >= Goal : Value <= Goal));
}
