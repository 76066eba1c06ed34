using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat snat-policy: each policy as the commands that ask for it, and what has been counted of it.</summary>
internal static class SourceNatAnswer
{
    public static IEnumerable<string> Of(ComposedGateway gateway, ConfigSet config)
    {
        if (config.SourceNats.IsEmpty) yield return "no source-NAT policy";
        Dictionary<string, SourceView> views = SourceInspector.Read(gateway, null, int.MaxValue).Sources.ToDictionary(static view => view.Name, StringComparer.Ordinal);
        foreach (SourceNatDocument source in config.SourceNats)
        {
            yield return $"[{source.Name}] realm {source.Realm}, policy {SourceInspector.WordOf(source.Policy)}, from {source.Place}";
            foreach (string line in CommandPrinter.Print(source)) yield return $"  {line}";
            if (views.TryGetValue(source.Name, out SourceView? view)) yield return $"  {CountsText.Of(view.Counts)}";
        }
    }
}
