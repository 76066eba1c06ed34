using System.CommandLine;
using System.Globalization;
using Sluice.Config.Kinds;

namespace Sluice.Cli;

/// <summary>Where a command writes.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">What went wrong.</param>
public sealed record CommandContext(TextWriter Output, TextWriter Error)
{
    /// <summary>Where a command reads what it isn't given in its words; null: standard input, which isn't touched before it is needed.</summary>
    public TextReader? Input { get; init; }

    /// <summary>Whether a person sits at a terminal: keys come from it and results go to it.</summary>
    public bool IsInteractive => Input is null && IsTerminal && !Console.IsInputRedirected;

    /// <summary>Kinds of documents that the program adds to those of the house; null: none.</summary>
    public DocumentKinds? Kinds { get; init; }

    /// <summary>Whether results go to a person's terminal, which can draw.</summary>
    public bool IsTerminal => ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Says what went wrong, in one line.</summary>
    public int Fail(int code, string message)
    {
        Error.WriteLine($"sluice: {message}");
        return code;
    }
}

/// <summary>Options and arguments that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, for programs." };

    public static Option<string?> Socket() => new("--socket")
    {
        Description = "The gateway's control socket. [default: /run/sluice.sock for root]",
        HelpName = "PATH",
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string description, int otherwise, int min, int max) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max) return number;
            result.AddError($"{name} is a number from {min} to {max}, not '{text}'.");
            return otherwise;
        },
    };

    public static Argument<string[]> Files() => new("FILE")
    {
        Description = "Documents in YAML (*.cnat: Cloud NAT command lines), or directories of them; together they are one configuration.",
        Arity = ArgumentArity.OneOrMore,
    };
}
