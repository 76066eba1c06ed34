namespace Sluice.Cli.Tests;

/// <summary>A command line run inside the test's process: its exit code and what it printed.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static CommandRun Of(params string[] args) => Of(TextReader.Null, args);

    /// <summary>With lines on standard input.</summary>
    public static CommandRun Of(TextReader input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = SluiceCommand.Run(args, new CommandContext(output, error) { Input = input });
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
