using System.Text.Json;
using Xunit;

namespace Sluice.Cli.Tests;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-replay-").FullName;

    private string Out => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_example_gives_what_its_page_says()
    {
        CommandRun run = Replay();

        string page = File.ReadAllText(Checkout.File("examples/README.md"));
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.Contains($"```json\n{File.ReadAllText(Path.Combine(Out, "verdicts.jsonl"))}```", page, StringComparison.Ordinal);
        Assert.Contains("3 sessions alive at the end", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hedgehog", 10)]
    [InlineData("cloud-nat", 7)]
    public void Every_command_of_the_examples_does_what_it_says(string examples, int least)
    {
        string page = File.ReadAllText(Checkout.File($"examples/{examples}/README.md")).Replace("\\\n", " ", StringComparison.Ordinal);
        string[][] commands = [.. page.Split('\n').Where(line => line.StartsWith("./sluice ", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])];

        Assert.True(commands.Length >= least, page);
        foreach (string[] command in commands)
        {
            CommandRun run = CommandRun.Of([.. command.Select(word => word == "result" ? Out : word.Replace("examples/", Checkout.File("examples/"), StringComparison.Ordinal))]);
            Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
            Assert.NotEmpty(run.Output);
        }
    }

    [Fact]
    public void Json_is_the_summary()
    {
        CommandRun run = Replay("--json");

        Assert.Equal(File.ReadAllText(Path.Combine(Out, "summary.json")), run.Output);
        Assert.Equal(15, JsonDocument.Parse(run.Output).RootElement.GetProperty("packets").GetProperty("in").GetInt32());
    }

    [Fact]
    public void A_change_and_an_end_are_given_in_seconds_as_stamped()
    {
        CommandRun run = Replay("--json", "--apply", $"1700000000.0105={Checkout.File("examples/plain-peering.yaml")}", "--until", "1700009000");

        JsonElement summary = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(1700000000.0105, summary.GetProperty("applies")[0].GetProperty("time").GetDouble());
        Assert.Equal(0, summary.GetProperty("sessions").GetProperty("total").GetInt32());
    }

    [Fact]
    public void What_becomes_of_the_sessions_at_a_change_is_said_and_the_summary_stays_as_it_is()
    {
        CommandRun run = Replay("--apply", $"1700000000.0105={Checkout.File("examples/plain-peering.yaml")}");

        Assert.Contains("at 1700000000.0105: 0 sessions kept, 0 moved, ", run.Output, StringComparison.Ordinal);
        JsonElement apply = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "summary.json"))).RootElement.GetProperty("applies")[0];
        Assert.Equal(["time", "accepted"], apply.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("--until", "soon")]
    [InlineData("--apply", "soon=a.yaml")]
    public void A_time_that_is_none_is_bad_input_and_writes_nothing(string option, string value)
    {
        CommandRun run = Replay(option, value);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("'soon' is no time in seconds", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void A_link_that_is_not_there_is_bad_input()
    {
        CommandRun run = CommandRun.Of("replay", Checkout.File("examples/masquerade.yaml"), "--in", $"vpc9={Checkout.File("examples/masquerade-vpc1.pcap")}", "--out", Out);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("there is no link 'vpc9'; there are: vpc1, vpc2", run.Error, StringComparison.Ordinal);
    }

    private CommandRun Replay(params string[] more) => CommandRun.Of(
    [
        "replay", Checkout.File("examples/masquerade.yaml"),
        "--in", $"vpc1={Checkout.File("examples/masquerade-vpc1.pcap")}", "--in", $"vpc2={Checkout.File("examples/masquerade-vpc2.pcap")}",
        "--out", Out, .. more,
    ]);
}
