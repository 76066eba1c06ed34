using System.Buffers;

namespace Sluice.Config.Yaml;

internal sealed partial class SimpleYaml
{
    private const int MaxKeyLength = 1000;
    private const int CachedLength = 24;
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-");
    private static readonly SearchValues<char> FlowIndicators = SearchValues.Create(",[]{}");

    // Names of fields, realms and protocols come again and again.
    private readonly string?[] cache = new string?[1024];

    private bool StartsWithKey()
    {
        int after = text[content] is '"' or '\'' ? EndOfQuoted(content) : content + KeyLength();
        return after > content && after < end && text[after] == ':' && (after + 1 == end || text[after + 1] == ' ');
    }

    // A name and the colon and spaces behind it.
    private YamlScalar? Key(YamlNode mapping)
    {
        Place place = Here(content);
        YamlScalar? key;
        if (text[content] is '"' or '\'')
        {
            key = Quoted(mapping);
        }
        else
        {
            int length = KeyLength();
            if (length == 0) return null;
            key = new YamlScalar(place, TextOf(content, content + length), isPlain: true) { Parent = mapping };
            content += length;
        }

        if (key is null || content >= end || text[content] != ':') return null;
        content++;
        if (content < end && text[content] != ' ') return null;
        SkipSpaces();
        if (content < end && text[content] == '#') content = end;
        return key;
    }

    private int KeyLength()
    {
        int length = text.AsSpan(content, end - content).IndexOfAnyExcept(KeyCharacters);
        return length <= 0 || length > MaxKeyLength || !IsPlainStart(text[content]) ? 0 : length;
    }

    private static bool IsPlainStart(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_';

    private YamlNode? Value(YamlNode parent, int depth, bool inFlow)
    {
        if (depth > MaxDepth || content >= end) return null;
        return text[content] switch
        {
            '"' or '\'' => Quoted(parent),
            '{' => FlowMapping(parent, depth),
            '[' => FlowSequence(parent, depth),
            char c when IsPlainStart(c) => Plain(parent, inFlow),
            _ => null,
        };
    }

    private YamlScalar? Quoted(YamlNode parent)
    {
        int after = EndOfQuoted(content);
        if (after < 0) return null;
        var scalar = new YamlScalar(Here(content), TextOf(content + 1, after - 1), isPlain: false) { Parent = parent };
        content = after;
        return scalar;
    }

    // Behind the closing quote; -1 where there is none, an escape, or a quote that stands for itself.
    private int EndOfQuoted(int at)
    {
        char quote = text[at];
        ReadOnlySpan<char> rest = text.AsSpan(at + 1, end - at - 1);
        int length = rest.IndexOf(quote);
        if (length < 0 || length > MaxKeyLength || rest[..length].Contains('\\')) return -1;
        return length + 1 < rest.Length && rest[length + 1] == quote ? -1 : at + length + 2;
    }

    private YamlScalar? Plain(YamlNode parent, bool inFlow)
    {
        ReadOnlySpan<char> rest = text.AsSpan(content, end - content);
        int length = inFlow ? rest.IndexOfAny(FlowIndicators) : rest.IndexOf(" #", StringComparison.Ordinal);
        if (length < 0)
        {
            if (inFlow) return null;
            length = rest.Length;
        }

        ReadOnlySpan<char> plain = rest[..length].TrimEnd(' ');
        if (plain[^1] == ':' || plain.Contains(": ", StringComparison.Ordinal) || plain.Contains(" #", StringComparison.Ordinal)) return null;
        var scalar = new YamlScalar(Here(content), TextOf(content, content + plain.Length), isPlain: true) { Parent = parent };
        content += length;
        return scalar;
    }

    private YamlMapping? FlowMapping(YamlNode parent, int depth)
    {
        YamlMapping mapping = new(Here(content)) { Parent = parent };
        FieldIndex index = default;
        content++;
        SkipSpaces();
        if (content < end && text[content] == '}')
        {
            content++;
            return mapping;
        }

        while (content < end)
        {
            if (Key(mapping) is not { } key || Value(mapping, depth + 1, inFlow: true) is not { } value) return null;
            if (index.Add(mapping, key, value) is not null || !Separator('}', out bool closes)) return null;
            if (closes) return mapping;
        }

        return null;
    }

    private YamlSequence? FlowSequence(YamlNode parent, int depth)
    {
        YamlSequence sequence = new(Here(content)) { Parent = parent };
        content++;
        SkipSpaces();
        if (content < end && text[content] == ']')
        {
            content++;
            return sequence;
        }

        while (content < end)
        {
            if (Value(sequence, depth + 1, inFlow: true) is not { } item) return null;
            sequence.Items.Add(item);
            if (!Separator(']', out bool closes)) return null;
            if (closes) return sequence;
        }

        return null;
    }

    // A comma with something behind it, or the end.
    private bool Separator(char close, out bool closes)
    {
        SkipSpaces();
        closes = content < end && text[content] == close;
        if (content >= end || (!closes && text[content] != ',')) return false;
        content++;
        if (closes) return true;
        if (content < end && text[content] != ' ') return false;
        SkipSpaces();
        return content < end && text[content] != close;
    }

    private string TextOf(int from, int to)
    {
        ReadOnlySpan<char> span = text.AsSpan(from, to - from);
        if (span.Length > CachedLength) return span.ToString();
        ref string? cached = ref cache[string.GetHashCode(span, StringComparison.Ordinal) & (cache.Length - 1)];
        if (cached is null || !span.SequenceEqual(cached)) cached = span.ToString();
        return cached;
    }
}
