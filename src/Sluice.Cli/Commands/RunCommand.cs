using System.CommandLine;
using Sluice.Gateway;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice run</c>: the gateway in the foreground.</summary>
public static class RunCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        Argument<string[]> files = SharedOptions.Files();
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        var watch = new Option<bool>("--watch") { Description = "Apply each change of the files. SIGHUP applies them too." };
        var command = new Command("run", "Runs the gateway in the foreground until SIGINT or SIGTERM.") { files, watch, socket, json };
        command.SetAction(parsed => Run(context, new GatewayOptions
        {
            Files = parsed.GetRequiredValue(files),
            Watch = parsed.GetValue(watch),
            Socket = parsed.GetValue(socket),
            JsonLog = parsed.GetValue(json),
            Kinds = context.Kinds,
        }));
        TeachingHelp.Teach(command,
            ("sluice run gateway.yaml", "as root: it opens the links of the configuration"),
            ("sluice run --watch gateway.yaml peerings/", "apply each change; one that is wrong leaves the old configuration in force"),
            ("kill -HUP $(pidof sluice)", "read the files again now"));
        return command;
    }

    private static int Run(CommandContext context, GatewayOptions options) =>
        GatewayHost.Run(options, new GatewayLog(context.Error, options.JsonLog)) switch
        {
            GatewayEnd.Stopped => ExitCode.Done,
            GatewayEnd.BadConfiguration => ExitCode.BadInput,
            _ => ExitCode.Failed,
        };
}
