using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Report;
using Sluice.Config;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows decide and first: a first packet's decision with cold caches, by the policy alone and in the whole engine.</summary>
internal static class ColdDecisions
{
    private const double GoalNanoseconds = 400;
    private const int Burst = 64;
    public const int EvictedBytes = 64 << 20;
    private const int Stride = 2112;

    public static IEnumerable<BenchRow> Run(SizeConfiguration size, ConfigSet config, bool quick)
    {
        var realms = new RealmRegistry();
        GatewayPolicy policy = PolicyCompiler.Compile(config, realms);
        int samples = quick ? 101 : 301;
        byte[] evict = new byte[EvictedBytes];
        var draws = new SizeFlows(size, new Random(1));
        yield return SizeBench.Row(size, "decide", Decide(policy, () => draws.Draw(linked: false).First(realms), samples, evict), "ns, cold", GoalNanoseconds);
        yield return SizeBench.Row(size, "ahead", DecideAhead(policy, () => draws.Draw(linked: false).First(realms), samples, evict), "ns, cold", GoalNanoseconds);
        if (size == SizeConfiguration.Whole)
        {
            foreach (SizeKind kind in SizeFlows.Kinds)
            {
                double time = Decide(policy, () => draws.Draw(kind, linked: false).First(realms), samples, evict);
                yield return SizeBench.Row(size, $"decide {kind.ToString().ToLower(CultureInfo.InvariantCulture)}", time, "ns, cold", GoalNanoseconds);
            }
        }

        using var engine = new SizeEngine(config, realms, policy, capacity: 100_000);
        yield return SizeBench.Row(size, "first", First(engine, () => draws.Draw(linked: true), samples, evict), "ns/packet", GoalNanoseconds);
    }

    /// <summary>Nanoseconds that a decision takes whose policy is in no cache, less those of looking at the clock.</summary>
    public static double Decide(GatewayPolicy policy, Func<FirstPacket> draw, int samples, byte[] evict)
    {
        double[] times = new double[samples], clock = new double[samples];
        for (int i = 0; i < samples; i++)
        {
            FirstPacket first = draw(), other = draw();
            Evict(evict);

            // The code is warm, as it is wherever packets flow; what the policy says of this packet is not.
            _ = policy.Decide(other);
            long start = Stopwatch.GetTimestamp();
            Decision decision = policy.Decide(first);
            long end = Stopwatch.GetTimestamp();
            times[i] = Nanoseconds(end - start);
            clock[i] = Nanoseconds(Stopwatch.GetTimestamp() - end);
            if (decision.Kind is not (DecisionKind.Session or DecisionKind.Stateless)) throw new InvalidOperationException($"decided {decision.Kind}, {decision.Reason}");
        }

        return Median(times) - Median(clock);
    }

    /// <summary>
    /// Nanoseconds for each decision of a burst, as the engine makes them: where all of the burst lead to is found before the first of them is decided, so that waits for memory overlap.
    /// </summary>
    public static double DecideAhead(GatewayPolicy policy, Func<FirstPacket> draw, int samples, byte[] evict)
    {
        double[] times = new double[samples];
        var burst = new FirstPacket[Burst];
        int[] located = new int[Burst];
        for (int i = 0; i < samples; i++)
        {
            for (int at = 0; at < Burst; at++) burst[at] = draw();
            FirstPacket other = draw();
            Evict(evict);
            _ = policy.Decide(other);
            long start = Stopwatch.GetTimestamp();
            for (int at = 0; at < Burst; at++) located[at] = policy.Locate(burst[at].Realm, burst[at].Destination);
            int decided = 0;
            for (int at = 0; at < Burst; at++)
                if (policy.DecideLocated(burst[at], located[at]).Kind is DecisionKind.Session or DecisionKind.Stateless) decided++;
            times[i] = Nanoseconds(Stopwatch.GetTimestamp() - start) / Burst;
            if (decided != Burst) throw new InvalidOperationException("First packets were dropped.");
        }

        return Median(times);
    }

    /// <summary>Nanoseconds for each of a burst of first packets on one link: decided, ports taken, both flows inserted, sent.</summary>
    public static unsafe double First(SizeEngine engine, Func<SizeFlow> draw, int samples, byte[] evict)
    {
        using var arena = new NativeArena();
        byte** frames = (byte**)arena.Allocate<nint>(Burst);
        byte* buffers = arena.Allocate<byte>(Burst * Stride);
        for (int i = 0; i < Burst; i++) frames[i] = buffers + (i * Stride) + 128;
        double[] times = new double[samples];
        uint now = 1000;
        for (int i = -20; i < samples; i++)
        {
            int from = draw().From;
            for (int at = 0; at < Burst; at++)
            {
                SizeFlow flow;
                do flow = draw();
                while (flow.From != from);
                flow.Write(frames[at]);
            }

            Evict(evict);
            engine.QueueOf(from).Arm(frames, Burst, 60);
            ulong before = engine.Engine.Counters().Out;
            long start = Stopwatch.GetTimestamp();
            engine.Engine.Step(++now);
            if (i >= 0) times[i] = Nanoseconds(Stopwatch.GetTimestamp() - start) / Burst;
            if (engine.Engine.Counters().Out - before != Burst) throw new InvalidOperationException("First packets were dropped.");
        }

        return Median(times);
    }

    private static void Evict(byte[] evict)
    {
        for (int at = 0; at < EvictedBytes; at += 64) evict[at]++;
    }

    private static double Nanoseconds(long ticks) => ticks * (1e9 / Stopwatch.Frequency);

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
