using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>Reads the lines that say which links source NAT looks at.</summary>
internal static class FeatureCommands
{
    private static readonly string[] Names =
    [
        "cnat-snat-ip4", "cnat-snat-ip6", "ip4-cnat-snat", "ip6-cnat-snat",
        "cnat-lookup-ip4", "cnat-lookup-ip6", "cnat-input-ip4", "cnat-input-ip6", "cnat-output-ip4", "cnat-output-ip6", "cnat-writeback-ip4", "cnat-writeback-ip6",
    ];

    /// <summary>set cnat feature LINK [enable|disable]: both families.</summary>
    public static void ReadBundle(Words words, SourceNatState state)
    {
        if (words.Link() is not { } link || Enable(words) is not { } enable) return;
        state.SetFeature(IpFamily.V4, link, enable);
        state.SetFeature(IpFamily.V6, link, enable);
    }

    /// <summary>set interface feature LINK NODE arc ARC [enable|disable]: the family of the node.</summary>
    public static void ReadInterface(Words words, SourceNatState state)
    {
        if (words.Link() is not { } link || words.Require("the name of a feature, such as cnat-snat-ip4") is not { } node) return;
        if (!Names.AsSpan().Contains(node.Text))
        {
            words.Unknown(node, Names);
            return;
        }

        bool isV6 = node.Text.Contains("ip6", StringComparison.Ordinal);
        if (words.TryTake("arc") && !ReadArc(words, node.Text, isV6)) return;
        if (Enable(words) is not { } enable) return;
        if (node.Text.Contains("snat", StringComparison.Ordinal)) state.SetFeature(isV6 ? IpFamily.V6 : IpFamily.V4, link, enable);
        else words.Ignore(node.Place, $"'{node.Text}' has no effect by itself: 'set cnat feature {link.Name}' stands for all of them");
    }

    private static bool ReadArc(Words words, string node, bool isV6)
    {
        string family = isV6 ? "ip6" : "ip4";
        string arc = node.Contains("output", StringComparison.Ordinal) || node.Contains("writeback", StringComparison.Ordinal) ? $"{family}-output" : $"{family}-unicast";
        if (words.Require($"the arc {arc}") is not { } word) return false;
        if (word.Text == arc) return true;
        words.Wrong(word, $"the arc {arc}, where '{node}' is");
        return false;
    }

    private static bool? Enable(Words words)
    {
        if (words.AtEnd) return true;
        Word word = words.Take();
        if (word.Text is "enable" or "disable") return words.ExpectEnd() ? word.Text == "enable" : null;
        words.Unknown(word, "enable", "disable");
        return null;
    }
}
