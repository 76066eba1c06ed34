using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Config;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice check</c>: is this configuration right, and if not, where not?</summary>
public static class CheckCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build(CommandContext context)
    {
        Argument<string[]> files = SharedOptions.Files();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("check", "Validates a configuration. Each problem is printed as file:line:column: rule: message.") { files, json };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(files), parsed.GetValue(json)));
        TeachingHelp.Teach(command,
            ("sluice check gateway.yaml", "one file that has everything"),
            ("sluice check gateway.yaml peerings/", "a file and all *.yaml and *.cnat of a directory, as one configuration"),
            ("sluice check --json gateway.yaml", "a JSON list of problems; [] when there are none"));
        return command;
    }

    private static int Run(CommandContext context, string[] files, bool json)
    {
        LoadResult result = ConfigLoader.Load(files, context.Kinds);
        if (json) WriteJson(context, result);
        else WriteText(context, result);
        return result.Set is null ? ExitCode.BadInput : ExitCode.Done;
    }

    /// <summary>Prints errors and warnings to standard error.</summary>
    internal static void WriteProblems(CommandContext context, LoadResult result)
    {
        foreach (ConfigError problem in result.Problems) context.Error.WriteLine(problem);
    }

    private static void WriteText(CommandContext context, LoadResult result)
    {
        WriteProblems(context, result);
        if (result.Set is not { } set) return;
        string services = set.Translations.IsEmpty ? "" : $", {Count(set.Translations.Length, "translation")}";
        string leaving = set.SourceNats.Length switch
        {
            0 => "",
            1 => ", 1 source-NAT policy",
            var several => $", {several} source-NAT policies",
        };
        context.Output.WriteLine(
            $"ok: {Count(set.Gateway.Links.Length, "link")}, {Count(set.Realms.Length, "realm")}, {Count(set.Peerings.Length, "peering")}{services}{leaving}");
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static void WriteJson(CommandContext context, LoadResult result)
    {
        CheckProblem[] problems = [.. result.Problems.Select(p => new CheckProblem(
            p.Place.File, p.Place.Line, p.Place.Column, p.Rule.ToString(), p.Message, p.Document, p.Path, p.IsError ? "error" : "warning"))];
        context.Output.WriteLine(JsonSerializer.Serialize(problems, CheckJson.Default.CheckProblemArray));
    }
}

/// <summary>A problem as <c>sluice check --json</c> prints it.</summary>
internal sealed record CheckProblem(string File, int Line, int Column, string Rule, string Message, string Document, string Path, string Severity);

/// <summary>Generated JSON of <see cref="CheckProblem"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CheckProblem[]))]
internal sealed partial class CheckJson : JsonSerializerContext;
