using System.Collections.Immutable;
using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Config.Comparison;
using Sluice.Config.Documents;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;
using Sluice.Links;

namespace Sluice.Gateway.Composition;

/// <summary>Takes configurations for a composed gateway, one at a time, and says what each of them comes to.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="putInForce">Puts an accepted configuration in force, on the thread that may.</param>
/// <param name="log">Told of every configuration that is brought.</param>
public sealed class GatewayReloader(ComposedGateway gateway, Func<ConfigSet, ConfigTexts, SessionFatesView> putInForce, GatewayLog log) : IReloader
{
    private readonly Lock turn = new();
    private GatewayDocument? first;

    /// <inheritdoc/>
    public ReloadView Apply(ConfigTexts texts, string origin, bool withChanges = true)
    {
        LoadResult loaded = ConfigLoader.Load(texts, InForce.Set.Kinds);
        foreach (ConfigError problem in loaded.Problems) log.Problem(problem.ToString());
        return Apply(loaded, texts, origin, withChanges);
    }

    /// <inheritdoc/>
    public ReloadView Reread(ConfigTexts files, string origin) =>
        Alone(() => Apply(gateway.InForce is { } known ? RunningCommands.Keep(files, known.Texts) : files, origin, withChanges: false));

    /// <summary>Does something while no other configuration comes in between.</summary>
    internal T Alone<T>(Func<T> work)
    {
        lock (turn) return work();
    }

    /// <summary>Puts what was loaded in force; see <see cref="Apply(ConfigTexts, string, bool)"/>.</summary>
    internal ReloadView Apply(LoadResult loaded, ConfigTexts texts, string origin, bool withChanges)
    {
        if (loaded.Set is not { } next)
        {
            log.Error($"the configuration from {origin} was refused; the old one stays in force");
            return Refused(loaded);
        }

        lock (turn)
        {
            ConfigInForce old = InForce;
            first ??= old.Set.Gateway;
            IReadOnlyList<ConfigError> notes = NeedRestart(next.Gateway);
            foreach (ConfigError note in notes) log.Warning(note.Message);
            SessionFatesView fates;
            try
            {
                fates = putInForce(next, texts);
            }
            catch (LinkException e)
            {
                log.Error($"{e.Message}; the old configuration stays in force");
                throw;
            }

            log.Info($"configuration {InForce.Generation} is in force, from {origin}: {WordsOf(fates)}");
            return Accepted(loaded, notes, withChanges ? ConfigComparison.Compare(old.Set, next) : [], fates);
        }
    }

    /// <inheritdoc/>
    public ReloadView Diff(ConfigTexts texts)
    {
        LoadResult loaded = ConfigLoader.Load(texts, InForce.Set.Kinds);
        if (loaded.Set is not { } next) return Refused(loaded);
        ConfigInForce old = InForce;
        return Accepted(loaded, NeedRestart(next.Gateway), ConfigComparison.Compare(old.Set, next), gateway.Foresee(next));
    }

    /// <summary>12 sessions kept, 1 moved, 2 ended (NotExposed 2).</summary>
    public static string WordsOf(SessionFatesView fates)
    {
        string reasons = fates.Reasons.Count == 0 ? "" : $" ({string.Join(", ", fates.Reasons.Select(r => $"{r.Key} {r.Value}"))})";
        return $"{fates.Kept} {(fates.Kept == 1 ? "session" : "sessions")} kept, {fates.Moved} moved, {fates.Ended} ended{reasons}";
    }

    private ConfigInForce InForce => gateway.InForce ?? throw new ControlException("the gateway has not started yet; ask again");

    private ReloadView Refused(LoadResult loaded) =>
        new(Accepted: false, gateway.InForce?.Generation ?? 0, [.. loaded.Problems.Select(ViewOf)], [], Sessions: null);

    private ReloadView Accepted(LoadResult loaded, IReadOnlyList<ConfigError> notes, ImmutableArray<ConfigChange> changes, SessionFatesView fates) => new(
        Accepted: true,
        InForce.Generation,
        [.. loaded.Problems.Concat(notes).Select(ViewOf)],
        [.. changes.Select(ViewOf)],
        fates);

    // Workers, tables and the door are made once.
    private List<ConfigError> NeedRestart(GatewayDocument next)
    {
        GatewayDocument start = first ?? InForce.Set.Gateway;
        var notes = new List<ConfigError>();
        void Note(bool differs, string field)
        {
            if (differs)
            {
                notes.Add(new ConfigError(next.Place, $"spec.{field}", ConfigRule.Ignored,
                    $"'{field}' is taken at the start: restart the gateway to change it", Severity.Warning));
            }
        }

        Note(next.Workers != start.Workers, "workers");
        Note(next.SessionCapacity != start.SessionCapacity, "sessions.capacity");
        Note(next.ApiSocket != start.ApiSocket, "api.socket");
        return notes;
    }

    /// <summary>A problem as programs see it.</summary>
    internal static ProblemView ViewOf(ConfigError problem) => new(
        problem.Place.File, problem.Place.Line, problem.Place.Column, problem.Rule.ToString(), problem.Message, problem.Path,
        problem.IsError ? "error" : "warning", problem.ToString());

    private static ChangeView ViewOf(ConfigChange change) => new(
        change.Change.ToString().ToLowerInvariant(),
        change.Item.Kind,
        change.Item.Name,
        change.Item.Place.ToString(),
        change.Change switch
        {
            ConfigChangeKind.Changed => [.. change.Fields.Select(f => new FieldChangeView(f.Name, f.From, f.To))],
            ConfigChangeKind.Added => [.. change.Item.Fields.Select(f => new FieldChangeView(f.Name, null, f.Value))],
            _ => [.. change.Item.Fields.Select(f => new FieldChangeView(f.Name, f.Value, null))],
        });
}
