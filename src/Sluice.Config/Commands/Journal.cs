using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sluice.Config.Documents;

namespace Sluice.Config.Commands;

/// <summary>The commands of a running gateway, each in a line of its own, without those that later ones made needless.</summary>
internal sealed class Journal
{
    public const string Deletion = "cnat translation del ";
    public const string Purge = "cnat purge";

    private readonly List<Entry> entries = [];
    private readonly Dictionary<TranslationKey, int> ids = [];
    private readonly CommandState state;
    private readonly CommandReader quiet;
    private readonly List<string> decided = [];
    private TranslationDocument? added;
    private int? id;

    public Journal(ConfigSet set, int nextId)
    {
        NextId = nextId;
        foreach (TranslationDocument translation in set.Translations)
            if (RunningCommands.IdOf(translation) is { } known) ids.TryAdd(TranslationKey.Of(translation), known);
        state = new CommandState { Observe = (document, number) => (added, id) = (document, number), Decided = decided.Add };
        state.Begin(new Place(RunningCommands.FileName, 1, 1));
        quiet = new CommandReader(state, new Problems());
    }

    /// <summary>The id that a next translation gets.</summary>
    public int NextId { get; private set; }

    /// <summary>The commands that are left.</summary>
    public IEnumerable<string> Lines => entries.Select(static entry => entry.Text);

    /// <summary>The commands that are left, without ids of their own for what the files have too.</summary>
    public IEnumerable<string> LinesBehindFiles => entries.Select(entry => entry is { Id: { } own, Key: { } key } && ids.ContainsKey(key) ? entry.WithoutId(own) : entry.Text);

    /// <summary>Takes a command that was done before.</summary>
    public void Recall(string line) => CommandText.Cut(RunningCommands.FileName, line, new Problems(), words =>
    {
        CommandKind kind = Read(quiet, words);
        entries.Add(new Entry(line, kind) { Id = id, Key = added is null ? null : TranslationKey.Of(added), Decides = [.. decided] });
    });

    /// <summary>Does a command.</summary>
    public CommandStep Do(IReadOnlyList<Word> words, Problems problems)
    {
        int asked = state.Questions.Count;
        CommandKind kind = Read(new CommandReader(state, problems), words);
        var step = new CommandStep(kind, words[0].Place, kind is CommandKind.Setting or CommandKind.Purge);
        if (problems.HasErrors) return step;
        switch (kind)
        {
            case CommandKind.Question when state.Questions.Count > asked:
                return step with { Question = state.Questions[^1] };
            case CommandKind.Translation when added is not null:
                return Add(step, words, TranslationKey.Of(added));
            case CommandKind.Translation when id is { } number:
                return Delete(step, number, problems);
            case CommandKind.Purge:
                entries.RemoveAll(static entry => entry.Kind is CommandKind.Translation or CommandKind.Purge);
                ids.Clear();
                entries.Add(new Entry(Purge, kind));
                break;
            case CommandKind.Setting when decided.Count == 0:
                // Understood, and told to have no effect: nothing of it is kept.
                return step with { Changes = false };
            case CommandKind.Setting:
                Set(words);
                break;
        }

        return step;
    }

    /// <summary>Where the words of the lines come from that were just done, by line.</summary>
    public ImmutableDictionary<int, ImmutableArray<(int, Place)>> Origins() => entries
        .Select(static (entry, at) => (entry.Origin, Line: at + 1))
        .Where(static entry => !entry.Origin.IsDefault)
        .ToImmutableDictionary(static entry => entry.Line, static entry => entry.Origin);

    private CommandKind Read(CommandReader reader, IReadOnlyList<Word> words)
    {
        (added, id) = (null, null);
        decided.Clear();
        return reader.Read(words);
    }

    private CommandStep Add(CommandStep step, IReadOnlyList<Word> words, TranslationKey key)
    {
        Entry entry = Entry.Of(words, CommandKind.Translation) with { Key = key };
        if (ids.TryGetValue(key, out int known) && (id is null || id == known))
        {
            // A change of what an earlier command added keeps that command's id; one of what stands in a file finds it by its key.
            int own = entries.FindIndex(other => other.Id == known && other.Key == key);
            entries.RemoveAll(other => other.Key == key && other.Id is null);
            if (own >= 0) entries[own] = entry.WithId(known);
            else entries.Add(entry);
            return step with { Changes = true, Id = known, WasThere = true };
        }

        int given = id ?? NextId;
        NextId = Math.Max(NextId, given + 1);
        ids[key] = given;
        entries.Add(entry.WithId(given));
        return step with { Changes = true, Id = given };
    }

    private CommandStep Delete(CommandStep step, int number, Problems problems)
    {
        TranslationKey? key = null;
        foreach ((TranslationKey each, int known) in ids)
            if (known == number) key = each;
        if (key is not { } found)
        {
            problems.Warning(step.Place, "", ConfigRule.Ignored, string.Create(CultureInfo.InvariantCulture, $"no translation has the id {number}"));
            return step;
        }

        ids.Remove(found);
        if (entries.RemoveAll(entry => entry.Id == number && entry.Key == found) == 0)
        {
            entries.RemoveAll(entry => entry.Key == found);
            entries.Add(new Entry(string.Create(CultureInfo.InvariantCulture, $"{Deletion}{number}"), CommandKind.Translation));
        }

        return step with { Changes = true };
    }

    // What a line decides it decides alone, so an earlier one that decides nothing else is needless.
    private void Set(IReadOnlyList<Word> words)
    {
        Entry entry = Entry.Of(words, CommandKind.Setting) with { Decides = [.. decided] };
        entries.RemoveAll(other => other.Kind == CommandKind.Setting && other.Decides.All(entry.Decides.Contains));
        entries.Add(entry);
    }

    private sealed record Entry(string Text, CommandKind Kind)
    {
        public int? Id { get; init; }

        public TranslationKey? Key { get; init; }

        /// <summary>The settings that a line decides.</summary>
        public ImmutableArray<string> Decides { get; init; } = [];

        public ImmutableArray<(int Column, Place Place)> Origin { get; init; }

        // The id is left out: it is written at the end, where it moves no word.
        public static Entry Of(IReadOnlyList<Word> words, CommandKind kind)
        {
            var origin = ImmutableArray.CreateBuilder<(int, Place)>(words.Count);
            StringBuilder text = new();
            for (int i = 0; i < words.Count; i++)
            {
                if (kind == CommandKind.Translation && words[i].Text == "id" && i + 1 < words.Count)
                {
                    i++;
                    continue;
                }

                if (text.Length > 0) text.Append(' ');
                origin.Add((text.Length + 1, words[i].Place));
                text.Append(words[i].Text);
            }

            return new Entry(text.ToString(), kind) { Origin = origin.ToImmutable() };
        }

        public Entry WithId(int id) => this with { Text = Text + Suffix(id), Id = id };

        public string WithoutId(int id) => Text.EndsWith(Suffix(id), StringComparison.Ordinal) ? Text[..^Suffix(id).Length] : Text;

        private static string Suffix(int id) => string.Create(CultureInfo.InvariantCulture, $" id {id}");
    }
}
