using System.Buffers;

namespace Sluice.Config.Yaml;

/// <summary>
/// Composes documents of the YAML that people and tools write for clusters: block mappings and lists, texts of one line with or without quotes, flow forms of one line.
/// It takes a tenth of the time that the library takes, which is what makes a large configuration quick to load.
/// </summary>
/// <remarks>
/// It gives the same nodes at the same places as the library, or nothing: at whatever it does not know for certain (anchors, tags, block texts, escapes, texts over several
/// lines, nulls, errors) it gives the document up, and the library reads it. So it never says what is wrong with a text.
/// </remarks>
internal sealed partial class SimpleYaml(string file, string text, int start)
{
    private const int MaxDepth = YamlLimits.MaxDepth - 4;
    private const string Marker = "---";
    private static readonly SearchValues<char> OddInComments = SearchValues.Create("\0\r\u0085\u2028\u2029");

    // The line being read: from lineStart, its rest from content to end (without spaces behind it). next begins the line after it.
    private int next = start;
    private int line;
    private int lineStart;
    private int content;
    private int end;
    private bool hasLine;
    private bool atMarker;
    private bool odd;

    /// <summary>Where the document begins that was read last, or given up: an index in the text.</summary>
    public int DocumentStart { get; private set; } = start;

    /// <summary>How many lines are before <see cref="DocumentStart"/>.</summary>
    public int LinesBefore { get; private set; }

    private int Column => content - lineStart;

    private bool IsEntry => text[content] == '-' && (content + 1 == end || text[content + 1] == ' ');

    /// <summary>The next document that isn't empty.</summary>
    /// <param name="root">The document; null at the end of the text.</param>
    /// <returns>False where the library must read from <see cref="DocumentStart"/> on.</returns>
    public bool TryNext(out YamlNode? root)
    {
        root = null;
        while (true)
        {
            DocumentStart = next;
            LinesBefore = line;
            Advance();
            if (!hasLine && atMarker) PassMarker();
            if (odd) return false;
            if (hasLine) break;
            if (!atMarker) return true;
        }

        root = Block(parent: null, depth: 0);
        return root is not null && !hasLine && !odd;
    }

    // To the next line that says something; none at the end of the document.
    private void Advance()
    {
        hasLine = false;
        atMarker = false;
        while (next < text.Length)
        {
            int length = text.AsSpan(next).IndexOf('\n');
            int lineEnd = length < 0 ? text.Length : next + length;
            int first = next;
            while (first < lineEnd && text[first] == ' ') first++;
            if (first == next && IsMarker(Marker, first, lineEnd))
            {
                atMarker = true;
                return;
            }

            odd |= first == next && IsMarker("...", first, lineEnd);
            lineStart = next;
            next = Math.Min(lineEnd + 1, text.Length);
            line++;
            if (first == lineEnd) continue;
            ReadOnlySpan<char> rest = text.AsSpan(first, lineEnd - first);
            if (rest[0] == '#')
            {
                odd |= rest.ContainsAny(OddInComments);
                continue;
            }

            odd |= rest.ContainsAnyExceptInRange(' ', '~');
            content = first;
            end = first + rest.TrimEnd(' ').Length;
            hasLine = true;
            return;
        }
    }

    private bool IsMarker(string marker, int at, int lineEnd) =>
        text.AsSpan(at).StartsWith(marker, StringComparison.Ordinal) && (at + 3 >= lineEnd || text[at + 3] == ' ');

    // Behind the marker only a comment may stand.
    private void PassMarker()
    {
        int length = text.AsSpan(next).IndexOf('\n');
        int lineEnd = length < 0 ? text.Length : next + length;
        ReadOnlySpan<char> rest = text.AsSpan(next + Marker.Length, lineEnd - next - Marker.Length).TrimStart(' ');
        odd |= rest.Length > 0 && (rest[0] != '#' || rest.ContainsAny(OddInComments));
        next = Math.Min(lineEnd + 1, text.Length);
        line++;
        Advance();
    }

    private YamlNode? Block(YamlNode? parent, int depth) => IsEntry ? Sequence(parent, depth) : Mapping(parent, depth);

    // Null stands for "not simple" here and below.
    private YamlMapping? Mapping(YamlNode? parent, int depth)
    {
        if (depth > MaxDepth) return null;
        int column = Column;
        YamlMapping mapping = new(Here(content)) { Parent = parent };
        FieldIndex index = default;
        while (true)
        {
            if (Key(mapping) is not { } key) return null;
            YamlNode? value;
            if (content < end)
            {
                value = Inline(mapping, column, depth + 1);
            }
            else
            {
                Advance();
                bool nested = hasLine && (Column > column || (Column == column && IsEntry));
                value = nested && !odd ? Block(mapping, depth + 1) : null;
            }

            if (value is null || odd || index.Add(mapping, key, value) is not null) return null;
            if (!hasLine || Column < column) return mapping;
            if (Column > column || IsEntry) return null;
        }
    }

    private YamlSequence? Sequence(YamlNode? parent, int depth)
    {
        if (depth > MaxDepth) return null;
        int column = Column;
        YamlSequence sequence = new(Here(content)) { Parent = parent };
        while (true)
        {
            content++;
            SkipSpaces();
            if (content == end || IsEntry) return null;
            YamlNode? item = StartsWithKey() ? Mapping(sequence, depth + 1) : Inline(sequence, column, depth + 1);
            if (item is null || odd) return null;
            sequence.Items.Add(item);
            if (!hasLine || Column < column) return sequence;
            if (Column > column) return null;
            if (!IsEntry) return sequence;
        }
    }

    // A value that ends with its line; what is indented deeper than its holder on the next one would go on with it.
    private YamlNode? Inline(YamlNode parent, int column, int depth)
    {
        YamlNode? value = Value(parent, depth, inFlow: false);
        if (value is null) return null;
        int spaces = content;
        SkipSpaces();
        if (content < end && (text[content] != '#' || content == spaces)) return null;
        Advance();
        return hasLine && Column > column ? null : value;
    }

    private void SkipSpaces()
    {
        while (content < end && text[content] == ' ') content++;
    }

    private Place Here(int at) => new(file, line, at - lineStart + 1);
}
