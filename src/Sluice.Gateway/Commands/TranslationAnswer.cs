using System.Globalization;
using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;
using Sluice.Policy.Balancing;
using Sluice.Policy.Translations;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat translation [ID]: each translation as the command that asks for it, what it does, what has been counted, and its backends.</summary>
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
        Dictionary<string, TranslationView> views = TranslationInspector.Read(gateway, question.Id is null ? null : meant[0].Name, int.MaxValue)
            .Translations.ToDictionary(static view => view.Name, StringComparer.Ordinal);
        foreach (TranslationDocument translation in meant)
            if (views.TryGetValue(translation.Name, out TranslationView? view))
                foreach (string line in LinesOf(translation, services.GetValueOrDefault(translation.Name), view)) yield return line;
    }

    private static IEnumerable<string> LinesOf(TranslationDocument translation, VirtualService? service, TranslationView view)
    {
        string head = RunningCommands.IdOf(translation) is { } id ? id.ToString(CultureInfo.InvariantCulture) : translation.Name;
        foreach (string line in CommandPrinter.Print(translation)) yield return $"[{head}] {line}";
        string mode = translation.NoClient ? "noclient" : view.Mode;
        string choice = translation.Maglev ? string.Create(CultureInfo.InvariantCulture, $"maglev of {translation.TableSize} slots") : "default";
        yield return $"  {mode}, lb {choice}, flow-hash {FlowHashText.Of(service?.HashFields ?? FlowHashFields.All)}, from {view.Place}";
        yield return $"  {CountsText.Of(view.Counts)}";
        if (service is null) yield return "  not in force: the link that its address is of has none";
        else if (service.Backends.IsEmpty) yield return "  no backends: new sessions are refused";

        // Those that are listed come first, in the order of the service; behind them those that are gone and have sessions still.
        for (int i = 0; i < view.Backends.Count; i++)
        {
            BackendView backend = view.Backends[i];
            string ends = i < (service?.Backends.Length ?? 0) ? EndsOf(service!.Backends[i]) : $"->{backend.Endpoint}";
            yield return string.Create(CultureInfo.InvariantCulture, $"  {ends}  weight {backend.Weight}, {backend.State}, share {backend.Share * 100:0.#} %, {CountsText.Of(backend.Counts)}");
        }
    }

    private static string EndsOf(Backend backend) =>
        $"{End(backend.Source?.ToString() ?? "", backend.SourcePort)}->{End(backend.Address?.ToString() ?? "", backend.FirstPort)}{(backend.IsDirect ? ":nonat" : "")}";

    private static string End(string address, ushort? port) => port is { } given
        ? string.Create(CultureInfo.InvariantCulture, $"{address}{(address.Length == 0 ? "" : " ")}{given}")
        : address;
}
