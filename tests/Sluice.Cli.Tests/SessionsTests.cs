using System.Text.Json;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Xunit;

namespace Sluice.Cli.Tests;

public sealed class SessionsTests : IDisposable
{
    private readonly RunningGateway gateway = new();

    public SessionsTests() => gateway.Send("10.0.0.2", "10.0.0.3", "10.0.0.200");

    public void Dispose() => gateway.Dispose();

    [Theory]
    [InlineData("sessions list")]
    [InlineData("show sessions")]
    public void Sessions_are_listed_by_what_they_are(string command)
    {
        CommandRun run = gateway.Ask([.. command.Split(' '), "--address", "10.0.0.0/25", "--public", "203.0.113.1", "--sort", "number"]);

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("10.0.0.2:5000", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.200", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 of 3 sessions\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_what_the_gateway_says()
    {
        CommandRun run = gateway.Ask("sessions", "list", "--address", "10.0.0.200", "--json");

        JsonElement session = Assert.Single(JsonDocument.Parse(run.Output).RootElement.GetProperty("sessions").EnumerateArray());
        Assert.Equal("peering p, one expose 2 (masquerade)", session.GetProperty("rule").GetString());
    }

    [Theory]
    [InlineData("", "3 sessions\n")]
    [InlineData("--protocol tcp", "0 of 3 sessions\n")]
    [InlineData("--address 10.0.0.2,10.0.0.3", "2 of 3 sessions\n")]
    [InlineData("--address 10.0.0.2 --address 192.168.50.2", "1 of 3 sessions\n")]
    [InlineData("--address 10.0.0.2 --address 10.0.0.3", "0 of 3 sessions\n")]
    [InlineData("--backend 20.0.0.1:8080", "0 of 3 sessions\n")]
    [InlineData("--translation web --policy leaving", "0 of 3 sessions\n")]
    [InlineData("--json --peering p", "{\"matched\":3,\"total\":3}\n")]
    public void Sessions_are_counted(string which, string expected) =>
        Assert.Equal((ExitCode.Done, expected), gateway.Ask([.. "sessions count".Split(' '), .. Words(which)]) is var run ? (run.Code, run.Output) : default);

    [Theory]
    [InlineData("--address 10.0.0.2", "1 session deleted\n", 2)]
    [InlineData("--address 10.0.0.77", "no session is meant by that\n", 3)]
    [InlineData("--all", "3 sessions deleted\n", 0)]
    [InlineData("--all --max 2", "2 sessions deleted\n", 1)]
    [InlineData("--realm one --json", "{\"matched\":3,\"changed\":3}\n", 0)]
    public void Deleting_says_how_many(string which, string expected, int left)
    {
        CommandRun run = gateway.Ask([.. "sessions delete".Split(' '), .. Words(which)]);

        Assert.Equal((ExitCode.Done, expected), (run.Code, run.Output));
        Assert.Equal(left, gateway.Composed.Engine.Store.Count().Total);
    }

    [Theory]
    [InlineData("sessions delete", "delete would concern every session: give a condition, or --all if that is meant")]
    [InlineData("sessions delete --max 5", "--all")]
    [InlineData("sessions set --lifetime 5m", "set would concern every session")]
    [InlineData("sessions set --all --lifetime soon", "--lifetime is a duration such as 5m, not 'soon'")]
    [InlineData("sessions set --all --lifetime 0s", "from 1s to 288h")]
    [InlineData("sessions set --all --lifetime 300h", "from 1s to 288h")]
    [InlineData("sessions count --address 10.0.0", "--address is an address or a prefix")]
    [InlineData("sessions list --sort size", "sessions aren't sorted by 'size'; there are: number, age, idle, ends, bytes, packets")]
    [InlineData("show sessions --older-than 5", "a duration, such as")]
    [InlineData("sessions watch --state dead", "halfOpen, established or closing")]
    public void Wrong_words_are_bad_input_and_teach_and_change_nothing(string line, string expected)
    {
        CommandRun run = gateway.Ask(line.Split(' '));

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(3, gateway.Composed.Engine.Store.Count().Total);
    }

    [Fact]
    public async Task The_gateway_itself_refuses_to_delete_what_nobody_named()
    {
        ControlAnswer answer = await ControlClient.AskAsync(gateway.Door, new ControlRequest("sessions", "delete", Sessions: new SessionRequest()));

        Assert.False(answer.Ok);
        Assert.Contains("--all", answer.Error, StringComparison.Ordinal);
        Assert.Contains("there are: list, count", (await ControlClient.AskAsync(gateway.Door, new ControlRequest("sessions", "move"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lifetime_is_set()
    {
        CommandRun run = gateway.Ask("sessions", "set", "--lifetime", "1h", "--address", "10.0.0.2");

        Assert.Equal((ExitCode.Done, "1 session will live 3600 s from now, and from each packet that counts\n"), (run.Code, run.Output));
        Assert.Matches("(0:59:[0-9]{2}|1:00:00)\\n", gateway.Ask("show", "sessions", "--address", "10.0.0.2").Output);
    }

    [Fact]
    public async Task A_watch_prints_what_begins_and_ends()
    {
        Task<CommandRun> watch = Task.Run(() => gateway.Ask("sessions", "watch", "--address", "10.0.0.9", "--max", "2"));
        Task<CommandRun> other = Task.Run(() => gateway.Ask("sessions", "watch", "--realm", "one", "--max", "1", "--json"));
        while (!watch.IsCompleted || !other.IsCompleted) await BeginAndEndAsync();

        CommandRun run = await watch;
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Error));
        Assert.Matches("^[0-9:.]{12}  (new  |ended) +[0-9]+  udp one 10\\.0\\.0\\.9:5000 > two 192\\.168\\.50\\.2:53 as 203\\.0\\.113\\.1:[0-9]+", run.Output);
        Assert.Matches(": Deleted after [0-9.]+ s, 1/0 packets, 29/0 bytes", run.Output);
        Assert.Equal("one", JsonDocument.Parse((await other).Output).RootElement.GetProperty("session").GetProperty("from").GetString());
    }

    [Fact]
    public async Task A_watch_ends_when_its_reader_does_and_then_nothing_is_written_down()
    {
        using var ending = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        Task<ControlAnswer?> watch = ControlClient.WatchAsync(gateway.Door, new ControlRequest("sessions", "watch"), _ => told.TrySetResult() || true, ending.Token);
        while (!told.Task.IsCompleted && !watch.IsCompleted) await BeginAndEndAsync();

        await ending.CancelAsync();

        Assert.Null(await watch);
        while (!AllWatchesAreFree()) await Task.Delay(10);
    }

    // At a pace at which a watch that stands still for seconds misses nothing.
    private async Task BeginAndEndAsync()
    {
        gateway.Send("10.0.0.9");
        gateway.Ask("sessions", "delete", "--address", "10.0.0.9");
        await Task.Delay(5);
    }

    private bool AllWatchesAreFree()
    {
        var taken = new List<SessionWatch>();
        while (gateway.Desk.TryWatch(SessionFilter.Everything, out SessionWatch? watch)) taken.Add(watch);
        taken.ForEach(static watch => watch.Dispose());
        return taken.Count == 8;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
