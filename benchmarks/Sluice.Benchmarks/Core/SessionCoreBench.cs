using Sluice.Benchmarks.Report;
using Sluice.Packets.Addresses;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Core;

/// <summary>Rows core, c, naive, touch and memory: parse, find, age, rewrite of established sessions, beside what they are compared with.</summary>
internal static class SessionCoreBench
{
    /// <summary>Sessions, and the goal of the session core in nanoseconds a packet.</summary>
    private static readonly (uint Sessions, double Goal)[] Sizes = [(10_000, 25), (100_000, 28), (1_000_000, 35), (4_000_000, 40)];

    private const double GoalToC = 1.1;
    private const double GoalToNaive = 12;
    private const uint NaiveGoalSessions = 1_000_000;
    private const uint MemorySessions = 1_000_000;

    public static IEnumerable<BenchRow> Run(BenchOptions options)
    {
        nint library = CCore.Build(options.CSource, options.ArtifactsDirectory);
        foreach ((uint sessions, double goal) in Sizes)
        {
            if ((options.Quick && sessions > 1_000_000) || (options.Sessions != 0 && options.Sessions != sessions)) continue;
            foreach (BenchRow row in Measure<CoreFamily4, Flow4, FlowKey4, FlowLine4>(options, sessions, goal, library)) yield return row;
            foreach (BenchRow row in Measure<CoreFamily6, Flow6, FlowKey6, FlowLine6>(options, sessions, goal, library)) yield return row;
        }
    }

    private static List<BenchRow> Measure<TCore, TFamily, TKey, TLine>(BenchOptions options, uint sessions, double goal, nint library)
        where TCore : struct, ICoreFamily<TKey, TLine>
        where TFamily : struct, IFlowFamily<TKey, TLine>
        where TKey : unmanaged
        where TLine : unmanaged
    {
        IpFamily family = TFamily.Family;
        using var setup = new CoreSetup<TCore, TFamily, TKey, TLine>(sessions);
        using var bank = new FrameBank(family, sessions, options.Seed);
        var cores = new List<ICore> { setup.NewCore() };
        if (library != 0) cores.Add(setup.NewCCore(library));

        // The naive core is measured where there is a goal for it, and below; with millions its heap only costs patience.
        if (family == IpFamily.V4 && sessions <= NaiveGoalSessions) cores.Add(setup.NewNaiveCore());
        CoreAgreement.Check(cores, bank, family);
        cores.Add(new TouchCore());

        CoreMeasurement[] measurements = [.. cores.Select(core => new CoreMeasurement(core, bank, setup.Tick))];
        foreach (CoreMeasurement measurement in measurements) measurement.WarmUp();
        for (int run = 0; run < options.Runs; run++)
            foreach (CoreMeasurement measurement in measurements) measurement.Run(options.Rounds);
        if (setup.Left != 0) throw new InvalidOperationException($"{setup.Left} packets were left to slower code.");

        string suffix = $"{(family == IpFamily.V4 ? "ipv4" : "ipv6")} {sessions}";
        var rows = Rows(measurements, suffix, sessions, goal);

        // In small tables whole huge pages are counted, which says nothing of a session.
        if (sessions >= MemorySessions) rows.Add(new BenchRow { Name = $"memory {suffix}", Value = setup.BytesPerSession, Unit = "B/session" });
        return rows;
    }

    private static List<BenchRow> Rows(CoreMeasurement[] measurements, string suffix, uint sessions, double goal)
    {
        double? Best(string kind) => measurements.FirstOrDefault(one => one.Core.Kind == kind)?.Best;
        return [.. measurements.Select(one => new BenchRow
        {
            Name = $"{one.Core.Kind} {suffix}",
            Value = one.Best,
            Median = one.Median,
            Unit = "ns/packet",
            Bound = one.Core.Kind == "touch" ? null : Best("touch"),
            Goal = one.Core.Kind == "core" ? goal : null,
            RatioToC = one.Core.Kind == "core" ? one.Best / Best("c") : null,
            RatioToCGoal = GoalToC,
            RatioToCore = one.Core.Kind == "naive" ? one.Best / Best("core") : null,
            RatioToCoreGoal = one.Core.Kind == "naive" && sessions == NaiveGoalSessions ? GoalToNaive : null,
            Allocated = one.Core.Kind == "core" ? one.Allocated : null,
            AllocatedGoal = 0,
        })];
    }
}
