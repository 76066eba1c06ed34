using System.Buffers;
using System.Globalization;
using Sluice.Config.Documents;
using Sluice.Config.Reading;
using Sluice.Packets.Addresses;

namespace Sluice.Config.Commands;

/// <summary>The words of one command, taken from left to right. What isn't as expected is reported and comes back as null.</summary>
internal sealed class Words(IReadOnlyList<Word> words, Problems problems, Probe? probe = null)
{
    private static readonly SearchValues<char> OfV4 = SearchValues.Create("0123456789./");
    private static readonly SearchValues<char> OfV6 = SearchValues.Create("0123456789abcdefABCDEF:./");

    /// <summary>What <see cref="Number"/> calls the id of a translation that there is.</summary>
    public const string TranslationId = "the id of a translation";

    private int next;

    /// <summary>Where problems go.</summary>
    public Problems Problems => problems;

    /// <summary>Whether all words were taken.</summary>
    public bool AtEnd => next == words.Count;

    /// <summary>The first word: the command stands there.</summary>
    public Place Place => words[0].Place;

    /// <summary>The whole command.</summary>
    public string Text => string.Join(' ', words.Select(static word => word.Text));

    /// <summary>The next word; not at the end.</summary>
    public Word Peek => words[next];

    /// <summary>The next word, taken; not at the end.</summary>
    public Word Take() => words[next++];

    /// <summary>Whether somebody wants to know what may stand next.</summary>
    public bool IsAsked => !AtEnd && Peek.Text == Probe.Mark;

    /// <summary>Takes the next word if it is this one.</summary>
    /// <param name="word">The word.</param>
    /// <param name="isOffered">Whether it is among what may stand there; else it is only understood.</param>
    public bool TryTake(string word, bool isOffered = true)
    {
        if (AtEnd) return false;
        if (isOffered) Offer(word);
        if (Peek.Text != word) return false;
        next++;
        return true;
    }

    /// <summary>Says what may stand next, to whoever wants to know it.</summary>
    public void Offer(params ReadOnlySpan<string> known)
    {
        if (IsAsked) probe?.Offer(known);
    }

    /// <summary>Takes a word that must be there.</summary>
    public Word? Require(string expected)
    {
        if (IsAsked) probe?.Expect(expected);
        if (!AtEnd) return Take();
        Missing(expected);
        return null;
    }

    /// <summary>
    /// Takes a word of the command itself: written out, or the beginning of exactly one of those that are known here.
    /// </summary>
    public string? Choose(params ReadOnlySpan<string> known)
    {
        if (AtEnd)
        {
            Missing(known.Length == 1 ? $"'{known[0]}'" : $"one of {string.Join(", ", known!)}");
            return null;
        }

        Offer(known);
        Word word = Take();
        if (word.Text == Probe.Mark) return null;
        if (known.Contains(word.Text)) return known[known.IndexOf(word.Text)];
        string? found = null;
        foreach (string candidate in known)
        {
            if (!candidate.StartsWith(word.Text, StringComparison.Ordinal)) continue;
            if (found is not null)
            {
                problems.Error(word.Place, "", ConfigRule.Invalid, $"'{Nearest.Shown(word.Text)}' is the beginning of '{found}' and of '{candidate}'");
                return null;
            }

            found = candidate;
        }

        if (found is null) Unknown(word, known);
        return found;
    }

    /// <summary>A whole number.</summary>
    public int? Number(string what, int min, int max)
    {
        if (IsAsked && what == TranslationId) probe?.ExpectTranslation();
        if (Require($"{what}, a number") is not { } word || word.Text == Probe.Mark) return null;
        if (word.IsDigits && int.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max) return number;
        Wrong(word, string.Create(CultureInfo.InvariantCulture, $"{what}: a whole number from {min} to {max}"));
        return null;
    }

    /// <summary>The name of a link.</summary>
    public NamedSpec? Link() => Require("the name of a link") is { } word ? LinkName(word) : null;

    /// <summary>A word as the name of a link.</summary>
    public NamedSpec? LinkName(Word word)
    {
        if (word.Text == Probe.Mark)
        {
            probe?.ExpectLink();
            return null;
        }

        if (LooksLikeAddress(word.Text))
        {
            Wrong(word, "an IP address");
            return null;
        }

        foreach (char c in word.Text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@') continue;
            Wrong(word, "the name of a link: letters, digits and - _ . : @ only");
            return null;
        }

        return new NamedSpec(word.Text, word.Place);
    }

    /// <summary>A prefix; host bits are masked with a warning.</summary>
    public IpPrefix? Prefix(Word word)
    {
        if (!IpPrefix.TryParse(word.Text, out IpPrefix prefix, out bool hostBitsSet))
        {
            Wrong(word, "a prefix such as 10.0.0.0/24");
            return null;
        }

        if (hostBitsSet) problems.Warning(word.Place, "", ConfigRule.HostBits, $"{word.Text} has host bits set; it is taken as {prefix}");
        return prefix;
    }

    /// <summary>Whether nothing follows; what does is reported.</summary>
    public bool ExpectEnd()
    {
        if (AtEnd) return true;
        Wrong(Peek, "the end of the command");
        return false;
    }

    /// <summary>Says that a command is understood and changes nothing here.</summary>
    public void Ignore(Place place, string why) => problems.Warning(place, "", ConfigRule.Ignored, why);

    /// <summary>Reports a word that is none of those known here.</summary>
    public void Unknown(Word word, params ReadOnlySpan<string> known)
    {
        if (word.Text == Probe.Mark) probe?.Offer(known);
        else problems.Error(word.Place, "", ConfigRule.Syntax, $"'{Nearest.Shown(word.Text)}' is not known here; {Nearest.Hint(word.Text, known)}");
    }

    /// <summary>Reports a word that stands where something else is expected.</summary>
    public void Wrong(Word word, string expected)
    {
        if (word.Text == Probe.Mark) probe?.Expect(expected);
        else problems.Error(word.Place, "", ConfigRule.Invalid, $"expected {expected}; found '{Nearest.Shown(word.Text)}'");
    }

    // It is missed right behind the last word.
    private void Missing(string expected)
    {
        Word last = words[^1];
        problems.Error(last.Place with { Column = last.Place.Column + last.Text.Length }, "", ConfigRule.Syntax, $"the command ends where {expected} is expected");
    }

    // So that a mistyped address isn't taken for a link that nobody has.
    private static bool LooksLikeAddress(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(OfV4)) return text.Contains('.', StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal);
        return text.Contains(':', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExcept(OfV6);
    }
}
