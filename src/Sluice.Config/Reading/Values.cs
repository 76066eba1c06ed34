using System.Globalization;
using Sluice.Config.Yaml;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Reading;

/// <summary>Reads scalars. What can't be read is reported and comes back as null.</summary>
internal static class Values
{
    /// <summary>Reports a value of the wrong type.</summary>
    public static void Wrong(YamlNode node, Problems problems, string expected) =>
        problems.Error(node, ConfigRule.WrongType, $"expected {expected}, found {Found(node)}");

    public static List<YamlNode> List(YamlNode? node, Problems problems)
    {
        if (node is null) return [];
        if (node is not YamlSequence sequence)
        {
            Wrong(node, problems, "a list");
            return [];
        }

        if (sequence.Items.Count <= YamlLimits.MaxListEntries) return sequence.Items;
        problems.Error(node, ConfigRule.TooLarge, $"the list has more than {YamlLimits.MaxListEntries} entries");
        return [];
    }

    public static string? Text(YamlNode node, Problems problems)
    {
        if (node is YamlScalar scalar)
        {
            if (!scalar.IsNumber && !scalar.IsBoolean && !scalar.IsNull) return scalar.Text;
            Wrong(node, problems, "a text (in quotes)");
            return null;
        }

        Wrong(node, problems, "a text");
        return null;
    }

    public static bool? Bool(YamlNode node, Problems problems)
    {
        if (node is YamlScalar { IsBoolean: true } scalar) return scalar.Text[0] is 't' or 'T';
        Wrong(node, problems, "true or false");
        return null;
    }

    public static int? Int(YamlNode node, Problems problems, int min, int max)
    {
        if (node is not YamlScalar { IsNumber: true } scalar)
        {
            Wrong(node, problems, "a number");
            return null;
        }

        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max)
            return (int)number;
        problems.Error(node, ConfigRule.Invalid, string.Create(CultureInfo.InvariantCulture, $"'{Nearest.Shown(scalar.Text)}' is not a whole number from {min} to {max}"));
        return null;
    }

    public static TimeSpan? Duration(YamlNode node, Problems problems)
    {
        if (node is not YamlScalar scalar || scalar.IsBoolean || scalar.IsNull)
        {
            Wrong(node, problems, "a duration such as 5m0s");
            return null;
        }

        if (Durations.TryParse(scalar.Text, out TimeSpan duration, out string why)) return duration;
        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(scalar.Text)}' is not a duration: {why}");
        return null;
    }

    public static IpAddress? Address(YamlNode node, Problems problems)
    {
        if (Text(node, problems) is not { } text) return null;
        if (IpAddress.TryParse(text, out IpAddress address)) return address;
        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not an IP address");
        return null;
    }

    public static MacAddress? Mac(YamlNode node, Problems problems)
    {
        // The colons of an address whose pairs are all digits don't make it a number in YAML 1.2.
        if (Text(node, problems) is not { } text) return null;
        if (MacAddress.TryParse(text, out MacAddress address)) return address;
        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not an Ethernet address such as 02:00:00:00:00:01");
        return null;
    }

    /// <summary>An address/length whose host bits may be set: the address of a link.</summary>
    public static (IpAddress Address, IpPrefix Prefix)? AddressInPrefix(YamlNode node, Problems problems)
    {
        if (Text(node, problems) is not { } text) return null;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (IpPrefix.TryParse(text, out IpPrefix prefix, out _) && IpAddress.TryParse(slash < 0 ? text : text[..slash], out IpAddress address))
            return (address, prefix);
        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not an address with a prefix length such as 10.0.0.1/24");
        return null;
    }

    /// <summary>A prefix; host bits are masked with a warning.</summary>
    public static IpPrefix? Prefix(YamlNode node, Problems problems, bool needsLength = false)
    {
        if (Text(node, problems) is not { } text) return null;
        if (!IpPrefix.TryParse(text, out IpPrefix prefix, out bool hostBitsSet) || (needsLength && !text.Contains('/', StringComparison.Ordinal)))
        {
            problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not a prefix such as 10.0.0.0/24");
            return null;
        }

        if (hostBitsSet) problems.Warning(node, ConfigRule.HostBits, $"{text} has host bits set; it is taken as {prefix}");
        return prefix;
    }

    /// <summary>Ports in the strict syntax: a text of one port or "a-b"; no 0.</summary>
    public static PortRange? Ports(YamlNode node, Problems problems, bool allowAll = false)
    {
        if (node is YamlScalar { IsNumber: true } number)
        {
            problems.Error(node, ConfigRule.WrongType, $"a port is written in quotes: \"{Nearest.Shown(number.Text)}\"");
            return null;
        }

        if (Text(node, problems) is not { } text) return null;
        if (!PortText.TryParse(text, out PortRange ports))
        {
            problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(text)}' is not a port (\"22\") or a range of ports (\"100-200\"), 1 to 65535, without spaces");
            return null;
        }

        if (ports.First != 0 || (allowAll && ports.IsAll)) return ports;
        problems.Error(node, ConfigRule.Forbidden, $"port 0 in '{text}' is not a port that packets can have");
        return null;
    }

    public static T? Choice<T>(YamlNode node, Problems problems, ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (node is not YamlScalar scalar)
        {
            Wrong(node, problems, "a text");
            return null;
        }

        string[] words = new string[choices.Length];
        for (int i = 0; i < choices.Length; i++)
        {
            if (choices[i].Word == scalar.Text) return choices[i].Value;
            words[i] = choices[i].Word;
        }

        problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(scalar.Text)}' is none of {string.Join(", ", words.Select(static word => word.Length == 0 ? "\"\"" : word))}");
        return null;
    }

    private static string Found(YamlNode node) =>
        node is YamlScalar { IsNull: false } scalar ? $"{scalar.TypeName}: {Nearest.Shown(scalar.Text)}" : node.TypeName;
}
