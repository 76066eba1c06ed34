using System.Globalization;
using Sluice.Config;
using Sluice.Config.Commands;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Commands;

/// <summary>Does Cloud NAT commands in a composed gateway: each change is a reload of the files in force with the commands behind them.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="reloader">What puts configurations in force.</param>
/// <param name="sessions">What ends sessions, for <c>cnat purge</c>; null: nobody does.</param>
public sealed class CommandDesk(ComposedGateway gateway, GatewayReloader reloader, ISessionDesk? sessions) : ICommandDesk
{
    private readonly CommandAnswers answers = new(gateway);
    private int nextId;

    /// <inheritdoc/>
    public CommandsView Run(string commands) => reloader.Alone(() => RunAlone(commands));

    private CommandsView RunAlone(string commands)
    {
        ConfigInForce inForce = gateway.InForce ?? throw new ControlException("the gateway has not started yet; ask again");
        CommandPlan plan = RunningCommands.Plan(inForce.Set, inForce.Texts, nextId, commands);
        List<ConfigError> problems = [.. plan.Problems];
        if (problems.Exists(static problem => problem.IsError)) return Refused(problems);

        SessionFatesView? fates = null;
        long purged = 0;
        if (plan.Texts is { } texts)
        {
            LoadResult loaded = ConfigLoader.Load(texts, inForce.Set.Kinds);
            foreach (ConfigError problem in loaded.Problems)
                if (plan.Told(problem) is { } told && !problems.Exists(known => known.Place == told.Place && known.Message == told.Message)) problems.Add(told);
            if (loaded.Set is null) return Refused(problems);

            // Sessions first, then translations, as in the reference. One that begins in between ends with its translation.
            if (plan.Steps.Any(static step => step.Kind == CommandKind.Purge)) purged = sessions?.Delete(new SessionQuery(OfCommands)).Changed ?? 0;
            fates = reloader.Apply(loaded, texts, "commands", withChanges: false).Sessions;
        }

        nextId = plan.NextId;
        return new CommandsView(Accepted: true, gateway.InForce.Generation, Views(problems), [.. plan.Steps.Select(step => ViewOf(step, purged))], fates);
    }

    // What Cloud NAT did, by whatever document or command.
    private static SessionFilter OfCommands => SessionFilter.Everything.And(static (in SessionFacts session) =>
        session.Rule.StartsWith("translation ", StringComparison.Ordinal) || session.Rule.StartsWith("source NAT ", StringComparison.Ordinal));

    private CommandView ViewOf(CommandStep step, long purged)
    {
        (string result, string[] lines) = step switch
        {
            { Question: { } question } => ("answered", [.. answers.Of(question)]),
            { Id: { } id, WasThere: true } => ("changed", [string.Create(CultureInfo.InvariantCulture, $"translation {id} is changed")]),
            { Id: { } id } => ("added", [string.Create(CultureInfo.InvariantCulture, $"translation {id} is added")]),
            { Kind: CommandKind.Translation, Changes: true } => ("deleted", []),
            { Kind: CommandKind.Purge } => ("purged", [purged == 1 ? "1 session is purged" : string.Create(CultureInfo.InvariantCulture, $"{purged} sessions are purged")]),
            { Kind: CommandKind.Setting, Changes: true } => ("set", Array.Empty<string>()),
            _ => ("nothing", []),
        };
        return new CommandView(step.Place.Line, result, step.Id, lines);
    }

    private CommandsView Refused(List<ConfigError> problems) => new(Accepted: false, gateway.InForce?.Generation ?? 0, Views(problems), [], Sessions: null);

    private static ProblemView[] Views(List<ConfigError> problems) => [.. problems.OrderBy(static problem => problem.Place).Select(GatewayReloader.ViewOf)];
}
