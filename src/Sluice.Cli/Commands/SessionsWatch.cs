using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice sessions watch</c>: what begins and ends, as it does.</summary>
internal static class SessionsWatch
{
    public static Command Build(CommandContext context)
    {
        var command = new Command("watch",
            "Prints each session that begins or ends, as it does, until Ctrl-C or until nobody reads it. What comes faster than it is read is lost; how much is said.");
        var which = new SessionOptions(command, sorted: false);
        Option<int> max = SharedOptions.Number("--max", "End after so many lines. [default: never]", otherwise: int.MaxValue, min: 1, max: int.MaxValue);
        max.DefaultValueFactory = static _ => int.MaxValue;
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        command.Add(max);
        command.Add(socket);
        command.Add(json);
        command.SetAction((parsed, _) => RunAsync(
            context, parsed.GetValue(socket), parsed.GetValue(json), parsed.GetValue(max), new ControlRequest("sessions", "watch", Sessions: which.Of(parsed))));
        TeachingHelp.Teach(command,
            ("sluice sessions watch", "everything"),
            ("sluice sessions watch --address 10.0.0.7 --protocol tcp", "TCP of one host"),
            ("sluice sessions watch --translation web | head -20", "the next twenty of one virtual IP"),
            ("sluice sessions watch --json | jq 'select(.reason==\"Expired\")'", "JSON lines, for a program"));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string? socket, bool json, int max, ControlRequest request)
    {
        if (SessionCommands.ProblemOf(request) is { } problem) return context.Fail(ExitCode.BadInput, problem);
        using var ending = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = End(PosixSignal.SIGINT, ending), terminate = End(PosixSignal.SIGTERM, ending);
        if (ReferenceEquals(context.Output, Console.Out)) OutputEnd.WhenClosed(() => EndUnlessEnded(ending));
        int written = 0;
        try
        {
            ControlAnswer? refusal = await ControlClient.WatchAsync(socket ?? ControlSocket.DefaultPath, request, Take, ending.Token);
            return refusal is null ? ExitCode.Done : context.Fail(ExitCode.Failed, refusal.Error ?? "the gateway answered nothing");
        }
        catch (ControlException e)
        {
            return context.Fail(ExitCode.Unreachable, e.Message);
        }

        bool Take(SessionEventView happened)
        {
            context.Output.WriteLine(json ? JsonSerializer.Serialize(happened, GatewayJson.Default.SessionEventView) : SessionText.LineOf(happened));
            return ++written < max;
        }
    }

    // The output may close, or a signal come, just when the watch has ended for another reason.
    private static void EndUnlessEnded(CancellationTokenSource ending)
    {
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Then there is nothing left to end.
        }
    }

    private static PosixSignalRegistration End(PosixSignal signal, CancellationTokenSource ending) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        EndUnlessEnded(ending);
    });
}
