using System.Text.Json;
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
        town.Client.Call("ping", "-c", "2", "-i", "0.2", "-W", "1", Town.Server4);

        string shut = town.FileNamed("shut.yaml"), wrong = town.FileNamed("wrong.yaml");
        File.WriteAllText(shut, Configurations.Links());
        File.WriteAllText(wrong, Configurations.Masquerade().Replace("masquerade:", "maskerade:", StringComparison.Ordinal));

        Assert.Equal((0, 1, 0), Sessions(gateway, "diff", file));
        Assert.Equal((0, 0, 1), Sessions(gateway, "diff", shut));
        Assert.Equal(2, gateway.Ask(town.Middle, "apply", wrong).Code);
        Assert.Equal((0, 0, 1), Sessions(gateway, "apply", shut));
        Assert.Contains("configuration 2 is in force, from the control socket: 0 sessions kept, 0 moved, 1 ended (", gateway.Said, StringComparison.Ordinal);
        Programs.Until(() => gateway.Ask(town.Middle, "show", "sessions").Output == "no session is live\n", "the session has ended");
        Assert.NotEqual(0, town.Client.Try("ping", "-c", "1", "-W", "1", Town.Server4).Code);

        // A hangup reads the files of the start again.
        gateway.Signal("HUP");
        gateway.AwaitSaying("configuration 3 is in force, from its files");
        town.Client.Call("ping", "-c", "1", "-W", "2", Town.Server4);
        Assert.StartsWith("configuration 3, in force since ", gateway.Ask(town.Middle, "show", "config").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_status_follows_what_passes()
    {
        string file = town.FileNamed("gateway.yaml");
        File.WriteAllText(file, Configurations.Masquerade());
        SluiceProcess gateway = town.Keep(new SluiceProcess(town.Middle, file, town.FileNamed("control.sock"))).AwaitRunning();
        town.Client.Call("ping", "-c", "20", "-i", "0.2", "-W", "1", Town.Server4);

        JsonElement state = default;
        Programs.Until(() => TryRead(gateway, out state), "the pair of realms has its packets and a rate");
        JsonElement back = state.GetProperty("peerings").GetProperty("vpc2->vpc1");
        Assert.Equal((20, 20 * 84), (back.GetProperty("p").GetInt32(), back.GetProperty("b").GetInt32()));
        Assert.Equal(20, state.GetProperty("vpcs").GetProperty("vpc1").GetProperty("p").GetInt32());
    }

    private bool TryRead(SluiceProcess gateway, out JsonElement state)
    {
        state = JsonDocument.Parse(gateway.Ask(town.Middle, "show", "status", "-o", "json").Output).RootElement.GetProperty("status").GetProperty("state");
        return state.GetProperty("peerings").TryGetProperty("vpc1->vpc2", out JsonElement pair) && pair.GetProperty("p").GetInt32() == 20 && pair.GetProperty("pps").GetDouble() > 0;
    }

    private (int Moved, int Kept, int Ended) Sessions(SluiceProcess gateway, string command, string file)
    {
        (int code, string output) = gateway.Ask(town.Middle, command, file, "--json");
        Assert.Equal(0, code);
        JsonElement sessions = JsonDocument.Parse(output).RootElement.GetProperty("sessions");
        return (sessions.GetProperty("moved").GetInt32(), sessions.GetProperty("kept").GetInt32(), sessions.GetProperty("ended").GetInt32());
    }
}
