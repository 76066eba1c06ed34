using System.Collections.Concurrent;
using Sluice.Config;
using Sluice.Policy;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Health;

/// <summary>What is known of backends' health, for everybody to read. One monitor writes it; without one it is empty, and all backends are up.</summary>
public sealed class HealthBoard
{
    private readonly ConcurrentDictionary<BackendKey, BackendHealth> known = new();

    /// <summary>How many backends are checked.</summary>
    public int Count => known.Count;

    /// <summary>The health of a backend; null: it isn't checked, and counts as well.</summary>
    public BackendHealth? Of(VirtualService service, Backend backend) =>
        BackendKey.TryGet(service, backend, out BackendKey key) && known.TryGetValue(key, out BackendHealth? health) ? health : null;

    /// <summary>Tells a policy, before it is in force, which of its backends are known to be down: a reload neither forgets that nor sends anybody there for a moment.</summary>
    /// <param name="config">The configuration that it was made of: where that checks nobody, all backends are up.</param>
    /// <param name="policy">The policy.</param>
    public void Mark(ConfigSet config, GatewayPolicy policy)
    {
        if (known.IsEmpty) return;
        var down = known.Where(static entry => !entry.Value.IsUp).Select(static entry => entry.Key.Translation).ToHashSet(StringComparer.Ordinal);
        if (down.Count > 0) down.IntersectWith(config.Translations.Where(static translation => translation.Health is not null).Select(static translation => translation.Name));
        if (down.Count == 0) return;
        foreach (VirtualService service in policy.Services)
        {
            if (!down.Contains(service.Name)) continue;
            for (int place = 0; place < service.Backends.Length; place++)
                if (Of(service, service.Backends[place]) is { IsUp: false }) policy.SetUp(service.FirstBackend + place, isUp: false);
        }
    }

    internal void Set(in BackendKey key, BackendHealth health) => known[key] = health;

    internal void KeepOnly(IReadOnlySet<BackendKey> keys)
    {
        foreach (BackendKey key in known.Keys)
            if (!keys.Contains(key)) known.TryRemove(key, out _);
    }
}
