using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Live;

/// <summary>A new configuration over the control socket of a gateway that runs as a program, while programs speak.</summary>
public sealed class ApplyTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void What_a_diff_foresees_an_apply_does_and_what_is_in_force_can_be_read_back()
    {
        string file = town.FileNamed("gateway.yaml");
        File.WriteAllText(file, Configurations.Masquerade());
        SluiceProcess gateway = town.Keep(new SluiceProcess(town.Middle, file, town.FileNamed("control.sock"))).AwaitRunning();
        town.Client.Ping(Town.Server4, 2);

        string shut = town.FileNamed("shut.yaml"), wrong = town.FileNamed("wrong.yaml");
        File.WriteAllText(shut, Configurations.Links());
        File.WriteAllText(wrong, Configurations.Masquerade().Replace("masquerade:", "maskerade:", StringComparison.Ordinal));

        Assert.Equal((0, 1, 0), Sessions(gateway, "diff", file));
        Assert.Equal((0, 0, 1), Sessions(gateway, "diff", shut));
        Assert.Equal(2, gateway.Ask(town.Middle, "apply", wrong).Code);
        Assert.Equal((0, 0, 1), Sessions(gateway, "apply", shut));
        gateway.AwaitSaying("configuration 2 is in force, from the control socket: 0 sessions kept, 0 moved, 1 ended (");
        Programs.Until(() => gateway.Ask(town.Middle, "show", "sessions").Output == "no session is live\n", "the session has ended");
        town.Client.Unanswered(() => gateway.Dropped("NotExposed"), 1, "ping", Pings.OneTo(Town.Server4));

        // A hangup reads the files of the start again.
        gateway.Signal("HUP");
        gateway.AwaitSaying("configuration 3 is in force, from its files");
        town.Client.Ping(Town.Server4);
        Assert.StartsWith("configuration 3, in force since ", gateway.Ask(town.Middle, "show", "config").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_follows_what_passes()
    {
        string file = town.FileNamed("gateway.yaml");
        File.WriteAllText(file, Configurations.Masquerade());

        // No ping is lost for want of a neighbour.
        town.Middle.Call("ip", "neigh", "replace", Town.Server4, "lladdr", Town.ServerMac, "dev", "vpc2");
        SluiceProcess gateway = town.Keep(new SluiceProcess(town.Middle, file, town.FileNamed("control.sock"))).AwaitRunning();
        Process pings = town.Background(town.Client, "ping", "-i", "0.2", "-q", Town.Server4);
        Programs.Until(() => Reads(gateway, out _, static pair => pair.GetProperty("pps").GetDouble() > 0), "the pair of realms has a rate");
        using (Process interrupt = Process.Start("kill", ["-INT", $"{pings.Id}"])) pings.WaitForExit();
        Match told = Regex.Match(pings.StandardOutput.ReadToEnd(), @"(?<sent>\d+) packets transmitted", RegexOptions.ExplicitCapture);
        int sent = int.Parse(told.Groups["sent"].Value, CultureInfo.InvariantCulture);

        JsonElement state = default;
        Programs.Until(() => Reads(gateway, out state, pair => pair.GetProperty("p").GetInt32() == sent, "vpc2->vpc1"), "all answers are counted");
        JsonElement pairs = state.GetProperty("peerings");
        Assert.Equal((sent, sent * 84), (pairs.GetProperty("vpc1->vpc2").GetProperty("p").GetInt32(), pairs.GetProperty("vpc1->vpc2").GetProperty("b").GetInt32()));
        Assert.Equal(sent * 84, pairs.GetProperty("vpc2->vpc1").GetProperty("b").GetInt32());
        Assert.Equal(sent, state.GetProperty("vpcs").GetProperty("vpc1").GetProperty("p").GetInt32());
    }

    private bool Reads(SluiceProcess gateway, out JsonElement state, Func<JsonElement, bool> holds, string pair = "vpc1->vpc2")
    {
        state = JsonDocument.Parse(gateway.Ask(town.Middle, "show", "status", "-o", "json").Output).RootElement.GetProperty("status").GetProperty("state");
        return state.GetProperty("peerings").TryGetProperty(pair, out JsonElement read) && holds(read);
    }

    private (int Moved, int Kept, int Ended) Sessions(SluiceProcess gateway, string command, string file)
    {
        (int code, string output) = gateway.Ask(town.Middle, command, file, "--json");
        Assert.Equal(0, code);
        JsonElement sessions = JsonDocument.Parse(output).RootElement.GetProperty("sessions");
        return (sessions.GetProperty("moved").GetInt32(), sessions.GetProperty("kept").GetInt32(), sessions.GetProperty("ended").GetInt32());
    }
}
