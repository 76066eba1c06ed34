using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Documents;
using Sluice.Gateway.Composition;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat snat-policy: each policy as the commands that ask for it.</summary>
internal static class SourceNatAnswer
{
    public static IEnumerable<string> Of(ConfigSet config)
    {
        if (config.SourceNats.IsEmpty) yield return "no source-NAT policy";
        foreach (SourceNatDocument source in config.SourceNats)
        {
            yield return $"[{source.Name}] realm {source.Realm}, policy {SourceInspector.WordOf(source.Policy)}, from {source.Place}";
            foreach (string line in CommandPrinter.Print(source)) yield return $"  {line}";
        }
    }
}
