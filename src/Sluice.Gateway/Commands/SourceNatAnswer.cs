using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Documents;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat snat-policy: each policy as the commands that ask for it.</summary>
internal static class SourceNatAnswer
{
    public static IEnumerable<string> Of(ConfigSet config)
    {
        if (config.SourceNats.IsEmpty) yield return "no source-NAT policy";
        foreach (SourceNatDocument source in config.SourceNats)
        {
            yield return $"[{source.Name}] realm {source.Realm}, policy {Word(source.Policy)}, from {source.Place}";
            foreach (string line in CommandPrinter.Print(source)) yield return $"  {line}";
        }
    }

    private static string Word(SourceNatPolicy policy) => policy switch
    {
        SourceNatPolicy.IfPfx => "if-pfx",
        SourceNatPolicy.K8s => "k8s",
        SourceNatPolicy.Dnat => "dnat",
        SourceNatPolicy.DnatOnly => "dnat-only",
        _ => "none",
    };
}
