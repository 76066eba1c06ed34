using System.Text.Json;
using Xunit;

namespace Sluice.Cli.Tests;

/// <summary><c>apply</c> and <c>diff</c> against a gateway in which sessions live.</summary>
public sealed class ApplyTests : IDisposable
{
    private const string High = "        - { ips: [{ cidr: 10.0.0.128/25 }], as: [{ cidr: 203.0.113.2/32 }], nat: { masquerade: {} } }\n";

    private readonly RunningGateway gateway = new();

    private static string WithoutHigh => RunningGateway.Small.Replace(High, "", StringComparison.Ordinal);

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void Apply_says_what_changed_and_what_became_of_the_sessions_by_rule()
    {
        gateway.Send("10.0.0.2", "10.0.0.3", "10.0.0.200");
        string file = gateway.FileOf("next.yaml", WithoutHigh);

        CommandRun run = gateway.Ask("apply", file);

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.Equal(
            $"""
            - peering p, one expose 2  ({gateway.Folder}/gw.yaml:18:11)

            FATE   SESSIONS  RULE
            ended         1  peering p, one expose 2 (masquerade)
            kept          2  peering p, one expose 1 (masquerade)
            3 sessions: 2 kept, 0 moved to another rule, 1 ended
            configuration 2 is in force

            """,
            WithoutPlaces(run.Output));
        Assert.Contains("NotExposed", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, gateway.Composed.InForce!.Generation);
    }

    [Fact]
    public void Diff_says_the_same_and_changes_nothing()
    {
        gateway.Send("10.0.0.2", "10.0.0.200");
        string file = gateway.FileOf("next.yaml", WithoutHigh);

        CommandRun run = gateway.Ask("diff", file);

        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.Contains("- peering p, one expose 2", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 sessions would be: 1 kept, 0 moved to another rule, 1 ended\n", run.Output, StringComparison.Ordinal);
        Assert.Equal((1L, 2), (gateway.Composed.InForce!.Generation, gateway.Composed.Engine.Store.Count().Total));
    }

    [Fact]
    public void Diff_of_what_is_in_force_says_that_nothing_would_change()
    {
        CommandRun run = gateway.Ask("diff", Path.Combine(gateway.Folder, "gw.yaml"));

        Assert.Equal((ExitCode.Done, "nothing would change: it asks for what is in force\nno session is live\n"), (run.Code, run.Output));
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("diff")]
    public void Json_is_what_the_gateway_says(string command)
    {
        gateway.Send("10.0.0.2", "10.0.0.200");
        string file = gateway.FileOf("next.yaml", WithoutHigh);

        CommandRun run = gateway.Ask(command, file, "--json");

        JsonElement view = JsonDocument.Parse(run.Output).RootElement;
        JsonElement sessions = view.GetProperty("sessions");
        Assert.True(view.GetProperty("accepted").GetBoolean());
        Assert.Equal((1, 0, 1), (sessions.GetProperty("kept").GetInt32(), sessions.GetProperty("moved").GetInt32(), sessions.GetProperty("ended").GetInt32()));
        Assert.Equal(1, sessions.GetProperty("reasons").GetProperty("NotExposed").GetInt32());
        Assert.Equal("ended", sessions.GetProperty("rules")[0].GetProperty("fate").GetString());
        Assert.Equal("removed", Assert.Single(view.GetProperty("changes").EnumerateArray()).GetProperty("change").GetString());
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("diff")]
    public void A_wrong_configuration_is_bad_input_with_its_places_and_changes_nothing(string command)
    {
        string file = gateway.FileOf("next.yaml", RunningGateway.Small.Replace("masquerade: {}", "masquerad: {}", StringComparison.Ordinal));

        CommandRun run = gateway.Ask(command, file);

        Assert.Equal((ExitCode.BadInput, ""), (run.Code, run.Output));
        Assert.Contains($"{file}:17:", run.Error, StringComparison.Ordinal);
        Assert.Contains("UnknownField", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("sluice: the configuration is wrong; nothing was changed\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, gateway.Composed.InForce!.Generation);
    }

    [Fact]
    public void A_wrong_configuration_is_json_too()
    {
        CommandRun run = gateway.Ask("apply", gateway.FileOf("next.yaml", "kind: Gateway"), "--json");

        Assert.Equal(ExitCode.BadInput, run.Code);
        JsonElement view = JsonDocument.Parse(run.Output).RootElement;
        Assert.False(view.GetProperty("accepted").GetBoolean());
        Assert.Equal(1, view.GetProperty("problems")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public void A_link_that_cannot_be_opened_fails_and_the_old_configuration_stays()
    {
        gateway.Refuses = "c";

        CommandRun run = gateway.Ask("apply", gateway.FileOf("next.yaml", RunningGateway.Small.Replace("name: b,", "name: c,", StringComparison.Ordinal)));

        Assert.Equal((ExitCode.Failed, ""), (run.Code, run.Output));
        Assert.Equal("sluice: link c: there is no such interface; the old configuration stays in force\n", run.Error);
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("diff")]
    public void A_file_that_is_not_there_is_bad_input_and_no_gateway_is_asked(string command)
    {
        CommandRun run = CommandRun.Of(command, Path.Combine(gateway.Folder, "no.yaml"), "--socket", "/nowhere");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("no.yaml:1:1: Unreadable: there is no such file", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apply")]
    [InlineData("diff")]
    public void A_gateway_that_is_not_there_is_exit_code_3(string command)
    {
        CommandRun run = CommandRun.Of(command, Path.Combine(gateway.Folder, "gw.yaml"), "--socket", Path.Combine(gateway.Folder, "other.sock"));

        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains("no such socket", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_force_can_be_printed_and_applied_again()
    {
        string file = gateway.FileOf("printed.yaml", gateway.Ask("show", "config", "-o", "yaml").Output);

        CommandRun run = gateway.Ask("apply", file);

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.StartsWith("nothing was asked for that wasn't in force already", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_a_directory_are_printed_as_one_stream_of_documents()
    {
        string directory = Directory.CreateDirectory(Path.Combine(gateway.Folder, "several")).FullName;
        string[] parts = RunningGateway.Small.Split("---\n");
        File.WriteAllText(Path.Combine(directory, "1.yaml"), parts[0].TrimEnd('\n'));
        File.WriteAllText(Path.Combine(directory, "2.yaml"), "# the peering\n---\n" + parts[1]);
        Assert.Equal(ExitCode.Done, gateway.Ask("apply", directory).Code);

        string printed = gateway.FileOf("printed.yaml", gateway.Ask("show", "config", "-o", "yaml").Output);

        Assert.Equal(ExitCode.Done, CommandRun.Of("check", printed).Code);
        Assert.StartsWith("nothing would change", gateway.Ask("diff", printed).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_files_are_printed_as_comments_of_the_stream()
    {
        string directory = Directory.CreateDirectory(Path.Combine(gateway.Folder, "mixed")).FullName;
        File.WriteAllText(Path.Combine(directory, "1.yaml"), RunningGateway.Small);
        File.WriteAllText(Path.Combine(directory, "2.cnat"), "show cnat translation\n");
        Assert.Equal(ExitCode.Done, gateway.Ask("apply", directory).Code);

        string output = gateway.Ask("show", "config", "-o", "yaml").Output;

        Assert.EndsWith("2.cnat\n# show cnat translation\n", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, CommandRun.Of("check", gateway.FileOf("printed.yaml", output)).Code);
    }

    // What the columns after the rule say depends on the folder's name.
    private static string WithoutPlaces(string output) => string.Join('\n', output.Split('\n').Select(line =>
        line.Contains("  AT", StringComparison.Ordinal) ? line[..line.IndexOf("  AT", StringComparison.Ordinal)].TrimEnd()
        : line.Contains(")  /", StringComparison.Ordinal) ? line[..(line.IndexOf(")  /", StringComparison.Ordinal) + 1)]
        : line));
}
