using Xunit;

namespace Sluice.Live;

/// <summary>Masquerade to the link's own address, which the host's services have too.</summary>
public sealed class OwnAddressTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void The_host_s_service_answers_throughout_and_nobody_resets_a_masqueraded_connection()
    {
        town.Start(Configurations.Masquerade(public4: Town.Outside4));
        town.Keep(new Service(town.Middle, Town.Outside4, 8080));
        town.Keep(new Service(town.ServerSide, Town.Server4, 8080));
        using var outside = new Capture(town, town.ServerSide, "s0");
        using var asking = new Asking(town.ServerSide, Town.Outside4, 8080);
        town.Iperf(town.ServerSide);
        town.CallIperf(Town.Server4, "-n", "1M", "-P", "4");
        town.CallIperf(Town.Server4, "-u", "-n", "200K", "-b", "2M", "-l", "900");
        for (int i = 0; i < 10; i++)
            Assert.Equal($"you are {Town.Outside4}\n", town.Client.Call("curl", "-gsS", "--max-time", "60", Town.Url(Town.Server4, 8080)));
        town.Client.Ping(Town.Server4, 3);
        town.ServerSide.Ping(Town.Outside4, 3);
        asking.AwaitMore(20);
        asking.End();
        outside.End();

        // iperf3's server resets a connection of its own at the end of each test; the gateway's side resets none.
        Assert.Empty(outside.Show($"tcp.flags.reset == 1 && ip.src == {Town.Outside4}"));
        Assert.Empty(outside.Show($"icmp.type == 3 && ip.src == {Town.Outside4}"));
        Assert.NotEmpty(outside.Show($"ip.src == {Town.Outside4} && tcp.dstport == 5201"));
    }

    [Fact]
    public void A_port_of_the_host_is_never_taken_for_a_client()
    {
        town.Keep(new Service(town.Middle, "0.0.0.0", 5555));
        town.Start(Configurations.Masquerade(public4: Town.Outside4));
        town.Keep(new Service(town.ServerSide, Town.Server4, 8080));
        Assert.Equal($"you are {Town.Outside4}\n",
            town.Client.Call("curl", "-gsS", "--max-time", "60", "--local-port", "5555", Town.Url(Town.Server4, 8080)));
        Assert.DoesNotContain(town.Gateway.Inspector.Mappings(100, static _ => true).Mappings, m => m.Public == $"{Town.Outside4}:5555");
        Assert.Equal($"you are {Town.Server4}\n", town.ServerSide.Call("curl", "-gsS", "--max-time", "60", Town.Url(Town.Outside4, 5555)));
    }
}
