using Xunit;

namespace Sluice.Cli.Tests;

public class HelpTests
{
    [Fact]
    public void Help_of_the_whole_names_every_command_and_ends_with_examples()
    {
        CommandRun run = CommandRun.Of("--help");

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.All(new[] { "run", "check", "replay", "demo", "show", "sessions", "apply", "diff", "explain", "cnat" }, command => Assert.Contains($"  {command}", run.Output, StringComparison.Ordinal));
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("replay")]
    [InlineData("demo")]
    [InlineData("show")]
    [InlineData("show sessions")]
    [InlineData("show drops")]
    [InlineData("show peerings")]
    [InlineData("show config")]
    [InlineData("sessions")]
    [InlineData("sessions list")]
    [InlineData("sessions count")]
    [InlineData("sessions delete")]
    [InlineData("sessions set")]
    [InlineData("sessions watch")]
    [InlineData("apply")]
    [InlineData("diff")]
    [InlineData("cnat")]
    [InlineData("explain")]
    public void Help_of_a_command_teaches_by_example(string command)
    {
        CommandRun run = CommandRun.Of([.. command.Split(' '), "--help"]);

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"sluice {command}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("chekc")]
    [InlineData("check")]
    [InlineData("show")]
    [InlineData("show everything")]
    [InlineData("show sessions --limit many")]
    [InlineData("show sessions --limit -1")]
    [InlineData("show drops --limit 5")]
    [InlineData("sessions")]
    [InlineData("sessions delete --max few")]
    [InlineData("sessions set --all")]
    [InlineData("sessions watch --sort bytes")]
    [InlineData("run")]
    [InlineData("demo --seconds 0")]
    [InlineData("apply")]
    [InlineData("diff --json")]
    [InlineData("show config -o text")]
    [InlineData("show drops -o yaml")]
    [InlineData("replay a.yaml")]
    [InlineData("replay a.yaml --in vpc1 --out b")]
    [InlineData("replay a.yaml --in =x --out b")]
    [InlineData("replay a.yaml --in a=b --out c --workers 0")]
    [InlineData("replay a.yaml --in a=b --out c --seed many")]
    [InlineData("replay a.yaml --in a=b --out c --apply 5")]
    public void Wrong_words_are_bad_input_and_point_to_the_help(string line)
    {
        CommandRun run = CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("--help'", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
