using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sluice.Config.Documents;

namespace Sluice.Config.Commands;

/// <summary>
/// The commands that a running gateway was given after it read its files. They stand behind the files as one more text of the configuration, and are done in their
/// order; what a later one takes back or says otherwise is taken out, so the text doesn't grow with time.
/// </summary>
public static class RunningCommands
{
    /// <summary>The name of that text. No file is named so.</summary>
    public const string FileName = "(commands).cnat";

    /// <summary>What places in a command begin with.</summary>
    public const string PlaceName = "command";

    /// <summary>Whether a text is that of a running gateway's commands.</summary>
    public static bool Is(string file) => file == FileName;

    /// <summary>The id of a translation; null where it comes from a document.</summary>
    public static int? IdOf(TranslationDocument translation) => IdOf(translation.Name, translation.Place.File);

    /// <summary>The id of the translation of a name that stands at a place (file:line:column, or the file alone).</summary>
    public static int? IdOf(string name, string place)
    {
        bool isCommand = CommandText.Is(place) || place.Contains(CommandText.Extension + ":", StringComparison.OrdinalIgnoreCase);
        return isCommand && name.StartsWith(CommandState.NamePrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(CommandState.NamePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
    }

    /// <summary>How many sections in braces are open behind a line, of so many before it: a command goes on as long as one is.</summary>
    public static int Open(ReadOnlySpan<char> line, int before)
    {
        int comment = line.IndexOf('#');
        foreach (char c in comment < 0 ? line : line[..comment])
        {
            if (c == '{') before++;
            else if (c == '}') before = Math.Max(0, before - 1);
        }

        return before;
    }

    /// <summary>
    /// Files that were read again, with the commands that the gateway was given meanwhile. What those took back from the files is what the files say now; a translation
    /// that they added and that a command file has now too, because somebody wrote it down, is one: the file's, as the command has it.
    /// </summary>
    public static ConfigTexts Keep(ConfigTexts files, ConfigTexts inForce)
    {
        string[] kept = [.. LinesOf(inForce).Where(static line => !line.StartsWith(Journal.Deletion, StringComparison.Ordinal) && line != Journal.Purge)];
        if (kept.Length == 0 || ConfigLoader.LoadTexts(files.Texts.Where(static text => CommandText.Is(text.Name)).Select(static text => (text.Name, text.Text))).Set is not { } ofFiles)
            return With(files, kept);
        var journal = new Journal(ofFiles, nextId: 0);
        foreach (string line in kept) journal.Recall(line);
        return With(files, [.. journal.LinesBehindFiles]);
    }

    /// <summary>Reads commands for a gateway, one a line, and says what its configuration becomes. All are done, or none.</summary>
    /// <param name="set">The configuration in force.</param>
    /// <param name="texts">Its files.</param>
    /// <param name="nextId">The lowest id that a new translation may get.</param>
    /// <param name="commands">The lines.</param>
    public static CommandPlan Plan(ConfigSet set, ConfigTexts texts, int nextId, string commands)
    {
        Problems problems = new();
        var journal = new Journal(set, Math.Max(nextId, set.NextCommandId));
        foreach (string line in LinesOf(texts)) journal.Recall(line);
        var steps = ImmutableArray.CreateBuilder<CommandStep>();
        CommandText.Cut(PlaceName, commands, problems, line => steps.Add(journal.Do(line, problems)));
        ImmutableArray<ConfigError> found = problems.Ordered();
        if (problems.HasErrors) return new CommandPlan([], found, null, nextId);
        bool changes = steps.Any(static step => step.Changes);
        return new CommandPlan(steps.ToImmutable(), found, changes ? With(texts, [.. journal.Lines]) : null, journal.NextId) { Origins = journal.Origins() };
    }

    private static string[] LinesOf(ConfigTexts texts)
    {
        foreach (ConfigText text in texts.Texts)
            if (Is(text.Name)) return text.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [];
    }

    private static ConfigTexts With(ConfigTexts texts, string[] lines)
    {
        ImmutableArray<ConfigText> files = texts.Texts.RemoveAll(static text => Is(text.Name));
        if (lines.Length == 0) return texts with { Texts = files };
        StringBuilder all = new();
        foreach (string line in lines) all.Append(line).Append('\n');
        return texts with { Texts = files.Add(new ConfigText(FileName, all.ToString())) };
    }
}

/// <summary>What one command comes to.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="Changes">Whether it changes the configuration.</param>
public sealed record CommandStep(CommandKind Kind, Place Place, bool Changes)
{
    /// <summary>The translation that it adds or changes; null where it does neither.</summary>
    public int? Id { get; init; }

    /// <summary>Whether that translation was there before.</summary>
    public bool WasThere { get; init; }

    /// <summary>What it asks; null where it is no question.</summary>
    public CommandQuestion? Question { get; init; }
}

/// <summary>What commands come to.</summary>
/// <param name="Steps">One for each, in their order; none where one is wrong.</param>
/// <param name="Problems">What is wrong with them, and what the user should know.</param>
/// <param name="Texts">The configuration that they ask for; null where they change nothing.</param>
/// <param name="NextId">The lowest id that a later translation may get.</param>
public sealed record CommandPlan(ImmutableArray<CommandStep> Steps, ImmutableArray<ConfigError> Problems, ConfigTexts? Texts, int NextId)
{
    // By line of the running gateway's text: its columns, and the words that the user wrote there.
    internal ImmutableDictionary<int, ImmutableArray<(int Column, Place Place)>> Origins { get; init; } = ImmutableDictionary<int, ImmutableArray<(int Column, Place Place)>>.Empty;

    /// <summary>
    /// What is wrong with the whole configuration, at the words that the user has just written. Null for what was known of it before.
    /// </summary>
    public ConfigError? Told(ConfigError problem)
    {
        if (!RunningCommands.Is(problem.Place.File)) return problem.IsError ? problem : null;
        return Origins.ContainsKey(problem.Place.Line) ? problem with { Place = PlaceOf(problem.Place) } : problem.IsError ? problem : null;
    }

    private Place PlaceOf(Place place)
    {
        Place found = Origins[place.Line][0].Place;
        foreach ((int column, Place origin) in Origins[place.Line])
        {
            if (column > place.Column) break;
            found = origin with { Column = origin.Column + place.Column - column };
        }

        return found;
    }
}
