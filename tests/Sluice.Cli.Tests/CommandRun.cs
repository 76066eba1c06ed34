namespace Sluice.Cli.Tests;

/// <summary>A command line run inside the test's process: its exit code and what it printed.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static CommandRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = SluiceCommand.Run(args, output, error);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
