using System.Globalization;
using Sluice.Config;
using Sluice.Config.Kinds;

namespace Sluice.Gateway.Commands;

/// <summary>show cnat feature-hooks: what takes part in deciding on a first packet, in its order.</summary>
internal static class HookAnswer
{
    public static IEnumerable<string> Of(ConfigSet config)
    {
        string added = string.Concat(config.Kinds.All.Select(static (DocumentKind kind) => $", {kind.Name}"));
        yield return string.Create(CultureInfo.InvariantCulture, $"input: translations ({config.Translations.Length}), peerings ({config.Peerings.Length}){added}");
        yield return string.Create(CultureInfo.InvariantCulture, $"output: source NAT ({config.SourceNats.Length}){added}");
    }
}
