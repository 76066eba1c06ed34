using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>Answers requests from what an inspector sees.</summary>
/// <param name="inspector">The running gateway.</param>
public sealed class ControlHandler(IGatewayInspector inspector)
{
    /// <summary>Everything that can be shown.</summary>
    public static IReadOnlyList<string> Shows { get; } = ["sessions", "drops", "links", "routes", "mappings", "pools", "status"];

    /// <summary>Answers one request.</summary>
    public ControlAnswer Answer(ControlRequest request)
    {
        if (request.Command != "show") return ControlAnswer.Refused($"there is no command '{request.Command}'; there is: show");
        int limit = Math.Clamp(request.Limit, 0, ControlRequest.LimitMax);
        string filter = request.Filter ?? "";
        return request.What switch
        {
            "sessions" => Result(inspector.Sessions(limit, s => Admits(s, filter)), GatewayJson.Default.SessionsView),
            "drops" => Result(inspector.Drops(), GatewayJson.Default.DropsView),
            "links" => Result(inspector.Links(), GatewayJson.Default.LinksView),
            "routes" => Result(inspector.Routes(), GatewayJson.Default.RoutesView),
            "mappings" => Result(inspector.Mappings(limit, m => Admits(m, filter)), GatewayJson.Default.MappingsView),
            "pools" => Result(inspector.Pools(), GatewayJson.Default.PoolsView),
            "status" => Result(inspector.Status(), GatewayJson.Default.StatusView),
            _ => ControlAnswer.Refused($"nothing called '{request.What}' can be shown; there are: {string.Join(", ", Shows)}"),
        };
    }

    private static ControlAnswer Result<T>(T view, JsonTypeInfo<T> type) => new(Ok: true, Error: null, JsonSerializer.SerializeToElement(view, type));

    private static bool Admits(SessionView session, string filter) => filter.Length == 0
        || Has(session.Protocol, filter) || Has(session.From, filter) || Has(session.To, filter) || Has(session.State, filter)
        || Has(session.Source, filter) || Has(session.Destination, filter)
        || Has(session.TranslatedSource, filter) || Has(session.TranslatedDestination, filter);

    private static bool Admits(MappingView mapping, string filter) => filter.Length == 0
        || Has(mapping.Protocol, filter) || Has(mapping.Realm, filter) || Has(mapping.PublicRealm, filter)
        || Has(mapping.Inside, filter) || Has(mapping.Public, filter);

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
