using System.CommandLine;
using Sluice.Cli.Demo;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice demo</c>: a gateway between two networks that it makes for itself.</summary>
public static class DemoCommand
{
    private const int SecondsMax = 3600;

    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        Option<int> seconds = SharedOptions.Number("--seconds", "How long it runs.", otherwise: 15, min: 1, SecondsMax);
        Option<bool> json = SharedOptions.Json();
        var command = new Command("demo",
            "Makes a client network, a gateway and a server network in namespaces of its own (nothing of this machine is touched), "
            + "lets real programs talk through the gateway, shows it live, and removes everything. Needs root.")
        {
            seconds, json,
        };
        command.SetAction(parsed => DemoRun.Run(context, parsed.GetValue(seconds), parsed.GetValue(json)));
        TeachingHelp.Teach(command,
            ("sudo ./sluice demo", "watch sessions, rates and drops"),
            ("sudo ./sluice demo --seconds 5 --json", "for scripts: one JSON object at the end, exit code 0 when all was answered"));
        return command;
    }
}
