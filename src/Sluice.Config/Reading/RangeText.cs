using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads "first-last" ranges of addresses.</summary>
internal static class RangeText
{
    public static IpRange? Read(YamlNode node, Problems problems)
    {
        if (Values.Text(node, problems) is not { } text) return null;
        int hyphen = text.IndexOf('-', StringComparison.Ordinal);
        if (hyphen > 0 && IpAddress.TryParse(text[..hyphen], out IpAddress first) && IpAddress.TryParse(text[(hyphen + 1)..], out IpAddress last)
            && first.Family == last.Family && first.Value <= last.Value)
        {
            return new IpRange(first, last);
        }

        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not a range of addresses such as 203.0.113.7-203.0.113.9");
        return null;
    }

    /// <summary>An address, a prefix, or a range.</summary>
    public static IpRange? ReadAny(YamlNode node, Problems problems)
    {
        if (node is YamlScalar { Text: { } text } && text.Contains('-', StringComparison.Ordinal)) return Read(node, problems);
        return Values.Prefix(node, problems) is { } prefix ? new IpRange(prefix) : null;
    }
}
