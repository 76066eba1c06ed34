using Xunit;

namespace Sluice.Live;

/// <summary>Cloud NAT commands change a gateway that runs as a program, between clients and servers that are real.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Virtual = "30.0.0.2";

    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void A_virtual_IP_comes_by_a_command_outlives_a_hangup_and_goes_by_a_command()
    {
        town.Keep(new WebServer(town.ServerSide, "server", Town.Server4, 8080));
        SluiceProcess gateway = Run();

        // The server has no route to the client: it sees an address that the gateway answers for.
        Assert.Equal("translation 0 is added\n", gateway.Command($"cnat translation add proto TCP vip {Virtual} 80 to {Town.Public4}->{Town.Server4} 8080"));
        Assert.Equal($"server {Town.Public4}\n", Ask());
        Assert.Contains($"10.0.0.2:", gateway.Command("show cnat session verbose"), StringComparison.Ordinal);
        Assert.Contains(" active, share 100 %, ", gateway.Command("show cnat translation 0"), StringComparison.Ordinal);

        gateway.Signal("HUP");
        gateway.AwaitSaying("configuration 3 is in force");
        Assert.Equal($"server {Town.Public4}\n", Ask());

        gateway.Command("cnat translation del 0");
        Assert.Equal("no translations\n", gateway.Command("show cnat translation"));
        Assert.NotEqual(0, town.Client.Try("curl", "-sS", "--noproxy", "*", "--max-time", "60", $"http://{Virtual}/").Code);
    }

    [Fact]
    public void A_backend_sees_an_address_that_the_gateway_has_itself()
    {
        town.Keep(new WebServer(town.ServerSide, "server", Town.Server4, 8080));
        SluiceProcess gateway = Run();
        gateway.Command($"cnat translation add proto TCP vip {Virtual} 80 to vpc2->{Town.Server4} 8080");
        for (int i = 0; i < 5; i++) Assert.Equal($"server {Town.Outside4}\n", Ask());
    }

    [Fact]
    public void Source_NAT_comes_by_commands_and_an_exclusion_takes_it_from_new_sessions()
    {
        SluiceProcess gateway = Run();
        PingInVain();
        gateway.Command($"cnat snat with {Town.Public4}\nset interface feature vpc1 ip4-cnat-snat arc ip4-unicast");
        town.Client.Ping(Town.Server4);
        Assert.Contains("as 192.168.50.100:", gateway.Command($"show cnat session ip {Town.Client4}"), StringComparison.Ordinal);

        gateway.Command($"cnat snat exclude {Town.Server4}/32");
        PingInVain();
        gateway.Command($"cnat snat exclude {Town.Server4}/32 del");
        town.Client.Ping(Town.Server4);
    }

    private static string Configuration => Configurations.Links(realm1: "default", realm2: "default").Replace("  realms: [{ name: default }, { name: default }]", "", StringComparison.Ordinal);

    private SluiceProcess Run()
    {
        string file = town.FileNamed("gateway.yaml");
        File.WriteAllText(file, Configuration);
        return town.Keep(new SluiceProcess(town.Middle, file, town.FileNamed("gateway.sock"))).AwaitRunning();
    }

    // It arrives, but the server knows no way back to the client's own address.
    private void PingInVain() => town.Client.Unanswered(() => town.ServerSide.Counted("IcmpInEchos"), 1, "ping", Pings.OneTo(Town.Server4));

    private string Ask() => town.Client.Call("curl", "-sS", "--fail", "--noproxy", "*", "--max-time", "60", $"http://{Virtual}/");
}
