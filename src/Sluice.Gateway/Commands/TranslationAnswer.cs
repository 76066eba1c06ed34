using System.Globalization;
using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Policy.Balancing;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat translation [ID]: each translation as the command that asks for it, what it does, and its backends.</summary>
/// <param name="gateway">The gateway.</param>
internal sealed class TranslationAnswer(ComposedGateway gateway)
{
    public IEnumerable<string> Of(ConfigSet config, CommandQuestion question)
    {
        TranslationDocument[] meant = question.Id is { } id
            ? [.. config.Translations.Where(translation => RunningCommands.IdOf(translation) == id)]
            : [.. config.Translations];
        if (meant.Length == 0)
        {
            yield return question.Id is { } none ? string.Create(CultureInfo.InvariantCulture, $"no translation has the id {none}") : "no translations";
            yield break;
        }

        Dictionary<string, VirtualService> services = gateway.Engine.Rules.Policy.Services.ToDictionary(static service => service.Name, StringComparer.Ordinal);
        foreach (TranslationDocument translation in meant)
            foreach (string line in LinesOf(translation, services.GetValueOrDefault(translation.Name))) yield return line;
    }

    private static IEnumerable<string> LinesOf(TranslationDocument translation, VirtualService? service)
    {
        string head = RunningCommands.IdOf(translation) is { } id ? id.ToString(CultureInfo.InvariantCulture) : translation.Name;
        foreach (string line in CommandPrinter.Print(translation)) yield return $"[{head}] {line}";
        string mode = translation.NoClient ? "noclient" : translation.IsReal ? "real" : "vip";
        string choice = translation.Maglev ? string.Create(CultureInfo.InvariantCulture, $"maglev of {translation.TableSize} slots") : "default";
        FlowHashFields fields = service?.HashFields ?? FlowHashFields.All;
        yield return $"  {mode}, lb {choice}, flow-hash {FlowHashText.Of(fields)}, from {translation.Place}";
        if (service is null)
        {
            yield return "  not in force: the link that its address is of has none";
            yield break;
        }

        if (service.Backends.IsEmpty) yield return "  no backends: new sessions are refused";
        for (int i = 0; i < service.Backends.Length; i++) yield return BackendLine(service, i);
    }

    private static string BackendLine(VirtualService service, int place)
    {
        Backend backend = service.Backends[place];
        string source = backend.Source is not null || backend.SourcePort is not null ? End(backend.Source?.ToString() ?? "", backend.SourcePort) : "";
        string destination = End(backend.Address?.ToString() ?? "", backend.FirstPort);
        string state = !service.IsUp(place) ? "down" : backend.Weight == 0 ? "draining" : "active";
        return string.Create(CultureInfo.InvariantCulture, $"  {source}->{destination}{(backend.IsDirect ? ":nonat" : "")}  weight {backend.Weight}, {state}");
    }

    private static string End(string address, ushort? port) => port is { } given
        ? string.Create(CultureInfo.InvariantCulture, $"{address}{(address.Length == 0 ? "" : " ")}{given}")
        : address;
}
