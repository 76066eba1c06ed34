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
        command.Add(BuildOne(context, "peerings", "Peerings: what each realm shows the other, by which NAT, who may pass, and the sessions of each expose.", rows: false));
        command.Add(BuildOne(context, "translations", "Virtual IPs and their backends: state, share, sessions, packets and bytes.", rows: false, named: true));
        command.Add(BuildOne(context, "sources", "Source-NAT policies: what they cover, sessions, packets and bytes.", rows: false, named: true));
        command.Add(BuildOne(context, "config", "The configuration in force: its files, its number, since when; with -o its text.", rows: false, documents: "documents"));
        command.Add(BuildOne(context, "status", "The gateway as a whole; with -o as a GatewayAgent document.", rows: false, documents: "agent"));
        TeachingHelp.Teach(command,
            ("sluice show sessions", "the first 100 sessions"),
            ("sluice show drops", "what is dropped, and what each reason means"),
            ("sluice show peerings", "who may speak to whom, and how each is seen"),
            ("sluice show status -o yaml", "the state as a GatewayAgent document"),
            ("sluice show pools --json", "the same for a program"));
        return command;
    }

    // With documents: what -o asks for. Named: one of its rows may be asked for by its name.
    private static Command BuildOne(CommandContext context, string what, string description, bool rows, string? documents = null, bool named = false)
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
        var form = new Option<string?>("-o", "--output")
        {
            Description = documents == "agent" ? "As a GatewayAgent document: yaml or json." : "Its text: yaml (documents that can be applied again), cnat (the command lines in force, for a file beside them) or json.",
            HelpName = "FORM",
        };
        form.AcceptOnlyFromAmong(documents == "documents" ? ["yaml", "cnat", "json"] : ["yaml", "json"]);
        SessionOptions? which = what == "sessions" ? new SessionOptions(command) : null;
        var name = new Argument<string?>("NAME") { Description = "Only the one of this name.", Arity = ArgumentArity.ZeroOrOne };
        if (named) command.Add(name);
        if (rows || named) command.Add(limit);
        if (rows) command.Add(filter);

        if (documents is not null) command.Add(form);
        Teach(command, what, rows, documents);
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(socket), parsed.GetValue(json), documents is null ? null : parsed.GetValue(form),
            new Question(
                what, documents, rows || named ? parsed.GetValue(limit) : 0, rows ? parsed.GetValue(filter) : null, which?.Of(parsed), named ? parsed.GetValue(name) : null)));
        return command;
    }

    private static void Teach(Command command, string what, bool rows, string? documents)
    {
        (string, string)[] examples = (rows, documents) switch
        {
            (true, _) when what == "sessions" =>
            [
                ("sluice show sessions --address 10.0.0.7 --protocol tcp", "TCP of one host"),
                ("sluice show sessions --sort bytes --limit 10", "who moves the most?"),
                ("sluice show sessions --limit 100000 --json", "all of them, for a program"),
            ],
            (true, _) =>
            [
                ($"sluice show {what} --filter 10.0.0.7", "those of one host"),
                ($"sluice show {what} --limit 100000 --json", "all of them, for a program"),
            ],
            _ when what == "translations" =>
            [
                ("sluice show translations", "all virtual IPs"),
                ("sluice show translations web", "one of them"),
                ("sluice show translations --limit 100000 --json", "everything, for a program that draws or warns"),
            ],
            (_, "documents") =>
            [
                ("sluice show config", "which files are in force, and since when"),
                ("sluice show config -o yaml > in-force.yaml", "the documents themselves: 'sluice apply in-force.yaml' brings them back"),
                ("sluice show config -o cnat > in-force.cnat", "what Cloud NAT commands ask for: 'sluice apply in-force.yaml in-force.cnat' brings both back"),
            ],
            (_, "agent") =>
            [
                ("sluice show status", "of the gateway at the usual socket"),
                ("sluice show status -o yaml", "as a GatewayAgent document: applied generation, traffic by VPC and by pair of VPCs"),
            ],
            _ =>
            [
                ($"sluice show {what}", "of the gateway at the usual socket"),
                ($"sluice show {what} --json --socket lab.sock", "of another one, for a program"),
            ],
        };
        TeachingHelp.Teach(command, examples);
    }

    private static async Task<int> RunAsync(CommandContext context, string? socket, bool json, string? form, Question question)
    {
        string what = form is null ? question.What : question.Documents!;
        var request = new ControlRequest("show", what, question.Limit, question.Filter, Sessions: question.Which, Name: question.Name);
        if (question.Which is not null && SessionCommands.ProblemOf(request) is { } problem) return context.Fail(ExitCode.BadInput, problem);
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, request);
        if (answer is null) return code;
        if (!answer.Ok || answer.Result is not { } result) return context.Fail(ExitCode.Failed, answer.Error ?? "the gateway answered nothing");
        if (form is not null) DocumentText.Write(context, what, result, form);
        else if (json) context.Output.WriteLine(result.GetRawText());
        else ShowTables.Write(context, what, result);
        return ExitCode.Done;
    }

    private sealed record Question(string What, string? Documents, int Limit, string? Filter, SessionRequest? Which, string? Name);
}
