using System.CommandLine;
using Sluice.Cli.Output;
using Sluice.Gateway.Control;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice show</c>: what a running gateway holds.</summary>
public static class ShowCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        var command = new Command("show", "Shows what a running gateway holds.");
        command.Add(BuildOne(context, "sessions", "Live sessions: who speaks to whom, and how each side sees the other.", rows: true));
        command.Add(BuildOne(context, "drops", "Dropped packets by reason, each reason in words.", rows: false));
        command.Add(BuildOne(context, "links", "Links: where packets come from and go to.", rows: false));
        command.Add(BuildOne(context, "routes", "Routes of every realm.", rows: false));
        command.Add(BuildOne(context, "mappings", "Inside endpoints and the public endpoints that stand for them.", rows: true));
        command.Add(BuildOne(context, "pools", "Public addresses and their ports: in use, resting, all.", rows: false));
        command.Add(BuildOne(context, "status", "The gateway as a whole.", rows: false));
        TeachingHelp.Teach(command,
            ("sluice show sessions", "the first 100 sessions"),
            ("sluice show drops", "what is dropped, and what each reason means"),
            ("sluice show pools --json", "the same for a program"));
        return command;
    }

    private static Command BuildOne(CommandContext context, string what, string description, bool rows)
    {
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(what, description) { socket, json };
        Option<int> limit = SharedOptions.Number("--limit", "The most rows.", otherwise: 100, min: 0, max: 100_000);
        var filter = new Option<string?>("--filter")
        {
            Description = "Only rows that contain this text: an address, a port, a realm, a protocol.",
            HelpName = "TEXT",
        };
        if (rows)
        {
            command.Add(limit);
            command.Add(filter);
            TeachingHelp.Teach(command,
                ($"sluice show {what} --filter 10.0.0.7", "those of one host"),
                ($"sluice show {what} --limit 100000 --json", "all of them, for a program"));
        }
        else
        {
            TeachingHelp.Teach(command,
                ($"sluice show {what}", "of the gateway at the usual socket"),
                ($"sluice show {what} --json --socket lab.sock", "of another one, for a program"));
        }

        command.SetAction((parsed, _) => RunAsync(
            context,
            what,
            parsed.GetValue(socket),
            parsed.GetValue(json),
            rows ? parsed.GetValue(limit) : 0,
            rows ? parsed.GetValue(filter) : null));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string what, string? socket, bool json, int limit, string? filter)
    {
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, new ControlRequest("show", what, limit, filter));
        if (answer is null) return code;
        if (!answer.Ok || answer.Result is not { } result) return context.Fail(ExitCode.Failed, answer.Error ?? "the gateway answered nothing");
        if (json) context.Output.WriteLine(result.GetRawText());
        else ShowTables.Write(context, what, result);
        return ExitCode.Done;
    }
}
