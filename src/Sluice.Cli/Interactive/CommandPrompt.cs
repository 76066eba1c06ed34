using System.Text.Json;
using Sluice.Config.Commands;
using Sluice.Gateway.Control;

namespace Sluice.Cli.Interactive;

/// <summary>A prompt that takes commands until its user leaves it.</summary>
/// <param name="context">Where results go.</param>
/// <param name="socket">The gateway's.</param>
/// <param name="run">Does one line; returns the exit code.</param>
internal sealed class CommandPrompt(CommandContext context, string? socket, Func<string, Task<int>> run)
{
    private const string Prompt = "cnat> ";

    private string[] links = [];
    private string[] translations = [];

    /// <summary>Takes commands.</summary>
    public async Task<int> RunAsync(IKeySource keys, CommandHistory history, Func<int> width)
    {
        // Whoever can't be reached is found out before anything is typed.
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, new ControlRequest("show", "status"));
        if (answer is null) return code;
        context.Output.WriteLine("Cloud NAT commands. Tab completes, ? tells what may follow, Ctrl-D leaves.");
        var editor = new LineEditor(keys, context.Output, history, text => CommandCompletion.At(text, links, translations), width);
        while (true)
        {
            await LearnAsync();
            if (editor.Read(Prompt) is not { } line || line.Trim() is "exit" or "quit") return ExitCode.Done;
            if (line.AsSpan().Trim() is not ([] or ['#', ..]) && await run(line) == ExitCode.Unreachable) return ExitCode.Unreachable;
        }
    }

    // The names that Tab knows; without an answer it knows those from before.
    private async Task LearnAsync()
    {
        try
        {
            string door = socket ?? ControlSocket.DefaultPath;
            if ((await ControlClient.AskAsync(door, new ControlRequest("show", "links"))).Result is { } known)
                links = [.. known.Deserialize(GatewayJson.Default.LinksView)!.Links.Select(static link => link.Name)];
            if ((await ControlClient.AskAsync(door, new ControlRequest("cnat", Lines: "show cnat translation"))).Result is { } listed)
                translations = [.. listed.Deserialize(GatewayJson.Default.CommandsView)!.Commands.SelectMany(static command => command.Lines).Select(IdOf).OfType<string>()];
        }
        catch (ControlException)
        {
            // The next command says that nobody answers.
        }
    }

    private static string? IdOf(string line)
    {
        int end = line.IndexOf(']', StringComparison.Ordinal);
        return line is ['[', ..] && end > 1 && !line.AsSpan(1, end - 1).ContainsAnyExceptInRange('0', '9') ? line[1..end] : null;
    }
}
