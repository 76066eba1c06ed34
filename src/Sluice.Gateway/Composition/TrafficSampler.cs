using Sluice.Dataplane;

namespace Sluice.Gateway.Composition;

/// <summary>Counts the traffic between realms about once a second, for rates. Sampled by one control thread; any thread may read the latest.</summary>
/// <param name="engine">Whose traffic.</param>
public sealed class TrafficSampler(PacketEngine engine)
{
    /// <summary>The fewest milliseconds between two samples: less than the second in which the control thread comes by, so that it never comes a moment too soon.</summary>
    public const int IntervalMilliseconds = 900;

    // Counting reads every live session; with so many that it takes long, it is done less often, so that it never takes more than a small share of a processor.
    private const int CostShare = 20;

    private readonly RateMeter<(ushort Realm, ushort RealmTo)> meter = new();
    private readonly TimeProvider time = engine.Options.Time;
    private readonly long began = engine.Options.Time.GetTimestamp();
    private volatile TrafficSample? latest;
    private double due;

    /// <summary>The latest sample; where none was taken yet, the traffic as it is now, without rates.</summary>
    internal TrafficSample Latest => latest ?? new TrafficSample(time.GetUtcNow(), engine.Traffic(), new Dictionary<(ushort, ushort), (double, double)>());

    /// <summary>Takes a sample if one is due.</summary>
    public void SampleIfDue()
    {
        double now = Milliseconds;
        if (now < due) return;
        Sample();
        due = now + Math.Max(IntervalMilliseconds, CostShare * (Milliseconds - now));
    }

    /// <summary>Takes a sample now.</summary>
    public void Sample()
    {
        RealmTraffic traffic = engine.Traffic();
        meter.Sample(Milliseconds / 1000, traffic.Pairs.Select(pair => (pair.Key, pair.Value.Packets, pair.Value.Bytes)));
        latest = new TrafficSample(time.GetUtcNow(), traffic, traffic.Pairs.Keys.ToDictionary(pair => pair, meter.RateOf));
    }

    private double Milliseconds => time.GetElapsedTime(began).TotalMilliseconds;
}

/// <summary>Traffic at one moment.</summary>
/// <param name="Time">When.</param>
/// <param name="Traffic">What passed since the beginning.</param>
/// <param name="Rates">Bytes and packets a second by pair of realms; pairs without a rate are absent.</param>
internal sealed record TrafficSample(
    DateTimeOffset Time, RealmTraffic Traffic, IReadOnlyDictionary<(ushort Realm, ushort RealmTo), (double Bytes, double Packets)> Rates);
