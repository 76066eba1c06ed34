using System.Collections.Immutable;
using Sluice.Config.Documents;
using Sluice.Config.Yaml;

namespace Sluice.Config.Reading;

/// <summary>How a Translation chooses among its backends, as its document says it.</summary>
internal readonly record struct Balancing(bool IsMaglev, int TableSize, ImmutableArray<string> HashFields, bool IsSymmetric, bool IsReverse);

/// <summary>Reads <c>loadBalancing</c>, and warns of what of it has no effect.</summary>
internal static class BalancingReader
{
    private static readonly string[] FieldNames = ["srcAddr", "dstAddr", "srcPort", "dstPort", "protocol"];

    public static Balancing Read(Fields spec)
    {
        Problems problems = spec.Problems;
        Fields fields = Fields.Of(spec["loadBalancing"], problems, "method", "tableSize", "hashFields", "symmetric", "reverse");
        var balancing = new Balancing(
            fields.Choice("method", ("hash", false), ("maglev", true)) ?? false,
            TableSize(fields),
            HashFields(fields.List("hashFields"), problems),
            fields.Bool("symmetric") ?? false,
            fields.Bool("reverse") ?? false);
        if (!balancing.IsMaglev) WarnOf("tableSize", "it is the size of a Maglev table, and 'method' isn't 'maglev'");
        if (spec["affinity"] is null) return balancing;
        foreach (string name in (ReadOnlySpan<string>)["hashFields", "symmetric", "reverse"]) WarnOf(name, "with 'affinity' the client's address alone decides");
        return balancing;

        void WarnOf(string name, string why)
        {
            if (fields[name] is { } node) problems.Warning(node, ConfigRule.Ignored, $"'{name}' has no effect here: {why}");
        }
    }

    private static ImmutableArray<string> HashFields(List<YamlNode> nodes, Problems problems)
    {
        var fields = ImmutableArray.CreateBuilder<string>(nodes.Count);
        foreach (YamlNode node in nodes)
        {
            if (Values.Text(node, problems) is not { } name) continue;
            if (FieldNames.AsSpan().Contains(name))
                fields.Add(name);
            else
                problems.Error(node, ConfigRule.Invalid, $"'{Nearest.Shown(name)}' is no field of a hash; {Nearest.Hint(name, FieldNames)}");
        }

        return fields.ToImmutable();
    }

    private static int TableSize(Fields fields)
    {
        if (fields.Int("tableSize", 2, MaglevTable.MaxSize) is not { } size) return TranslationDocument.DefaultTableSize;
        if (!MaglevTable.IsPrime(size))
            fields.Problems.Error(fields["tableSize"]!, ConfigRule.Invalid, $"a Maglev table has a prime number of slots; the next one is {MaglevTable.NextPrime(size)}");
        return size;
    }
}
