using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sluice.Cli.Interactive;
using Sluice.Config.Commands;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice cnat</c>: Cloud NAT command lines for a running gateway.</summary>
public static class CloudNatCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "A command of Cloud NAT, in quotes (-> means something to a shell). Several lines are done together, or none. Without it: a prompt on a terminal, else lines of standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("cnat", "Cloud NAT commands of both generations, for a running gateway: they change its configuration, or show what it holds.") { words, socket, json };
        command.SetAction((parsed, _) =>
        {
            string[] given = parsed.GetValue(words) ?? [];
            bool asJson = parsed.GetValue(json);
            string? door = parsed.GetValue(socket);
            return given.Length > 0 ? RunAsync(context, door, string.Join(' ', given), asJson)
                : context.IsInteractive ? PromptAsync(context, door, asJson)
                : LinesAsync(context, door, asJson);
        });
        TeachingHelp.Teach(command,
            ("sluice cnat \"cnat translation add proto TCP vip 30.0.0.2 80 to ->20.0.0.1 8080 to ->20.0.0.2 8080\"", "a virtual IP with two backends; prints its id"),
            ("sluice cnat \"show cnat translation\"", "all translations, their backends, and what each of them carries"),
            ("sluice cnat \"show cnat session verbose ip 10.0.0.5\"", "the sessions of one address"),
            ("sluice cnat \"cnat translation del 0\"", "take it back"),
            ("sluice cnat", "a prompt: Tab completes, ? helps, Ctrl-D leaves"),
            ("sluice cnat < commands.cnat", "lines from a file, one after the other"));
        return command;
    }

    private static async Task<int> PromptAsync(CommandContext context, string? socket, bool json)
    {
        using var keys = new TerminalKeys();
        var prompt = new CommandPrompt(context, socket, line => RunAsync(context, socket, line, json));
        return await prompt.RunAsync(keys, new CommandHistory(CommandHistory.UsersFile), static () => Console.WindowWidth);
    }

    // Each line stands for itself, as if it were typed: one that is wrong stops nothing that comes after it. A section in braces goes on over lines.
    private static async Task<int> LinesAsync(CommandContext context, string? socket, bool json)
    {
        TextReader input = context.Input ?? Console.In;
        int worst = ExitCode.Done;
        while (await input.ReadLineAsync() is { } line)
        {
            if (line.AsSpan().Trim() is [] or ['#', ..]) continue;
            StringBuilder command = new(line);
            for (int open = RunningCommands.Open(line, 0); open > 0 && await input.ReadLineAsync() is { } more; open = RunningCommands.Open(more, open)) command.Append('\n').Append(more);
            int code = await RunAsync(context, socket, command.ToString(), json);
            worst = Math.Max(worst, code);
            if (code == ExitCode.Unreachable) break;
        }

        return worst;
    }

    private static async Task<int> RunAsync(CommandContext context, string? socket, string lines, bool json)
    {
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, new ControlRequest("cnat", Lines: lines));
        if (answer is null) return code;
        if (answer.Result is not { } result) return context.Fail(ExitCode.Failed, answer.Error ?? "the gateway answered nothing");
        CommandsView view = result.Deserialize(GatewayJson.Default.CommandsView)!;
        if (json) context.Output.WriteLine(result.GetRawText());
        foreach (ProblemView problem in view.Problems) context.Error.WriteLine(problem.Text);
        if (!view.Accepted) return ExitCode.BadInput;
        if (json) return ExitCode.Done;
        foreach (CommandView command in view.Commands)
            foreach (string line in command.Lines) context.Output.WriteLine(line);
        if (view.Sessions is { Ended: > 0 and var ended }) context.Output.WriteLine(ended == 1 ? "1 session ended" : $"{ended} sessions ended");
        return ExitCode.Done;
    }
}
