using System.Text.Json.Serialization;
using Sluice.Gateway.Replay;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>How everything that the gateway says to programs becomes JSON; generated, so no reflection at run time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(SessionsView))]
[JsonSerializable(typeof(DropsView))]
[JsonSerializable(typeof(LinksView))]
[JsonSerializable(typeof(RoutesView))]
[JsonSerializable(typeof(MappingsView))]
[JsonSerializable(typeof(PoolsView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(PeeringsView))]
[JsonSerializable(typeof(TranslationsView))]
[JsonSerializable(typeof(SourcesView))]
[JsonSerializable(typeof(ConfigView))]
[JsonSerializable(typeof(AgentView))]
[JsonSerializable(typeof(ReloadView))]
[JsonSerializable(typeof(ExplanationView))]
[JsonSerializable(typeof(SessionCountView))]
[JsonSerializable(typeof(SessionsChangedView))]
[JsonSerializable(typeof(SessionEventView))]
[JsonSerializable(typeof(CommandsView))]
[JsonSerializable(typeof(ReplaySummary))]
public sealed partial class GatewayJson : JsonSerializerContext;
