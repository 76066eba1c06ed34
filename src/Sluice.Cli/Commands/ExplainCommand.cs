using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Config;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Explain;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice explain</c>: what would become of such a packet, and which line of the configuration decides it?</summary>
public static class ExplainCommand
{
    // PROTO SRC DST stand at the end, whatever stands before them.
    private const int PacketWords = 3;

    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        var words = new Argument<string[]>("[FILE...] PROTO SRC[:PORT] DST[:PORT]")
        {
            Description = "Documents (none: ask the running gateway), then the packet: tcp, udp, icmp or a number; an ICMP echo's identifier stands as source port.",
            Arity = ArgumentArity.OneOrMore,
        };
        var link = new Option<string>("--link") { Description = "The link that the packet comes in by.", HelpName = "LINK", Required = true };
        var flags = new Option<string?>("--flags") { Description = "TCP's flags: fin, syn, rst, psh, ack, urg, with commas between. [default: syn]", HelpName = "FLAGS" };
        Option<string?> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json();
        words.Validators.Add(result =>
        {
            if (result.Tokens.Count < PacketWords) result.AddError("a packet is PROTO SRC[:PORT] DST[:PORT], such as: tcp 10.0.0.5 192.0.2.7:80");
        });
        var command = new Command("explain", "Says what would become of a packet, stage by stage, and which line of the configuration decides it.")
        {
            words, link, flags, socket, json,
        };
        command.SetAction(parsed =>
        {
            string[] all = parsed.GetRequiredValue(words);
            string[] packet = all[^PacketWords..];
            var question = new ExplainQuestion(parsed.GetRequiredValue(link), packet[0], packet[1], packet[2], parsed.GetValue(flags));
            bool asJson = parsed.GetValue(json);
            return all.Length > PacketWords
                ? Task.FromResult(Offline(context, all[..^PacketWords], question, asJson))
                : AskAsync(context, parsed.GetValue(socket), question, asJson);
        });
        TeachingHelp.Teach(command,
            ("sluice explain gateway.yaml --link vpc1 tcp 10.0.0.5 192.0.2.7:80", "what would this configuration do to a SYN from 10.0.0.5?"),
            ("sluice explain gateway.yaml peerings/ --link vpc1 icmp 10.0.0.5:7 192.0.2.7", "an echo request with identifier 7"),
            ("sluice explain --link vpc1 udp 10.0.0.5:4000 192.0.2.7:53", "the running gateway: its sessions and mappings count too"),
            ("sluice explain gateway.yaml --link vpc1 --flags ack tcp 10.0.0.5:4000 192.0.2.7:80", "a packet from the middle of a connection"));
        return command;
    }

    private static int Offline(CommandContext context, string[] files, ExplainQuestion question, bool json)
    {
        LoadResult loaded = ConfigLoader.Load(files, context.Kinds);
        CheckCommand.WriteProblems(context, loaded);
        if (loaded.Set is not { } config) return ExitCode.BadInput;
        using ComposedGateway gateway = OfflineGateway.Compose(config);
        if (!new Explainer(gateway).TryExplain(question, out ExplanationView? view, out string? problem)) return context.Fail(ExitCode.BadInput, problem);
        Write(context, view, json);
        return ExitCode.Done;
    }

    private static async Task<int> AskAsync(CommandContext context, string? socket, ExplainQuestion question, bool json)
    {
        ControlAnswer answer;
        try
        {
            answer = await ControlClient.AskAsync(socket ?? ControlSocket.DefaultPath, new ControlRequest("explain", Packet: question));
        }
        catch (ControlException e)
        {
            return context.Fail(ExitCode.Unreachable, e.Message);
        }

        if (!answer.Ok || answer.Result is not { } result) return context.Fail(ExitCode.BadInput, answer.Error ?? "the gateway answered nothing");
        Write(context, result.Deserialize(GatewayJson.Default.ExplanationView)!, json);
        return ExitCode.Done;
    }

    private static void Write(CommandContext context, ExplanationView view, bool json)
    {
        if (json) context.Output.WriteLine(JsonSerializer.Serialize(view, GatewayJson.Default.ExplanationView));
        else ExplanationText.Write(context, view);
    }
}
