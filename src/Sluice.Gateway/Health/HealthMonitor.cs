using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Policy;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Health;

/// <summary>Checks the backends of the policy in force, and tells it which are up. Of one thread, that which changes the gateway; it never waits.</summary>
/// <remarks>With the same clock, prober and source of randomness it does the same.</remarks>
/// <param name="board">Where it writes down what it knows.</param>
/// <param name="prober">What asks backends.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads the checks over time.</param>
/// <param name="log">Told who is down and who is up again.</param>
/// <param name="connections">What became of clients' connections, by the number of a backend in the policy in force.</param>
public sealed class HealthMonitor(
    HealthBoard board, IProber prober, TimeProvider time, Random random, GatewayLog log, Func<int, ConnectionCounts> connections)
{
    /// <summary>So many backends are asked at once; the others wait for their turn.</summary>
    public const int AtOnce = 128;

    private const int LookMilliseconds = 1000;

    private readonly Dictionary<BackendKey, HealthTarget> targets = [];
    private readonly PriorityQueue<HealthTarget, long> waiting = new();
    private readonly List<HealthTarget> passive = [];
    private readonly long began = time.GetTimestamp();
    private GatewayPolicy? policy;
    private int asked;
    private long looked;

    /// <summary>How many checks are under way.</summary>
    public int UnderWay => asked;

    /// <summary>Goes by another configuration. What is known of a backend that stays is kept, however it is checked from now on.</summary>
    /// <param name="config">The configuration in force.</param>
    /// <param name="inForce">Its policy, which has been marked by the board.</param>
    public void Follow(ConfigSet config, GatewayPolicy inForce)
    {
        policy = inForce;
        Dictionary<string, HealthSpec> specs = [];
        foreach (TranslationDocument translation in config.Translations)
            if (translation.Health is { } health) specs.TryAdd(translation.Name, health);
        Dictionary<BackendKey, (HealthSpec Spec, ushort Realm, ushort Port, List<int> Numbers)> wanted = [];
        if (specs.Count > 0)
        {
            foreach (VirtualService service in inForce.Services)
                if (specs.TryGetValue(service.Name, out HealthSpec? spec)) Collect(service, spec, wanted);
        }

        foreach (HealthTarget gone in targets.Values.Where(target => !wanted.ContainsKey(target.Key)).ToArray())
        {
            gone.IsGone = true;
            targets.Remove(gone.Key);
        }

        passive.Clear();
        foreach ((BackendKey key, (HealthSpec spec, ushort realm, ushort port, List<int> numbers)) in wanted) Take(key, spec, realm, port, [.. numbers]);
        board.KeepOnly(targets.Keys.ToHashSet());
    }

    /// <summary>Asks whom it is time to ask.</summary>
    /// <returns>The milliseconds after which it is to be called again, unless a check ends before.</returns>
    public int Tick()
    {
        long now = Now;
        LookAtConnections(now);
        while (asked < AtOnce && waiting.TryPeek(out HealthTarget? target, out long due) && due <= now)
        {
            waiting.Dequeue();
            if (target.IsGone || target.Spec.Check == HealthCheckKind.None) target.IsScheduled = false;
            else Ask(target, now);
        }

        long next = passive.Count > 0 ? looked + LookMilliseconds : long.MaxValue;
        if (asked < AtOnce && waiting.TryPeek(out _, out long first)) next = Math.Min(next, first);
        return next == long.MaxValue ? int.MaxValue : (int)Math.Clamp(next - Now, 0, int.MaxValue);
    }

    private long Now => (long)time.GetElapsedTime(began).TotalMilliseconds;

    private static void Collect(VirtualService service, HealthSpec spec, Dictionary<BackendKey, (HealthSpec, ushort, ushort, List<int>)> wanted)
    {
        for (int place = 0; place < service.Backends.Length; place++)
        {
            Backend backend = service.Backends[place];
            if (!BackendKey.TryGet(service, backend, out BackendKey key)) continue;
            ushort port = spec.Port ?? backend.FirstPort ?? service.Ports.First;
            if (!wanted.TryGetValue(key, out (HealthSpec, ushort, ushort, List<int> Numbers) same)) wanted.Add(key, same = (spec, service.Realm, port, []));
            same.Numbers.Add(service.FirstBackend + place);
        }
    }

    private void Take(in BackendKey key, HealthSpec spec, ushort realm, ushort port, int[] numbers)
    {
        if (!targets.TryGetValue(key, out HealthTarget? target)) targets.Add(key, target = new HealthTarget(key, time.GetUtcNow()) { Spec = spec });
        if (target.Spec != spec)
        {
            bool was = target.IsUp;
            target.Spec = spec;
            target.Active.BeginAnew();
            if (target.IsUp != was) Turn(target, "its checks have changed", numbers);
        }

        (target.Realm, target.Port, target.Numbers) = (realm, port, numbers);
        if (!target.IsUp) Tell(target, numbers);
        if (spec.Passive is not null) passive.Add(target);
        board.Set(key, target.View());
        if (target.IsScheduled || spec.Check == HealthCheckKind.None) return;

        // The first check comes soon, but not all of them in one moment.
        target.IsScheduled = true;
        waiting.Enqueue(target, Now + random.Next((int)spec.Interval.TotalMilliseconds / 10));
    }

    private void Ask(HealthTarget target, long now)
    {
        asked++;
        target.BegunAt = now;
        prober.Begin(target.Request, result => Hear(target, result));
    }

    private void Hear(HealthTarget target, ProbeResult result)
    {
        asked--;
        target.IsScheduled = !target.IsGone && target.Spec.Check != HealthCheckKind.None;
        if (!target.IsScheduled) return;
        double interval = target.Spec.Interval.TotalMilliseconds;
        waiting.Enqueue(target, Math.Max(Now, target.BegunAt + (long)(interval * (0.9 + (0.2 * random.NextDouble())))));
        bool isNews = result.Error is not null && result.Error != target.LastError;
        if (isNews) target.LastError = result.Error;
        if (result.Outcome == ProbeOutcome.Impossible)
        {
            if (isNews) log.Warning($"translation {target.Key.Translation}: backend {target.Key} can't be checked: {result.Error}");
        }
        else
        {
            bool wasUp = target.IsUp;
            target.Active.Hear(result.Outcome == ProbeOutcome.Passed, target.Spec.Rise, target.Spec.Fall);
            if (target.IsUp != wasUp)
            {
                Turn(target, result.Error, target.Numbers);
                return;
            }
        }

        if (isNews) board.Set(target.Key, target.View());
    }

    private void LookAtConnections(long now)
    {
        if (passive.Count == 0 || now - looked < LookMilliseconds) return;
        looked = now;
        foreach (HealthTarget target in passive)
        {
            ConnectionCounts counts = default;
            foreach (int number in target.Numbers) counts += connections(number);
            bool wasUp = target.IsUp;
            if (!target.Passive.Look(counts, target.Spec.Passive!, now)) continue;
            if (target.Passive.IsEjected) target.LastError = target.Passive.Why;
            if (target.IsUp != wasUp) Turn(target, target.IsUp ? null : target.Passive.Why, target.Numbers);
            else board.Set(target.Key, target.View());
        }
    }

    private void Turn(HealthTarget target, string? why, int[] numbers)
    {
        bool isUp = target.IsUp;
        target.Since = time.GetUtcNow();
        Tell(target, numbers);
        board.Set(target.Key, target.View());
        string sentence = $"translation {target.Key.Translation}: backend {target.Key} is {(isUp ? "up" : "down")}{(why is null ? "" : $": {why}")}";
        if (isUp) log.Info(sentence);
        else log.Warning(sentence);
    }

    private void Tell(HealthTarget target, int[] numbers)
    {
        foreach (int number in numbers) policy!.SetUp(number, target.IsUp);
    }
}
