using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Config;
using Sluice.Gateway.Explain;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Links;

namespace Sluice.Gateway.Control;

/// <summary>Answers requests from what an inspector sees, and hands new configurations on.</summary>
/// <param name="inspector">The running gateway.</param>
/// <param name="reloader">What takes new configurations; null: nobody does.</param>
/// <param name="explainer">What explains packets; null: nobody does.</param>
/// <param name="desk">What changes and watches sessions; null: nobody does.</param>
/// <param name="commands">What does Cloud NAT commands; null: nobody does.</param>
public sealed class ControlHandler(IGatewayInspector inspector, IReloader? reloader = null, Explainer? explainer = null, ISessionDesk? desk = null, ICommandDesk? commands = null)
{
    private readonly SessionCommands sessions = new(inspector, desk);

    /// <summary>Everything that can be shown.</summary>
    public static IReadOnlyList<string> Shows { get; } =
        ["sessions", "drops", "links", "routes", "mappings", "pools", "peerings", "translations", "sources", "status", "config", "documents", "agent"];

    /// <summary>Answers one request.</summary>
    public ControlAnswer Answer(ControlRequest request) => request.Command switch
    {
        "show" => Show(request),
        "apply" => Take(request, static (reloader, texts) => reloader.Apply(texts, "the control socket")),
        "diff" => Take(request, static (reloader, texts) => reloader.Diff(texts)),
        "explain" => Explain(request),
        "sessions" => sessions.Answer(request),
        "cnat" => Command(request),
        _ => ControlAnswer.Refused($"there is no command '{request.Command}'; there are: show, apply, diff, explain, sessions, cnat"),
    };

    /// <summary>Whether a request asks for a stream rather than for one answer.</summary>
    public static bool AsksForStream(ControlRequest request) => request is { Command: "sessions", What: "watch" };

    /// <summary>Begins a stream: the answer comes first, what happens follows it until the program hangs up.</summary>
    public ControlAnswer Begin(ControlRequest request, out SessionWatch? watch) => sessions.Watch(request, out watch);

    private ControlAnswer Command(ControlRequest request)
    {
        if (commands is null) return ControlAnswer.Refused("this gateway takes no commands");
        if (request.Lines is null) return ControlAnswer.Refused("'cnat' needs lines: commands, one a line");
        try
        {
            CommandsView view = commands.Run(request.Lines);
            return Result(view, GatewayJson.Default.CommandsView) with { Ok = view.Accepted, Error = view.Accepted ? null : "nothing was changed" };
        }
        catch (LinkException e)
        {
            return ControlAnswer.Refused($"{e.Message}; the old configuration stays in force");
        }
        catch (ControlException e)
        {
            return ControlAnswer.Refused(e.Message);
        }
    }

    private ControlAnswer Take(ControlRequest request, Func<IReloader, ConfigTexts, ReloadView> take)
    {
        if (reloader is null) return ControlAnswer.Refused("this gateway takes no configurations");
        if (request.Files is not { Count: > 0 } files || files.Any(file => file?.Name is null || file.Text is null))
            return ControlAnswer.Refused($"'{request.Command}' needs files, each with a name and a text");
        try
        {
            ReloadView view = take(reloader, new ConfigTexts([.. files], []));
            return Result(view, GatewayJson.Default.ReloadView) with { Ok = view.Accepted, Error = view.Accepted ? null : "the configuration is wrong; nothing was changed" };
        }
        catch (LinkException e)
        {
            return ControlAnswer.Refused($"{e.Message}; the old configuration stays in force");
        }
        catch (ControlException e)
        {
            return ControlAnswer.Refused(e.Message);
        }
    }

    private ControlAnswer Show(ControlRequest request)
    {
        int limit = Math.Clamp(request.Limit, 0, ControlRequest.LimitMax);
        string filter = request.Filter ?? "";
        return request.What switch
        {
            "sessions" => sessions.List(request),
            "drops" => Result(inspector.Drops(), GatewayJson.Default.DropsView),
            "links" => Result(inspector.Links(), GatewayJson.Default.LinksView),
            "routes" => Result(inspector.Routes(), GatewayJson.Default.RoutesView),
            "mappings" => Result(inspector.Mappings(limit, m => Admits(m, filter)), GatewayJson.Default.MappingsView),
            "pools" => Result(inspector.Pools(), GatewayJson.Default.PoolsView),
            "peerings" => Result(inspector.Peerings(), GatewayJson.Default.PeeringsView),
            "translations" => Translations(request.Name, limit),
            "sources" => Sources(request.Name, limit),
            "config" => Result(inspector.Config(withTexts: false), GatewayJson.Default.ConfigView),
            "documents" => Result(inspector.Config(withTexts: true), GatewayJson.Default.ConfigView),
            "agent" => Result(inspector.Agent(), GatewayJson.Default.AgentView),
            "status" => Result(inspector.Status(), GatewayJson.Default.StatusView),
            _ => ControlAnswer.Refused($"nothing called '{request.What}' can be shown; there are: {string.Join(", ", Shows)}"),
        };
    }

    private ControlAnswer Translations(string? name, int limit)
    {
        TranslationsView view = inspector.Translations(name, name is null ? limit : 1);
        return name is not null && view.Translations.Count == 0
            ? ControlAnswer.Refused($"there is no translation '{name}'")
            : Result(view, GatewayJson.Default.TranslationsView);
    }

    private ControlAnswer Sources(string? name, int limit)
    {
        SourcesView view = inspector.Sources(name, name is null ? limit : 1);
        return name is not null && view.Sources.Count == 0
            ? ControlAnswer.Refused($"there is no source-NAT policy '{name}'")
            : Result(view, GatewayJson.Default.SourcesView);
    }

    private ControlAnswer Explain(ControlRequest request)
    {
        if (explainer is null) return ControlAnswer.Refused("this gateway explains nothing");
        if (request.Packet is not { Link: not null, Protocol: not null, Source: not null, Destination: not null } question)
            return ControlAnswer.Refused("'explain' needs a packet: link, protocol, source, destination");
        return explainer.TryExplain(question, out ExplanationView? view, out string? problem)
            ? Result(view, GatewayJson.Default.ExplanationView)
            : ControlAnswer.Refused(problem);
    }

    private static ControlAnswer Result<T>(T view, JsonTypeInfo<T> type) => new(Ok: true, Error: null, JsonSerializer.SerializeToElement(view, type));

    private static bool Admits(MappingView mapping, string filter) => filter.Length == 0
        || Has(mapping.Protocol, filter) || Has(mapping.Realm, filter) || Has(mapping.PublicRealm, filter)
        || Has(mapping.Inside, filter) || Has(mapping.Public, filter);

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
