using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Gateway.Control;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice sessions</c>: the sessions of a running gateway as objects.</summary>
public static class SessionsCommand
{
    private const string Which = " Options that choose add up: a session is to meet all of them; a comma between values means any of these.";

    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        var command = new Command("sessions", "Lists, counts, deletes, watches the sessions of a running gateway, or changes how long they live.")
        {
            BuildList(context),
            BuildCount(context),
            BuildDelete(context),
            BuildSet(context),
            SessionsWatch.Build(context),
        };
        TeachingHelp.Teach(command,
            ("sluice sessions list --address 10.0.0.0/24 --port 443", "who of this network speaks HTTPS?"),
            ("sluice sessions count --realm vpc-1 --state halfOpen", "is somebody scanning?"),
            ("sluice sessions delete --peering web --idle 1h", "end what has said nothing for an hour"),
            ("sluice sessions watch --to outside", "what begins and ends, as it does"));
        return command;
    }

    private static Command BuildList(CommandContext context)
    {
        var command = new Command("list", "Lists sessions." + Which);
        var which = new SessionOptions(command);
        Option<int> max = SharedOptions.Number("--max", "The most rows.", otherwise: 100, min: 0, max: 100_000);
        command.Add(max);
        Finish(context, command, "list", parsed => (which.Of(parsed), parsed.GetValue(max)));
        TeachingHelp.Teach(command,
            ("sluice sessions list --sort bytes --max 10", "who moves the most?"),
            ("sluice sessions list --protocol tcp --state halfOpen,closing --older-than 1m", "any of two states, and older than a minute"),
            ("sluice sessions list --translation web --backend 20.0.0.1:8080", "whom does this backend serve?"),
            ("sluice sessions list --public 203.0.113.1:1024 --json", "who is behind this public endpoint? for a program"));
        return command;
    }

    private static Command BuildCount(CommandContext context)
    {
        var command = new Command("count", "Counts sessions." + Which);
        var which = new SessionOptions(command, sorted: false);
        Finish(context, command, "count", parsed => (which.Of(parsed), 0));
        TeachingHelp.Teach(command,
            ("sluice sessions count", "all of them"),
            ("sluice sessions count --address 10.0.0.7 --protocol udp", "UDP of one host"));
        return command;
    }

    private static Command BuildDelete(CommandContext context)
    {
        var command = new Command("delete",
            "Ends sessions at once and says how many. Their ports rest as at any end; a next packet is judged as the first of a new session." + Which);
        var which = new SessionOptions(command);
        Option<int?> max = Max("The most sessions to end.");
        Option<bool> all = All("End every session, where no other option says which.");
        command.Add(max);
        command.Add(all);
        Finish(context, command, "delete", parsed => (which.Of(parsed) with { Max = parsed.GetValue(max), All = parsed.GetValue(all) }, 0));
        TeachingHelp.Teach(command,
            ("sluice sessions count --address 10.0.0.7 && sluice sessions delete --address 10.0.0.7", "look first, then do it"),
            ("sluice sessions delete --realm vpc-1 --sort idle --max 1000", "the thousand that have been idle longest"),
            ("sluice sessions delete --all", "every session of the gateway"));
        return command;
    }

    private static Command BuildSet(CommandContext context)
    {
        var command = new Command("set",
            "Changes how long sessions live: so long from now, and so long again after each packet that counts, until they end or their TCP state changes." + Which);
        var which = new SessionOptions(command);
        var lifetime = new Option<string>("--lifetime") { Description = "How long, from 1s to 288h.", HelpName = "TIME", Required = true };
        Option<int?> max = Max("The most sessions to change.");
        Option<bool> all = All("Change every session, where no other option says which.");
        command.Add(lifetime);
        command.Add(max);
        command.Add(all);
        Finish(context, command, "set", parsed =>
            (which.Of(parsed) with { Max = parsed.GetValue(max), All = parsed.GetValue(all), Lifetime = parsed.GetRequiredValue(lifetime) }, 0));
        TeachingHelp.Teach(command,
            ("sluice sessions set --lifetime 24h --number 17", "keep this one over the night"),
            ("sluice sessions set --lifetime 30s --realm vpc-1 --state established", "let idle connections go soon"));
        return command;
    }

    private static void Finish(CommandContext context, Command command, string what, Func<ParseResult, (SessionRequest Which, int Limit)> read)
    {
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        command.Add(socket);
        command.Add(json);
        command.SetAction((parsed, _) =>
        {
            (SessionRequest which, int limit) = read(parsed);
            return RunAsync(context, parsed.GetValue(socket), parsed.GetValue(json), new ControlRequest("sessions", what, limit, Sessions: which));
        });
    }

    private static async Task<int> RunAsync(CommandContext context, string? socket, bool json, ControlRequest request)
    {
        if (SessionCommands.ProblemOf(request) is { } problem) return context.Fail(ExitCode.BadInput, problem);
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, request);
        if (answer is null) return code;
        if (!answer.Ok || answer.Result is not { } result) return context.Fail(ExitCode.Failed, answer.Error ?? "the gateway answered nothing");
        if (json) context.Output.WriteLine(result.GetRawText());
        else SessionText.Write(context, request.What!, result);
        return ExitCode.Done;
    }

    private static Option<int?> Max(string description) => new("--max")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number)) return number;
            result.AddError($"--max is a number, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static Option<bool> All(string description) => new("--all") { Description = description };
}
