using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>The gateway as a program: how it begins, ends, is killed, and leaves others alone.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Town town = new();

    private string ConfigurationFile => town.FileNamed("gateway.yaml");

    public void Dispose() => town.Dispose();

    [Fact]
    public void Killed_it_leaves_no_rule_and_the_host_s_service_answered_throughout()
    {
        town.Keep(new Service(town.Middle, "0.0.0.0", 8080));
        SluiceProcess gateway = Run(Configurations.Masquerade(public4: Town.Outside4)).AwaitRunning();
        using var asking = new Asking(town.ServerSide, Town.Outside4, 8080);
        town.Client.Ping(Town.Server4, 2);

        // The kernel would forward, if it were let.
        town.Middle.SetControl("ipv4/ip_forward", "1");
        town.ServerSide.Call("ip", "route", "add", "10.0.0.0/24", "via", Town.Outside4);
        town.ServerSide.Unanswered(() => gateway.Dropped("NotExposed"), 1, "ping", Pings.OneTo(Town.Client4));

        gateway.Signal("KILL");
        gateway.Await();
        town.ServerSide.Ping(Town.Client4, 2);
        town.Client.Ping(Town.Server4, 2);
        asking.AwaitMore(20);
        asking.End();

        // What it left is its own again at the next start, and gone after a clean end.
        Assert.Contains(Town.Outside4, town.Middle.Call("ip", "address"), StringComparison.Ordinal);
        SluiceProcess next = Run(File.ReadAllText(ConfigurationFile)).AwaitRunning();
        town.Client.Ping(Town.Server4, 2);
        next.Signal("INT");
        Assert.Equal(0, next.Await());
        Assert.DoesNotContain(Town.Outside4, town.Middle.Call("ip", "address"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Asked_to_stop_it_takes_away_what_it_added_and_nothing_else(string signal)
    {
        town.Middle.Call("ip", "address", "add", "10.0.0.9/24", "dev", "vpc1");
        SluiceProcess gateway = Run(Configurations.Masquerade()).AwaitRunning();
        town.Client.Ping(Town.Server4, 2);
        gateway.Signal(signal);
        Assert.Equal(0, gateway.Await());
        string left = town.Middle.Call("ip", "address");
        Assert.DoesNotContain(Town.Inside4 + "/", left, StringComparison.Ordinal);
        Assert.DoesNotContain(Town.Inside6 + "/", left, StringComparison.Ordinal);
        Assert.DoesNotContain(Town.Outside4 + "/", left, StringComparison.Ordinal);
        Assert.Contains("10.0.0.9/24", left, StringComparison.Ordinal);
        Assert.False(File.Exists(gateway.Socket));
    }

    [Fact]
    public void A_hangup_signal_applies_the_file_and_a_bad_file_changes_nothing()
    {
        SluiceProcess gateway = Run(Configurations.Masquerade()).AwaitRunning();
        town.Client.Ping(Town.Server4, 2);

        File.WriteAllText(ConfigurationFile, Configurations.Masquerade().Replace("masquerade:", "maskerade:", StringComparison.Ordinal));
        gateway.Signal("HUP");
        gateway.AwaitSaying("the old one stays in force");
        gateway.AwaitSaying("gateway.yaml:");
        town.Client.Ping(Town.Server4, 2);

        File.WriteAllText(ConfigurationFile, Configurations.Links());
        gateway.Signal("HUP");
        gateway.AwaitSaying("configuration 2 is in force");
        town.Client.Unanswered(() => gateway.Dropped("NotExposed"), 1, "ping", Pings.OneTo(Town.Server4));

        File.WriteAllText(ConfigurationFile, Configurations.Masquerade());
        gateway.Signal("HUP");
        gateway.AwaitSaying("configuration 3 is in force");
        town.Client.Ping(Town.Server4, 2);
    }

    [Fact]
    public void A_missing_interface_is_one_line_and_changes_nothing()
    {
        SluiceProcess gateway = Run(Configurations.Links(outside: "nowhere"));
        Assert.Equal(1, gateway.Await());
        string line = Assert.Single(gateway.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("nowhere", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Town.Inside4, town.Middle.Call("ip", "address"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_gateway_on_the_same_interfaces_is_refused_and_disturbs_nothing()
    {
        SluiceProcess first = Run(Configurations.Masquerade()).AwaitRunning();
        using (var sameSocket = new SluiceProcess(town.Middle, ConfigurationFile, first.Socket)) Assert.Equal(1, sameSocket.Await());
        using (var sameLinks = new SluiceProcess(town.Middle, ConfigurationFile, town.FileNamed("second.sock")))
        {
            Assert.Equal(1, sameLinks.Await());
            Assert.Contains("another gateway", Assert.Single(sameLinks.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        Assert.Contains(Town.Inside4, town.Middle.Call("ip", "address"), StringComparison.Ordinal);
        Assert.Contains("vpc1", SluiceProcess.Show(town.Middle, "links", first.Socket), StringComparison.Ordinal);
        town.Client.Ping(Town.Server4, 2);
    }

    [Fact]
    public void After_a_netlink_overrun_routes_and_neighbours_are_right()
    {
        NetworkNamespace far = town.Make();
        town.Cable(far, "f0", "02:00:00:00:03:02", town.ServerSide, "s1", "02:00:00:00:03:01", 1500);
        far.Shell("ip address add 192.168.60.2/24 dev f0; ip route add default via 192.168.60.1");
        town.ServerSide.Shell("ip address add 192.168.60.1/24 dev s1; echo 1 > /proc/sys/net/ipv4/ip_forward");
        town.AwaitCables();
        SluiceProcess gateway = Run(Configurations.Masquerade(more: ", { cidr: 192.168.60.0/24 }")).AwaitRunning();
        town.Client.Ping(Town.Server4, 2);

        // A gateway that stands still can't read what the kernel says, and the queue runs over for certain.
        gateway.Signal("STOP");
        List<string> storm = [];
        for (int i = 0; i < 30_000; i++)
        {
            storm.Add($"neigh replace 192.168.50.{3 + (i % 60)} lladdr 02:00:00:00:{i >> 8 & 255:x2}:{i & 255:x2} dev vpc2");
            if (i % 10 == 0) storm.Add($"route replace 192.168.{100 + (i % 100)}.0/24 via 192.168.50.{3 + (i % 7)}");
        }

        storm.Add($"route replace 192.168.60.0/24 via {Town.Server4}");
        storm.Add("route replace 192.168.199.0/24 via 192.168.50.9");
        File.WriteAllLines(town.FileNamed("storm"), storm);
        town.Middle.Call("ip", "-batch", town.FileNamed("storm"));
        gateway.Signal("CONT");

        gateway.AwaitSaying("netlink overrun");
        Programs.Until(() => SluiceProcess.Show(town.Middle, "routes", gateway.Socket).Contains("192.168.199.0/24", StringComparison.Ordinal), "the last route is known");
        town.Client.Ping("192.168.60.2", 2);

        // A neighbour that the storm left wrong is one that packets show: put right in the kernel, it is right here.
        town.Middle.Call("ip", "neigh", "replace", Town.Server4, "lladdr", "02:00:00:00:09:09", "dev", "vpc2");
        Programs.Until(() => town.Client.Try("ping", "-c", "1", "-W", "1", Town.Server4).Code != 0, "a wrong neighbour is followed too");
        town.Middle.Call("ip", "neigh", "replace", Town.Server4, "lladdr", Town.ServerMac, "dev", "vpc2");
        Programs.Until(() => town.Client.Try("ping", "-c", "1", "-W", "1", Town.Server4).Code == 0, "the right neighbour is followed");
    }

    private SluiceProcess Run(string configuration)
    {
        File.WriteAllText(ConfigurationFile, configuration);
        return town.Keep(new SluiceProcess(town.Middle, ConfigurationFile, town.FileNamed("control.sock")));
    }
}
