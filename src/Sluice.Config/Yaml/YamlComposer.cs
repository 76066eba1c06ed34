using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sluice.Config.Yaml;

/// <summary>Makes nodes of YAML text (JSON is YAML). Problems are reported, never thrown.</summary>
/// <remarks>
/// The library's own node model recurses without a limit and forgets nothing of an alias, so a short text can take all
/// stack or memory. This one takes the library's events and holds to the limits of <see cref="YamlLimits"/>.
/// </remarks>
internal sealed class YamlComposer
{
    private readonly string file;
    private readonly Parser parser;
    private readonly Problems problems;
    private readonly Dictionary<string, (YamlNode Node, long Size)> anchors = new(StringComparer.Ordinal);
    private readonly List<(YamlMapping Mapping, YamlScalar Again, YamlScalar First)> duplicates = [];
    private readonly int linesBefore;
    private int documents;
    private long nodes;
    private long aliased;

    private YamlComposer(string file, TextReader text, Problems problems, int linesBefore, int documents)
    {
        this.file = file;
        this.problems = problems;
        this.linesBefore = linesBefore;
        this.documents = documents;
        parser = new Parser(new Scanner(text, skipComments: true));
    }

    /// <summary>Hands over the documents of a text one by one; those before a syntax error too.</summary>
    /// <remarks>A document is garbage once it was taken: a large configuration never stands in memory as nodes.</remarks>
    public static void Compose(string file, string text, Problems problems, Action<YamlNode> take)
    {
        if (text.Length > YamlLimits.MaxFileCharacters)
        {
            problems.Error(new Place(file, 1, 1), "", ConfigRule.TooLarge, $"the file is larger than {YamlLimits.MaxFileCharacters >> 20} Mi characters");
            return;
        }

        SimpleYaml simple = new(file, text, text.StartsWith('\uFEFF') ? 1 : 0);
        for (int count = 0; ; count++)
        {
            if (simple.TryNext(out YamlNode? document) && count < YamlLimits.MaxDocuments)
            {
                if (document is null) return;
                take(document);
                continue;
            }

            // The library reads what is left of the file: what is wrong with a text is said by it.
            ComposeRest(file, text[simple.DocumentStart..], problems, take, simple.LinesBefore, count);
            return;
        }
    }

    /// <summary>As <see cref="Compose"/>, all of it by the library.</summary>
    internal static void ComposeByLibrary(string file, string text, Problems problems, Action<YamlNode> take) =>
        ComposeRest(file, text.StartsWith('\uFEFF') ? text[1..] : text, problems, take, linesBefore: 0, documents: 0);

    private static void ComposeRest(string file, string text, Problems problems, Action<YamlNode> take, int linesBefore, int documents)
    {
        using StringReader reader = new(text);
        YamlComposer composer = new(file, reader, problems, linesBefore, documents);
        while (composer.Next() is { } document) take(document);
    }

    private Place PlaceOf(in Mark mark) => new(file, linesBefore + (int)mark.Line, (int)mark.Column);

    private static string Sentence(string message)
    {
        string line = message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return line.Length == 0 ? "the text is no YAML" : char.ToLowerInvariant(line[0]) + line[1..];
    }

    // The next document that isn't empty; null at the end and at the first syntax error, which is reported.
    private YamlNode? Next()
    {
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is not DocumentStart) continue;
                anchors.Clear();
                parser.MoveNext();
                YamlNode root = ComposeNode(parent: null, depth: 0);
                ReportDuplicates();
                if (root.IsNull) continue;
                if (++documents > YamlLimits.MaxDocuments)
                    throw new ComposeException(root.Place, ConfigRule.TooLarge, $"more than {YamlLimits.MaxDocuments} documents in one file");
                return root;
            }
        }
        catch (ComposeException stop)
        {
            problems.Error(stop.Place, "", stop.Rule, stop.Message);
        }
        catch (YamlException broken)
        {
            problems.Error(PlaceOf(broken.Start), "", ConfigRule.Syntax, Sentence(broken.Message));
        }
        catch (Exception broken) when (broken is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The library reports a few broken texts by other exceptions than its own, without a place.
            problems.Error(new Place(file, linesBefore + 1, 1), "", ConfigRule.Syntax, Sentence(broken.Message));
        }

        return null;
    }

    // Only when its document is whole has a mapping a path.
    private void ReportDuplicates()
    {
        foreach ((YamlMapping mapping, YamlScalar again, YamlScalar first) in duplicates)
            problems.Error(again.Place, $"{mapping.Path}.{again.Text}", ConfigRule.DuplicateField, $"field '{again.Text}' is here for the second time", first.Place);
        duplicates.Clear();
    }

    private YamlNode ComposeNode(YamlNode? parent, int depth)
    {
        ParsingEvent current = parser.Current!;
        Place place = PlaceOf(current.Start);
        if (depth > YamlLimits.MaxDepth)
            throw new ComposeException(place, ConfigRule.TooLarge, $"nested deeper than {YamlLimits.MaxDepth} levels");
        if (current is AnchorAlias alias) return Alias(alias, place);

        long before = nodes++ + aliased;
        YamlNode node;
        switch (current)
        {
            case Scalar scalar:
                node = new YamlScalar(place, scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty) { Parent = parent };
                CheckTag(scalar.Tag, place);
                break;
            case SequenceStart sequence:
                CheckTag(sequence.Tag, place);
                node = ComposeSequence(new YamlSequence(place) { Parent = parent }, depth);
                break;
            case MappingStart mapping:
                CheckTag(mapping.Tag, place);
                node = ComposeMapping(new YamlMapping(place) { Parent = parent }, depth);
                break;
            default:
                throw new ComposeException(place, ConfigRule.Syntax, "expected a value here");
        }

        if (current is NodeEvent { Anchor.IsEmpty: false } anchored) anchors[anchored.Anchor.Value] = (node, nodes + aliased - before);
        return node;
    }

    private YamlNode Alias(AnchorAlias alias, Place place)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out (YamlNode Node, long Size) anchor))
            throw new ComposeException(place, ConfigRule.Syntax, $"no anchor '{alias.Value.Value}' before this alias");
        aliased += anchor.Size;
        if (aliased > YamlLimits.MaxAliasedNodes)
            throw new ComposeException(place, ConfigRule.TooLarge, $"aliases repeat more than {YamlLimits.MaxAliasedNodes} values");
        return anchor.Node;
    }

    private YamlSequence ComposeSequence(YamlSequence sequence, int depth)
    {
        while (parser.MoveNext() && parser.Current is not SequenceEnd) sequence.Items.Add(ComposeNode(sequence, depth + 1));
        return sequence;
    }

    private YamlMapping ComposeMapping(YamlMapping mapping, int depth)
    {
        FieldIndex index = default;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            YamlNode keyNode = ComposeNode(mapping, depth + 1);
            if (keyNode is not YamlScalar key) throw new ComposeException(keyNode.Place, ConfigRule.Syntax, "a field's name must be a text");
            parser.MoveNext();
            YamlNode value = ComposeNode(mapping, depth + 1);
            if (index.Add(mapping, key, value) is { } first) duplicates.Add((mapping, key, first));
        }

        return mapping;
    }

    private static void CheckTag(TagName tag, Place place)
    {
        if (tag.IsEmpty || tag.IsNonSpecific) return;
        if (tag.Value is "tag:yaml.org,2002:str" or "tag:yaml.org,2002:map" or "tag:yaml.org,2002:seq") return;
        throw new ComposeException(place, ConfigRule.Syntax, $"tag '{tag.Value}' has no meaning here");
    }

    // Ends the composition of a file from any depth; it never leaves this class.
    private sealed class ComposeException(Place place, ConfigRule rule, string message) : Exception(message)
    {
        public Place Place { get; } = place;

        public ConfigRule Rule { get; } = rule;
    }
}
