using Sluice.Config.Commands;
using Sluice.Config.Comparison;
using Sluice.Dataplane;
using Sluice.Dataplane.Routing;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Links;
using MappingView = Sluice.Gateway.Views.MappingView;
using PoolView = Sluice.Gateway.Views.PoolView;

namespace Sluice.Gateway.Composition;

/// <summary>Reads a composed gateway while packets pass through it.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="samples">What samples its traffic; null: nobody does, so rates are 0.</param>
public sealed class GatewayInspector(ComposedGateway gateway, TrafficSampler? samples = null) : IGatewayInspector
{
    private readonly SessionReader sessions = new(gateway);
    private readonly TrafficSampler traffic = samples ?? new TrafficSampler(gateway.Engine);

    private PacketEngine Engine => gateway.Engine;

    /// <inheritdoc/>
    public StatusView Status()
    {
        double up = (Engine.Options.Time.GetUtcNow() - Engine.Clock.Began).TotalSeconds;
        return new StatusView(gateway.InForce?.Generation ?? 0, up, Engine.Options.Workers, Engine.Store.Count().Total, Engine.Store.LiveMappings, Packets());
    }

    /// <inheritdoc/>
    public SessionsView Sessions(SessionQuery query) => new(Engine.Store.Count().Total, [.. query.Of(sessions.All()).Select(static s => s.ToView())]);

    /// <inheritdoc/>
    public DropsView Drops()
    {
        DataplaneCounters counters = Engine.Counters();
        return new DropsView(counters.Dropped,
            [.. counters.DropsByReason().OrderByDescending(d => d.Count).Select(d => new DropView(d.Reason.ToString(), d.Count, DropReasonWords.Of(d.Reason)))]);
    }

    /// <inheritdoc/>
    public LinksView Links() => new([.. gateway.Links.Select(l =>
    {
        LinkStatistics counted = Engine.StatisticsOf(l.Port.Index);
        (ulong received, _, ulong sent, _) = Engine.Counters().OfLink(l.Port.Index);
        return new LinkView(
            l.Spec.Name,
            l.Spec.Driver.ToString().ToLowerInvariant(),
            l.Spec.Device,
            l.Spec.Realm,
            [.. l.Port.Addresses.Select(a => $"{a.Address}/{a.Connected.Length}")],
            l.Port.Link.HasEthernet ? l.Port.Link.Mac.ToString() : null,
            l.Port.Link.Mtu,
            received,
            sent,
            counted.Refused,
            counted.Lost);
    })]);

    /// <inheritdoc/>
    public RoutesView Routes() => new([.. Engine.Rules.Routes.Routes
        .Select(r => (Route: r, Port: Engine.Rules.Ports.ElementAtOrDefault(r.Link)))
        .Where(r => r.Port is not null)
        .Select(r => new RouteView(
            gateway.Realms.NameOf(r.Port!.Realm), r.Route.To.ToString(), r.Route.Via?.ToString(), r.Port.Link.Name, OriginOf(r.Route.Origin)))
        .OrderBy(r => r.Realm, StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public MappingsView Mappings(int limit, Func<MappingView, bool> filter) => new(
        Engine.Store.LiveMappings,
        [.. Engine.Store.Mappings(Engine.Clock.Now).Where(m => m.Sessions > 0).Select(m => new MappingView(
            EndpointText.Protocol(m.Protocol),
            gateway.Realms.NameOf(m.InsideRealm),
            EndpointText.Of(m.Inside, m.InsidePort),
            gateway.Realms.NameOf(m.PublicRealm),
            EndpointText.Of(m.Public, m.PublicPort),
            (int)m.Sessions)).Where(filter).Take(limit)]);

    /// <inheritdoc/>
    public PoolsView Pools() => new(PoolsOf(Engine.Store.Pools(Engine.Rules.Pools)));

    /// <inheritdoc/>
    public PeeringsView Peerings() => PeeringInspector.Read(gateway);

    /// <inheritdoc/>
    public TranslationsView Translations(string? name, int limit) => TranslationInspector.Read(gateway, name, limit);

    /// <inheritdoc/>
    public SourcesView Sources(string? name, int limit) => SourceInspector.ReadAll(gateway, name, limit);

    /// <inheritdoc/>
    public ConfigView Config(bool withTexts)
    {
        if (gateway.InForce is not { } inForce) return new ConfigView(0, "", [], new Dictionary<string, int>());
        return new ConfigView(
            inForce.Generation,
            TimeText.Of(inForce.AppliedAt),
            [.. inForce.Texts.Texts.Select(t => new ConfigFileView(t.Name, t.Text.AsSpan().TrimEnd('\n').Count('\n') + 1, withTexts ? t.Text : null))],
            ConfigItems.Of(inForce.Set).GroupBy(item => item.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal),
            withTexts ? CommandPrinter.PrintCommands(inForce.Set) : null);
    }

    /// <inheritdoc/>
    public AgentView Agent() => AgentInspector.Read(gateway, traffic.Latest);

    /// <summary>What became of all packets.</summary>
    public PacketsView Packets()
    {
        DataplaneCounters c = Engine.Counters();
        return new PacketsView(c.In, c.Made, c.Out, c.Consumed, c.Held, DropsOf(c));
    }

    /// <summary>Drops by the name of their reason.</summary>
    internal static Dictionary<string, ulong> DropsOf(DataplaneCounters counters) =>
        counters.DropsByReason().ToDictionary(d => d.Reason.ToString(), d => d.Count, StringComparer.Ordinal);

    /// <summary>Use of the pools, in an order that depends on nothing but their addresses.</summary>
    internal static IReadOnlyList<PoolView> PoolsOf(IEnumerable<Sluice.Sessions.PoolView> pools) =>
        [.. pools.OrderBy(p => p.Realm).ThenBy(p => p.Address).ThenBy(p => p.Protocol)
            .Select(p => new PoolView(p.Address.ToString(), EndpointText.Ports(p.Protocol), p.InUse, p.Held, p.Total))];

    private static string OriginOf(RouteOrigin origin) => origin switch
    {
        RouteOrigin.Connected => "connected",
        RouteOrigin.Document => "configured",
        RouteOrigin.Kernel => "kernel",
        _ => "only link",
    };
}
