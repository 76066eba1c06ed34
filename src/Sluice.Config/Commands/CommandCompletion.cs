using System.Collections.Immutable;

namespace Sluice.Config.Commands;

/// <summary>What a command that isn't finished could go on with.</summary>
/// <param name="Start">Where the word begins that is being written.</param>
/// <param name="Words">The words that it may become, in the order of the grammar.</param>
/// <param name="Expected">What else may stand there, in words: an address, a number.</param>
public sealed record CommandHints(int Start, ImmutableArray<string> Words, ImmutableArray<string> Expected);

/// <summary>Completes commands by their own grammar.</summary>
public static class CommandCompletion
{
    private const string Arrow = "->";

    /// <summary>What may stand at the end of a text.</summary>
    /// <param name="text">A line up to the place in question.</param>
    /// <param name="links">The names of the links.</param>
    /// <param name="translations">The ids of the translations.</param>
    public static CommandHints At(string text, IEnumerable<string> links, IEnumerable<string> translations)
    {
        int start = text.Length;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1])) start--;
        string partial = text[start..];
        List<Word> words = CommandText.Split(RunningCommands.PlaceName, text[..start]);
        words.Add(new Word(Probe.Mark, new Place(RunningCommands.PlaceName, 1, start + 1)));
        Probe probe = new();
        CommandState state = new();
        state.Begin(words[0].Place);
        _ = new CommandReader(state, new Problems()) { Probe = probe }.Read(words);

        // Behind an arrow stands an end: of what may stand there only links have names.
        int arrow = partial.IndexOf(Arrow, StringComparison.Ordinal);
        bool isTuple = probe.Expected.Exists(static expected => expected.Contains(Arrow, StringComparison.Ordinal));
        IEnumerable<string> fitting = isTuple && arrow >= 0
            ? links.Select(link => partial[..(arrow + Arrow.Length)] + link)
            : probe.Words.Concat(probe.TakesLink ? links : []).Concat(probe.TakesTranslation ? translations : []);
        return new CommandHints(start, [.. fitting.Where(word => word.StartsWith(partial, StringComparison.Ordinal)).Distinct()], [.. probe.Expected.Where(IsSomething)]);
    }

    private static bool IsSomething(string expected) => !expected.StartsWith("nothing", StringComparison.Ordinal) && !expected.StartsWith("the end", StringComparison.Ordinal);
}
