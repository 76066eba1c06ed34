using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Sluice.Cli.Commands;
using Sluice.Config.Kinds;

namespace Sluice.Cli;

/// <summary>The command line as a whole. Building it touches no room but this one: what a command needs is loaded when it runs.</summary>
public static class SluiceCommand
{
    /// <summary>Runs one command line.</summary>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    /// <param name="args">The command line.</param>
    /// <param name="output">Where results are written.</param>
    /// <param name="error">Where it is said what went wrong.</param>
    /// <param name="kinds">Kinds of documents that this program adds; null: none.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error, DocumentKinds? kinds = null) => Run(args, new CommandContext(output, error) { Kinds = kinds });

    /// <summary>Runs one command line.</summary>
    public static int Run(string[] args, CommandContext context)
    {
        (TextWriter output, TextWriter error) = (context.Output, context.Error);
        RootCommand root = Build(context);

        // A file name may begin with @; nothing is read from files here but configurations and captures.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null };
        ParseResult parsed = root.Parse(args, parser);
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpAction or TeachingHelp)) return Complain(parsed, error);
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand("Sluice, a cloud NAT gateway for Linux: it stands between networks that may not see each other's addresses.")
        {
            RunCommand.Build(context),
            CheckCommand.Build(context),
            ReplayCommand.Build(context),
            ExplainCommand.Build(context),
            DemoCommand.Build(context),
            ApplyCommand.Build(context),
            ApplyCommand.BuildDiff(context),
            ShowCommand.Build(context),
            SessionsCommand.Build(context),
            CloudNatCommand.Build(context),
        };
        TeachingHelp.Install(root,
        [
            ("sluice demo", "see a gateway at work between two networks of its own (as root)"),
            ("sluice check gateway.yaml", "is this configuration right?"),
            ("sluice replay gateway.yaml --in vpc1=vpc1.pcap --out result", "what would it do to these packets?"),
            ("sluice explain gateway.yaml --link vpc1 tcp 10.0.0.5 192.0.2.7:80", "what would it do to such a packet, and which line says so?"),
            ("sluice run gateway.yaml --watch", "run it, and apply each change of the file"),
            ("sluice show sessions", "what passes through it now?"),
            ("sluice sessions delete --address 10.0.0.7", "end the sessions of one host"),
            ("sluice cnat \"show cnat translation\"", "virtual IPs and their backends, by Cloud NAT commands"),
            ("sluice diff gateway.yaml", "whom would this new configuration disturb?"),
            ("sluice apply gateway.yaml", "put it in force"),
        ]);
        return root;
    }

    private static int Complain(ParseResult parsed, TextWriter error)
    {
        Command at = parsed.CommandResult.Command;
        if (at.Subcommands.Count > 0)
        {
            string names = string.Join(", ", at.Subcommands.Select(static c => c.Name));
            error.WriteLine(parsed.UnmatchedTokens is [string word, ..]
                ? $"sluice: there is no command '{word}' here; there are: {names}"
                : $"sluice: a command is missing; there are: {names}");
        }
        else
        {
            foreach (ParseError e in parsed.Errors) error.WriteLine($"sluice: {e.Message}");
        }

        var path = new List<string>();
        for (SymbolResult? part = parsed.CommandResult; part is CommandResult { Command: not RootCommand } command; part = part.Parent)
            path.Insert(0, command.Command.Name);
        error.WriteLine($"sluice: see 'sluice {string.Join(' ', [.. path, "--help"])}'");
        return ExitCode.BadInput;
    }
}
