using System.Reflection;
using Sluice.Config;
using Sluice.Gateway.Views;
using Sluice.Policy;

namespace Sluice.Gateway.Composition;

/// <summary>Says a gateway's state as a GatewayAgent document.</summary>
internal static class AgentInspector
{
    // Without what names the build.
    private static readonly string Version =
        (typeof(AgentInspector).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    public static AgentView Read(ComposedGateway gateway, TrafficSample sample)
    {
        ConfigSet? config = gateway.Config;
        var state = new AgentStateView(
            new AgentDataplaneView(Version),
            new AgentFrrView(0),
            VpcsOf(config, gateway.Realms, sample),
            PeeringsOf(gateway.Realms, sample),
            new AgentBgpView(new Dictionary<string, string>()),
            TimeText.Of(sample.Time));
        DateTimeOffset now = gateway.Engine.Options.Time.GetUtcNow();
        return new AgentView(
            "gwint.githedgehog.com/v1alpha1",
            "GatewayAgent",
            new AgentMetadataView(config?.Agent?.Name ?? (config?.Gateway.Name is { Length: > 0 } name ? name : "gateway"), "default"),
            new AgentStatusView(gateway.InForce?.Generation ?? 0, TimeText.Of(gateway.InForce?.AppliedAt ?? now), TimeText.Of(now), state));
    }

    // Every realm that the configuration names has its line, with or without traffic; so has one that is gone and had some.
    private static SortedDictionary<string, AgentVpcView> VpcsOf(ConfigSet? config, RealmRegistry realms, TrafficSample sample)
    {
        var vpcs = new SortedDictionary<string, AgentVpcView>(StringComparer.Ordinal);
        foreach (Realm realm in config?.Realms ?? []) vpcs[realm.Name] = new AgentVpcView(0, 0, 0);
        foreach ((var pair, var count) in sample.Traffic.Pairs)
        {
            AgentVpcView vpc = vpcs.GetValueOrDefault(realms.NameOf(pair.Realm)) ?? new AgentVpcView(0, 0, 0);
            vpcs[realms.NameOf(pair.Realm)] = vpc with { Packets = vpc.Packets + count.Packets, Bytes = vpc.Bytes + count.Bytes };
        }

        foreach ((ushort realm, ulong drops) in sample.Traffic.Drops)
        {
            string name = realms.NameOf(realm);
            vpcs[name] = (vpcs.GetValueOrDefault(name) ?? new AgentVpcView(0, 0, 0)) with { Drops = drops };
        }

        // Nobody who names no realm "default" wants to hear of it.
        if (vpcs.TryGetValue(ConfigSet.DefaultRealm, out AgentVpcView? unused) && unused == new AgentVpcView(0, 0, 0)) vpcs.Remove(ConfigSet.DefaultRealm);
        return vpcs;
    }

    private static SortedDictionary<string, AgentPeeringView> PeeringsOf(RealmRegistry realms, TrafficSample sample)
    {
        var peerings = new SortedDictionary<string, AgentPeeringView>(StringComparer.Ordinal);
        foreach ((var pair, var count) in sample.Traffic.Pairs.Where(pair => pair.Value != default))
        {
            (double bytes, double packets) = sample.Rates.GetValueOrDefault(pair);
            peerings[$"{realms.NameOf(pair.Realm)}->{realms.NameOf(pair.RealmTo)}"] =
                new AgentPeeringView(count.Packets, count.Bytes, count.Drops, Math.Round(bytes, 1), Math.Round(packets, 1));
        }

        return peerings;
    }
}
