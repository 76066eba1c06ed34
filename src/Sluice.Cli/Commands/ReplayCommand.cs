using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Sluice.Cli.Output;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Replay;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice replay</c>: the gateway, offline, on captures.</summary>
public static class ReplayCommand
{
    private const int WorkersMax = 64;

    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        Argument<string[]> files = SharedOptions.Files();
        var inputs = new Option<string[]>("--in")
        {
            Description = "What comes in by a link: pcap or pcapng. May be repeated, also for one link.",
            HelpName = "LINK=CAPTURE",
            Required = true,
        };
        var output = new Option<string>("--out")
        {
            Description = "Directory for LINK.pcap of each link, verdicts.jsonl and summary.json.",
            HelpName = "DIR",
            Required = true,
        };
        var applies = new Option<string[]>("--apply")
        {
            Description = "Swap the whole configuration at a time of the captures. May be repeated.",
            HelpName = "SECONDS=FILE[,FILE...]",
        };
        var until = new Option<string?>("--until") { Description = "Run on to this time after the last packet.", HelpName = "SECONDS" };
        var seed = new Option<ulong>("--seed") { Description = "Fixes randomness.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> workers = SharedOptions.Number("--workers", "Split the packets over workers as a NIC would.", otherwise: 1, min: 1, WorkersMax);
        Option<bool> json = SharedOptions.Json();
        inputs.Validators.Add(r => CheckPairs(r, "LINK=CAPTURE"));
        applies.Validators.Add(r => CheckPairs(r, "SECONDS=FILE"));
        var command = new Command("replay", "Runs the gateway offline: links are capture files, the clock is their time stamps.")
        {
            files, inputs, output, applies, until, seed, workers, json,
        };
        command.SetAction(parsed => Run(context, parsed.GetValue(json), parsed.GetValue(until), parsed.GetValue(applies) ?? [], new ReplayOptions
        {
            Files = parsed.GetRequiredValue(files),
            Inputs = [.. parsed.GetRequiredValue(inputs).Select(Pair)],
            OutputDirectory = parsed.GetRequiredValue(output),
            Seed = parsed.GetValue(seed),
            Workers = parsed.GetValue(workers),
            Kinds = context.Kinds,
        }));
        TeachingHelp.Teach(command,
            ("sluice replay gateway.yaml --in vpc1=vpc1.pcap --out result", "one capture; result/verdicts.jsonl tells what became of each packet"),
            ("sluice replay gateway.yaml --in vpc1=a.pcap --in vpc2=b.pcapng --out result", "several, merged by their time stamps"),
            ("sluice replay old.yaml --in vpc1=a.pcap --out result --apply 1700000005=new.yaml", "a change of configuration in the middle"));
        return command;
    }

    private static int Run(CommandContext context, bool json, string? until, string[] applies, ReplayOptions options)
    {
        if (until is not null)
        {
            if (!CaptureTime.TryParse(until, out long end)) return context.Fail(ExitCode.BadInput, $"'{until}' is no time in seconds");
            options = options with { UntilNanoseconds = end };
        }

        var changes = new List<ReplayChange>();
        foreach ((string time, string files) in applies.Select(Pair))
        {
            if (!CaptureTime.TryParse(time, out long at)) return context.Fail(ExitCode.BadInput, $"'{time}' is no time in seconds");
            changes.Add(new ReplayChange(at, files.Split(',', StringSplitOptions.RemoveEmptyEntries)));
        }

        ReplayResult result = ReplayRun.Run(options with { Changes = changes });
        foreach (string message in result.Messages) context.Error.WriteLine(message);
        if (result.Summary is not { } summary) return result.BadInput ? ExitCode.BadInput : ExitCode.Failed;
        if (json) context.Output.WriteLine(JsonSerializer.Serialize(summary, GatewayJson.Default.ReplaySummary));
        else Print(context, options.OutputDirectory, summary, result.Answers);
        return ExitCode.Done;
    }

    private static void Print(CommandContext context, string directory, ReplaySummary summary, IReadOnlyList<string> answers)
    {
        var table = new TextTable("packets", ">count");
        table.Add("in", $"{summary.Packets.In}");
        table.Add("made", $"{summary.Packets.Made}");
        table.Add("out", $"{summary.Packets.Out}");
        table.Add("consumed", $"{summary.Packets.Consumed}");
        foreach ((string reason, ulong count) in summary.Packets.Dropped) table.Add($"dropped {reason}", $"{count}");
        table.Write(context);
        foreach (ReplayApply apply in summary.Applies)
            if (apply.Sessions is { } sessions) context.Output.WriteLine($"at {apply.Time}: {GatewayReloader.WordsOf(sessions)}");
        foreach (ReplayApply apply in summary.Applies.Where(a => !a.Accepted))
            context.Error.WriteLine($"sluice: the configuration at {apply.Time} was refused: {string.Join("; ", apply.Errors ?? [])}");
        foreach (string line in answers) context.Output.WriteLine(line);
        context.Output.WriteLine($"{(summary.Sessions.Total == 1 ? "1 session" : $"{summary.Sessions.Total} sessions")} alive at the end; written to {directory}");
    }

    private static (string Name, string Value) Pair(string text)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        return (text[..at], text[(at + 1)..]);
    }

    private static void CheckPairs(OptionResult result, string form)
    {
        foreach (Token token in result.Tokens)
        {
            int at = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == token.Value.Length - 1) result.AddError($"'{token.Value}' is not of the form {form}.");
        }
    }
}
