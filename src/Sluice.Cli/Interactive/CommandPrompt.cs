using System.Globalization;
using System.Text.Json;
using Sluice.Config.Commands;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Interactive;

/// <summary>A prompt that takes commands until its user leaves it.</summary>
/// <param name="context">Where results go.</param>
/// <param name="socket">The gateway's.</param>
/// <param name="run">Does one line; returns the exit code.</param>
internal sealed class CommandPrompt(CommandContext context, string? socket, Func<string, Task<int>> run)
{
    private const string Prompt = "cnat> ";
    private const int TranslationsMax = 1000;

    // Asked for when Tab first needs them, and anew behind each command.
    private string[]? links;
    private string[]? translations;

    /// <summary>Takes commands.</summary>
    public async Task<int> RunAsync(IKeySource keys, CommandHistory history, Func<int> width)
    {
        // Whoever can't be reached is found out before anything is typed.
        (ControlAnswer? answer, int code) = await Gateways.AskAsync(context, socket, new ControlRequest("show", "status"));
        if (answer is null) return code;
        context.Output.WriteLine("Cloud NAT commands. Tab completes, ? tells what may follow, Ctrl-D leaves.");
        var editor = new LineEditor(keys, context.Output, history, text => CommandCompletion.At(text, Links(), Translations()), width);
        while (true)
        {
            (links, translations) = (null, null);
            if (editor.Read(Prompt) is not { } line || line.Trim() is "exit" or "quit") return ExitCode.Done;
            if (line.AsSpan().Trim() is not ([] or ['#', ..]) && await run(line) == ExitCode.Unreachable) return ExitCode.Unreachable;
        }
    }

    private IEnumerable<string> Links()
    {
        links ??= [.. Ask(new ControlRequest("show", "links"))?.Deserialize(GatewayJson.Default.LinksView)!.Links.Select(static link => link.Name) ?? []];
        foreach (string link in links) yield return link;
    }

    private IEnumerable<string> Translations()
    {
        translations ??= [.. Ask(new ControlRequest("show", "translations", TranslationsMax))?.Deserialize(GatewayJson.Default.TranslationsView)!.Translations.Select(IdOf).OfType<string>() ?? []];
        foreach (string id in translations) yield return id;
    }

    // Whoever doesn't answer offers no names; the next command says that nobody answers.
    private JsonElement? Ask(ControlRequest request)
    {
        try
        {
            return ControlClient.AskAsync(socket ?? ControlSocket.DefaultPath, request).GetAwaiter().GetResult().Result;
        }
        catch (ControlException)
        {
            return null;
        }
    }

    private static string? IdOf(TranslationView view) => RunningCommands.IdOf(view.Name, view.Place) is { } id ? id.ToString(CultureInfo.InvariantCulture) : null;
}
