using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sluice.Cli;

/// <summary>Help that ends with examples: a line to type, and what it is for.</summary>
public sealed class TeachingHelp : SynchronousCommandLineAction
{
    private static readonly Dictionary<Command, (string Line, string Purpose)[]> Examples = [];

    private readonly HelpAction plain;

    private TeachingHelp(HelpAction plain) => this.plain = plain;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command its examples.</summary>
    public static void Teach(Command command, params (string Line, string Purpose)[] examples)
    {
        lock (Examples) Examples[command] = examples;
    }

    /// <summary>Replaces the help of a root command and of all commands under it.</summary>
    public static void Install(RootCommand root, (string Line, string Purpose)[] examples)
    {
        Teach(root, examples);
        foreach (HelpOption option in root.Options.OfType<HelpOption>())
            if (option.Action is HelpAction plain) option.Action = new TeachingHelp(plain);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = plain.Invoke(parseResult);
        (string Line, string Purpose)[]? examples;
        lock (Examples) examples = Examples.GetValueOrDefault(parseResult.CommandResult.Command);
        if (examples is null) return code;

        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach ((string line, string purpose) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {purpose}");
        }

        output.WriteLine();
        return code;
    }
}
