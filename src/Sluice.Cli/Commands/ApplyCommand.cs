using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Config;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice apply</c> and <c>sluice diff</c>: a new configuration for a running gateway, and what it would come to.</summary>
public static class ApplyCommand
{
    private const string Whole = " The files are the whole new configuration: what they don't say any more is taken away.";

    /// <summary>Builds <c>apply</c>.</summary>
    public static Command Build(CommandContext context)
    {
        Command command = BuildOne(context, "apply",
            "Puts a configuration in force in a running gateway, whole, without losing a packet of what stays allowed, "
            + "and says how many sessions were kept, moved to another rule or ended." + Whole
            + " A wrong one changes nothing.");
        TeachingHelp.Teach(command,
            ("sluice diff gateway.yaml && sluice apply gateway.yaml", "look first, then do it"),
            ("sluice apply gateway.yaml peerings/", "a file and all *.yaml and *.cnat of a directory, as one configuration"),
            ("sluice apply --json gateway.yaml --socket lab.sock", "to another gateway, for a program: counts, changes, problems"));
        return command;
    }

    /// <summary>Builds <c>diff</c>.</summary>
    public static Command BuildDiff(CommandContext context)
    {
        Command command = BuildOne(context, "diff",
            "Says what a configuration would change in a running gateway, and which sessions it would keep, move to another rule or end. Changes nothing." + Whole);
        TeachingHelp.Teach(command,
            ("sluice diff gateway.yaml", "before 'sluice apply gateway.yaml'"),
            ("sluice diff gateway.yaml --json", "for a program; sessions.ended is 0 where nobody is disturbed"));
        return command;
    }

    private static Command BuildOne(CommandContext context, string name, string description)
    {
        Argument<string[]> files = SharedOptions.Files();
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(name, description) { files, socket, json };
        command.SetAction((parsed, _) => RunAsync(context, name, parsed.GetRequiredValue(files), parsed.GetValue(socket), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, string[] files, string? socket, bool json)
    {
        ConfigTexts texts = ConfigTexts.Read(files);
        if (!texts.Unreadable.IsEmpty)
        {
            foreach (ConfigError problem in texts.Unreadable) context.Error.WriteLine(problem);
            return ExitCode.BadInput;
        }

        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, new ControlRequest(name, Files: texts.Texts));
        if (answer is null) return code;
        if (answer.Result is not { } result) return context.Fail(ExitCode.Failed, answer.Error ?? "the gateway answered nothing");
        ReloadView view = result.Deserialize(GatewayJson.Default.ReloadView)!;
        if (json) context.Output.WriteLine(result.GetRawText());
        foreach (ProblemView problem in view.Problems) context.Error.WriteLine(problem.Text);
        if (!view.Accepted) return context.Fail(ExitCode.BadInput, answer.Error ?? "the configuration is wrong; nothing was changed");
        if (!json) ReloadText.Write(context, view, isDone: name == "apply");
        return ExitCode.Done;
    }
}
