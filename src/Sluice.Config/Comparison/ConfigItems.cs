using Sluice.Config.Documents;
using Sluice.Config.Kinds;
using Sluice.Config.Validation;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Comparison;

/// <summary>Everything that a configuration asks for, as items. What two configurations both leave to a default says nothing.</summary>
public static class ConfigItems
{
    /// <summary>The items of a configuration: the gateway and its parts, then VPCs and profiles, then what decides on packets.</summary>
    public static IEnumerable<ConfigItem> Of(ConfigSet set) => Of(set, new HashSet<string>());

    /// <summary>The same, but for the peerings of some names.</summary>
    internal static IEnumerable<ConfigItem> Of(ConfigSet set, IReadOnlySet<string> without)
    {
        if (set.Gateway.Name.Length > 0) yield return GatewayItem(set.Gateway);
        foreach (LinkSpec link in set.Gateway.Links) yield return LinkItem(link);
        foreach (RealmSpec realm in set.Gateway.Realms) yield return RealmItem(realm);
        foreach (FabricGatewayDocument gateway in set.FabricGateways) yield return FabricItem(gateway);
        foreach (VpcDocument vpc in set.Vpcs) yield return VpcItem(vpc);
        foreach (NatProfileDocument profile in set.Profiles) yield return ProfileItem(profile);
        foreach (Peering peering in set.Peerings)
        {
            if (without.Contains(peering.Name)) continue;
            foreach (ConfigItem item in PeeringItems.Of(peering)) yield return item;
        }

        foreach (TranslationDocument translation in set.Translations) yield return TranslationItem(translation);
        foreach (SourceNatDocument sourceNat in set.SourceNats) yield return SourceNatItem(sourceNat);
        foreach (AddedDocument added in set.Added) yield return new ConfigItem(added.Kind.Name, added.Name, added.Place, added.Fields);
    }

    private static ConfigItem GatewayItem(GatewayDocument gateway)
    {
        var fields = new ItemFields
        {
            { "sessions.capacity", gateway.SessionCapacity },
            { "workers", gateway.Workers },
            { "identity", gateway.IdentityV6 is { } v6 ? $"{gateway.IdentityV4}, {v6}" : $"{gateway.IdentityV4}" },
            { "api.socket", gateway.ApiSocket },
        };
        fields.AddWord("logging.level", gateway.LogLevel);
        AddTimers(fields, gateway.Timers);
        return new ConfigItem("Gateway", gateway.Name, gateway.Place, [.. fields]);
    }

    private static ConfigItem LinkItem(LinkSpec link)
    {
        var fields = new ItemFields();
        fields.Add("driver", link.Driver.ToString().ToLowerInvariant());
        fields.Add("device", link.Device);
        fields.Add("realm", link.Realm);
        fields.Add("addresses", link.Addresses.Select(a => $"{a.Address}/{a.Connected.Length}"));
        fields.Add("routes", link.Routes.Select(r => r.Via is { } via ? $"{r.To} via {via}" : $"{r.To}"));
        fields.Add("neighbors", link.Neighbors.Select(n => $"{n.Address} at {n.Mac}"));
        fields.Add("mtu", link.Mtu);
        fields.Add("mac", link.Mac?.ToString());
        fields.Add("vlan", link.Vlan);
        fields.Add("vxlan", link.Vxlan is { } vxlan ? $"{vxlan.Local} port {vxlan.Port}" : null);
        return new ConfigItem("link", link.Name, link.Place, [.. fields]);
    }

    private static ConfigItem RealmItem(RealmSpec realm) => new("realm", realm.Name, realm.Place,
    [
        .. new ItemFields { { "vni", realm.Vni }, { "remotes", realm.Remotes.Select(r => $"{r.Prefix} behind {r.Vtep} ({r.Mac})") } },
    ]);

    private static ConfigItem FabricItem(FabricGatewayDocument gateway) => new("Gateway (fabric)", gateway.Name, gateway.Place,
    [
        .. new ItemFields
        {
            { "protocolIP", gateway.ProtocolAddress?.ToString() },
            { "vtepIP", gateway.VtepAddress?.ToString() },
            { "vtepMAC", gateway.VtepMac?.ToString() },
            { "groups", gateway.Groups.Select(g => $"{g.Group} {g.Priority}") },
        },
    ]);

    private static ConfigItem VpcItem(VpcDocument vpc) => new("VPCInfo", vpc.Name, vpc.Place,
    [
        .. new ItemFields { { "vni", vpc.Vni }, { "vpcID", vpc.Id }, { "subnets", vpc.Subnets.Select(s => $"{s.Name} {s.Prefix}") } },
    ]);

    private static ConfigItem ProfileItem(NatProfileDocument profile)
    {
        var fields = new ItemFields();
        fields.AddWord("mapping", profile.Mapping);
        fields.AddWord("filtering", profile.Filtering);
        fields.Add("ports", profile.Ports.ToString());
        fields.Add("preservePort", profile.PreservePort);
        fields.Add("holdTime", profile.HoldTime);
        fields.Add("quotas.portsPerHost", profile.Quotas.PortsPerHost);
        fields.Add("quotas.sessionsPerHost", profile.Quotas.SessionsPerHost);
        fields.Add("quotas.newSessionsPerSecondPerHost", profile.Quotas.NewSessionsPerSecondPerHost);
        fields.AddWord("refuse.inside", profile.Refuse.Inside);
        fields.AddWord("refuse.outside", profile.Refuse.Outside);
        fields.AddWord("paired", profile.Paired);
        fields.Add("mssClamp", profile.MssClamp);
        fields.AddWord("midstream", profile.Midstream);
        fields.AddWord("rstCheck", profile.RstCheck);
        fields.AddWord("inboundRefresh", profile.InboundRefresh);
        AddTimers(fields, profile.Timers);
        return new ConfigItem("NatProfile", profile.Name, profile.Place, [.. fields]);
    }

    private static ConfigItem TranslationItem(TranslationDocument translation)
    {
        var fields = new ItemFields
        {
            { "realm", translation.Realm },
            { "address", Show(translation.Address, translation.AddressOf) },
            { "port", translation.Ports.IsAll ? "" : translation.Ports.ToString() },
            { "protocol", (int)translation.Protocol },
            { "sources", translation.Sources.Select(static source => source.ToString()) },
            { "mode", translation.IsReal ? "real" : "vip" },
            { "loadBalancing.method", translation.Maglev ? "maglev" : "hash" },
            { "noClient", translation.NoClient ? "true" : null },
            { "loadBalancing.tableSize", translation.TableSize == TranslationDocument.DefaultTableSize ? null : translation.TableSize },
            { "loadBalancing.hashFields", translation.HashFields },
            { "loadBalancing.symmetric", translation.SymmetricHash ? "true" : null },
            { "loadBalancing.reverse", translation.ReverseHash ? "true" : null },
            { "affinity.timeout", translation.AffinityTimeout },
            { "profile", translation.Profile },
            { "onRemove", translation.DrainOnRemove ? "drain" : "end" },
            { "backends", translation.Backends.Select(Show) },
        };
        if (translation.Health is { } health) AddHealth(fields, health);
        return new ConfigItem("Translation", translation.Name, translation.Place, [.. fields]);
    }

    private static void AddHealth(ItemFields fields, HealthSpec health)
    {
        fields.AddWord("health.check", health.Check);
        if (health.Check != HealthCheckKind.None)
        {
            fields.Add("health.port", health.Port);
            fields.Add("health.interval", health.Interval);
            fields.Add("health.timeout", health.Timeout);
            fields.Add("health.rise", health.Rise);
            fields.Add("health.fall", health.Fall);
        }

        if (health.Check == HealthCheckKind.Http)
        {
            fields.Add("health.path", health.Path);
            fields.Add("health.host", health.Host);
            fields.Add("health.status", health.Status.ToString());
        }

        if (health.Check == HealthCheckKind.Udp)
        {
            fields.Add("health.send", health.Send);
            fields.Add("health.answer", health.NeedsAnswer ? "required" : "optional");
        }

        if (health.Passive is not { } passive) return;
        fields.Add("health.passive.refused", passive.Refused);
        fields.Add("health.passive.unanswered", passive.Unanswered);
        fields.Add("health.passive.ejectFor", passive.EjectFor);
    }

    private static ConfigItem SourceNatItem(SourceNatDocument nat)
    {
        var fields = new ItemFields
        {
            { "realm", nat.Realm },
            { "links", nat.Links.Select(l => l.Name) },
            { "linksV4", nat.LinksV4.Select(l => l.Name) },
            { "linksV6", nat.LinksV6.Select(l => l.Name) },
            { "coversNoLink", nat.CoversNoLink ? "true" : null },
            { "addresses", nat.Addresses.Select(EntryText.Show) },
            { "addressesOf", nat.AddressesOf.Select(l => l.Name) },
            { "exclude", nat.Exclude },
            { "include", nat.Include },
            { "tables.includeV4", nat.Tables.IncludeV4.Select(l => l.Name) },
            { "tables.includeV6", nat.Tables.IncludeV6.Select(l => l.Name) },
            { "tables.pod", nat.Tables.Pod.Select(l => l.Name) },
            { "tables.host", nat.Tables.Host.Select(l => l.Name) },
            { "rewrites", nat.Rewrites.Select(r => $"{(r.MatchSource ? "source" : "destination")} {r.Prefix} to {r.To}") },
            { "profile", nat.Profile },
        };
        fields.AddWord("policy", nat.Policy);
        return new ConfigItem("SourceNat", nat.Name, nat.Place, [.. fields]);
    }

    private static string Show(BackendSpec backend)
    {
        string ports = backend.Ports is { } given ? $" port {given}" : "";
        bool hasSource = backend.SourceAddress is not null || backend.SourceAddressOf is not null || backend.SourcePort is not null;
        string source = hasSource ? $" source {Show(backend.SourceAddress, backend.SourceAddressOf)} {backend.SourcePort}" : "";
        return $"{Show(backend.Address, backend.AddressOf)}{ports} weight {backend.Weight}{(backend.Draining ? " draining" : "")}{(backend.Direct ? " direct" : "")}{source}";
    }

    private static string Show(IpAddress? address, NamedSpec? link) =>
        link is { } named ? $"{(address is { IsV4: false } ? "IPv6" : "first")} address of {named.Name}" : address?.ToString() ?? "";

    private static void AddTimers(ItemFields fields, TimerSpec timers)
    {
        fields.Add("timers.tcpEstablished", timers.TcpEstablished);
        fields.Add("timers.tcpHalfOpen", timers.TcpHalfOpen);
        fields.Add("timers.tcpClosing", timers.TcpClosing);
        fields.Add("timers.udp", timers.Udp);
        fields.Add("timers.icmp", timers.Icmp);
        fields.Add("timers.fragments", timers.Fragments);
    }
}
