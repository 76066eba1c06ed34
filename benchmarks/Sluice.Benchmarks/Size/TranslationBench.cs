using System.Diagnostics;
using System.Globalization;
using Sluice.Benchmarks.Report;
using Sluice.Config;
using Sluice.Policy;

namespace Sluice.Benchmarks.Size;

/// <summary>Rows translations: a hundred thousand virtual IPs with four backends each: loaded, put in force, changed, decided by.</summary>
internal static class TranslationBench
{
    private const double LoadGoalSeconds = 10;
    private const double DecideGoalNanoseconds = 400;
    private const int Count = 100_000;

    public static IEnumerable<BenchRow> Run(string directory, bool quick)
    {
        string asked = Path.Combine(directory, "translations"), changed = Path.Combine(directory, "translations-changed");
        TranslationTexts.Write(asked, Count, changed: false);
        TranslationTexts.Write(changed, Count, changed: true);
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        ConfigSet config = SizeBench.Load(asked);
        double read = SizeBench.Seconds(start);
        var realms = new RealmRegistry();
        GatewayPolicy policy = PolicyCompiler.Compile(config, realms);
        double total = SizeBench.Seconds(start);
        yield return Row("load", total, "s", LoadGoalSeconds);
        yield return Row("read", read, "s");
        yield return Row("compile", total - read, "s");

        _ = realms.TryGet(ConfigSet.DefaultRealm, out ushort realm);
        int samples = quick ? 101 : 301;
        byte[] evict = new byte[ColdDecisions.EvictedBytes];
        var random = new Random(1);
        SizeFlow Draw() => new(0, 1, 0x0A00_0000 + (uint)random.Next(1 << 24), (ushort)random.Next(1024, 65536), TranslationTexts.Virtual(random.Next(Count)), TranslationTexts.Port);
        FirstPacket First() => Draw().First(realm);
        yield return Row("decide", ColdDecisions.Decide(policy, First, samples, evict), "ns, cold", DecideGoalNanoseconds);
        yield return Row("ahead", ColdDecisions.DecideAhead(policy, First, samples, evict), "ns, cold", DecideGoalNanoseconds);

        start = Stopwatch.GetTimestamp();
        using var engine = new SizeEngine(config, realms, policy, capacity: 100_000);
        yield return Row("publish", SizeBench.Seconds(start), "s");
        yield return Row("first", ColdDecisions.First(engine, Draw, samples, evict), "ns/packet", DecideGoalNanoseconds);

        GatewayPolicy next = PolicyCompiler.Compile(SizeBench.Load(changed), realms, 2);
        start = Stopwatch.GetTimestamp();
        engine.Apply(next);
        yield return Row("reload", SizeBench.Seconds(start), "s");
    }

    private static BenchRow Row(string what, double value, string unit, double? goal = null) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"translations {what} {Count}"),
        Value = value,
        Unit = unit,
        Goal = goal,
    };
}
