using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>What can be seen of a running gateway. Called from any thread; reads tables while packets pass.</summary>
public interface IGatewayInspector
{
    /// <summary>The gateway as a whole.</summary>
    StatusView Status();

    /// <summary>Live sessions: those that <paramref name="query"/> means.</summary>
    SessionsView Sessions(SessionQuery query);

    /// <summary>Drops by reason.</summary>
    DropsView Drops();

    /// <summary>The links.</summary>
    LinksView Links();

    /// <summary>The routes of all realms.</summary>
    RoutesView Routes();

    /// <summary>Live mappings: at most <paramref name="limit"/> that <paramref name="filter"/> admits.</summary>
    MappingsView Mappings(int limit, Func<MappingView, bool> filter);

    /// <summary>Ports of the pools.</summary>
    PoolsView Pools();

    /// <summary>The peerings in force.</summary>
    PeeringsView Peerings();

    /// <summary>The translations in force: all, or the one of a name; at most <paramref name="limit"/>.</summary>
    TranslationsView Translations(string? name, int limit);

    /// <summary>The source-NAT policies in force: all, or the one of a name; at most <paramref name="limit"/>.</summary>
    SourcesView Sources(string? name, int limit);

    /// <summary>The configuration in force, with the text of its files or without.</summary>
    ConfigView Config(bool withTexts);

    /// <summary>The gateway's state as a GatewayAgent document.</summary>
    AgentView Agent();
}
