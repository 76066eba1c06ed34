using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Sluice.Links;
using Xunit;

namespace Sluice.Live;

/// <summary>
/// A virtual IP over three web servers, each behind a link of its own, and real clients: client c0 --- vpc1 gateway b1, b2, b3 --- e1, e2, e3 servers.
/// </summary>
public sealed class VirtualAddressTests : IDisposable
{
    private const string Virtual = "30.0.0.2";
    private const int Port = 8080;
    private const int CurlReceiveFailure = 56;

    private readonly Town town = new();
    private readonly NetworkNamespace[] places = new NetworkNamespace[3];
    private readonly WebServer[] servers = new WebServer[3];

    public VirtualAddressTests()
    {
        for (int i = 0; i < 3; i++)
        {
            places[i] = town.Make();
            town.Cable(places[i], $"e{i + 1}", $"02:00:00:00:1{i + 1}:02", $"b{i + 1}", $"02:00:00:00:1{i + 1}:01", 1500);
            places[i].Shell($"""
                ip link set lo up
                ip address add 10.1.{i + 1}.2/24 dev e{i + 1}
                ip route add default via 10.1.{i + 1}.1
                """);
            servers[i] = town.Keep(new WebServer(places[i], $"server{i + 1}", $"10.1.{i + 1}.2", Port));
        }

        town.AwaitCables();
    }

    public void Dispose() => town.Dispose();

    [Theory]
    [InlineData("hash", 1)]
    [InlineData("maglev", 2)]
    public void Connections_spread_over_the_servers_by_weight(string method, int workers)
    {
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 200", method: method, workers: workers));

        Dictionary<string, int> answers = Ask(town.Client, 800);

        // Seven standard deviations to each side.
        Assert.Equal(800, answers.Values.Sum());
        Assert.InRange(answers["server1 10.0.0.2"], 115, 285);
        Assert.InRange(answers["server2 10.0.0.2"], 115, 285);
        Assert.InRange(answers["server3 10.0.0.2"], 302, 498);
    }

    [Fact]
    public void A_server_that_is_killed_is_taken_out_and_no_request_fails_after_that()
    {
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 100"));
        Assert.Equal(3, Ask(town.Client, 60).Count);

        servers[1].Dispose();
        Programs.Until(() => town.Log.Contains("translation web: backend 10.1.2.2:8080 is down: the port is closed", StringComparison.Ordinal), "the server is taken out");
        Assert.Equal(["server1 10.0.0.2", "server3 10.0.0.2"], Ask(town.Client, 200).Keys.Order(StringComparer.Ordinal));

        // A reload doesn't forget it, not for a moment.
        for (int i = 0; i < 5; i++)
        {
            town.Apply(Configuration($"weight: {90 + i}", "weight: 100", "weight: 100"));
            Assert.DoesNotContain("server2 10.0.0.2", Ask(town.Client, 20).Keys);
        }

        town.Keep(new WebServer(places[1], "server2", "10.1.2.2", Port));
        Programs.Until(() => town.Log.Contains("translation web: backend 10.1.2.2:8080 is up", StringComparison.Ordinal), "the server comes back");
        Assert.Equal(3, Ask(town.Client, 60).Count);
        Assert.DoesNotContain("10.1.1.2:8080 is", town.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("10.1.3.2:8080 is", town.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_drains_while_a_download_through_it_completes()
    {
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 100"));
        string file = town.FileNamed("download");
        using Process download = town.Client.Begin("curl", "-sS", "--noproxy", "*", "--max-time", "300", "-o", file, "-w", "%{http_code} %{size_download}", $"http://{Virtual}/download");
        Programs.Until(() => servers.Any(server => server.Halves == 1), "half of the download has come");
        int draining = Array.FindIndex(servers, server => server.Halves == 1);

        town.Apply(Configuration(StateOf(0), StateOf(1), StateOf(2)));
        Dictionary<string, int> answers = Ask(town.Client, 150);
        Assert.Equal(2, answers.Count);
        Assert.DoesNotContain($"server{draining + 1} 10.0.0.2", answers.Keys);

        servers[draining].Release();
        Assert.True(download.WaitForExit(TimeSpan.FromSeconds(120)));
        Assert.Equal($"200 {WebServer.DownloadBytes}", download.StandardOutput.ReadToEnd());
        Assert.Equal(WebServer.DownloadBytes, new FileInfo(file).Length);

        string StateOf(int server) => server == draining ? "state: draining" : "weight: 100";
    }

    [Fact]
    public void A_server_that_is_listed_no_more_has_its_download_reset_at_both_ends()
    {
        string all = Configuration("weight: 100", "weight: 100", "weight: 100");
        town.Start(all);
        using Process download = town.Client.Begin("curl", "-sS", "--noproxy", "*", "--max-time", "300", "-o", town.FileNamed("download"), $"http://{Virtual}/download");
        Programs.Until(() => servers.Any(server => server.Halves == 1), "half of the download has come");
        int removed = Array.FindIndex(servers, server => server.Halves == 1);
        Programs.Until(() => Established() is [var one] && one.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == "0", "nothing of it is on its way");

        town.Apply(Regex.Replace(all, $@"\{{ address: 10\.1\.{removed + 1}\.2, [^}}]*\}},?", ""));

        // Nothing comes from either end, so it is the sweep that tells both.
        Assert.True(download.WaitForExit(TimeSpan.FromSeconds(120)), "the client hears nothing");
        Assert.Equal(CurlReceiveFailure, download.ExitCode);
        Programs.Until(() => Established().Length == 0, "the server hears that it is over");
        Dictionary<string, int> answers = Ask(town.Client, 100);
        Assert.Equal((2, 100), (answers.Count, answers.Values.Sum()));

        // Health checks have connections of their own, from the gateway's address. The second column is what the client has not yet acknowledged.
        string[] Established() => places[removed].Call("ss", "-Htn", "state", "established", "dst", Town.Client4).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void A_server_reaches_its_own_virtual_address()
    {
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 100"));

        Dictionary<string, int> answers = Ask(places[0], 120);

        // From itself it is asked as if by the virtual address: else its kernel would answer itself, past the gateway.
        Assert.Equal([$"server1 {Virtual}", "server2 10.1.1.2", "server3 10.1.1.2"], answers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(120, answers.Values.Sum());
    }

    [Fact]
    public void Clients_connections_alone_take_out_a_server_that_refuses_them()
    {
        servers[2].Dispose();
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 100", health: "{ passive: { refused: 2, ejectFor: 1h } }"));
        Programs.Until(() =>
        {
            town.Client.Try("curl", "-sS", "--noproxy", "*", "--max-time", "300", $"http://{Virtual}/[1-10]");
            return town.Log.Contains("translation web: backend 10.1.3.2:8080 is down: refused", StringComparison.Ordinal);
        }, "the server is taken out");
        Assert.Equal(["server1 10.0.0.2", "server2 10.0.0.2"], Ask(town.Client, 200).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_virtual_address_that_is_a_links_follows_the_kernels()
    {
        town.Start(Configuration("weight: 100", "weight: 100", "weight: 100", link: "", at: "addressOf: vpc1, mode: real"));
        town.Middle.Shell($"ip address add {Town.Inside4}/24 dev vpc1");
        AwaitAddress(Town.Inside4);
        Assert.Equal(3, Ask(town.Client, 60, Town.Inside4).Count);

        town.Middle.Shell($"""
            ip address del {Town.Inside4}/24 dev vpc1
            ip address add 10.0.0.7/24 dev vpc1
            """);
        AwaitAddress("10.0.0.7");
        Assert.Equal(3, Ask(town.Client, 60, "10.0.0.7").Count);

        // The host's own services at the address stay the host's.
        using var host = new WebServer(town.Middle, "host", "10.0.0.7", 8000);
        Assert.Equal(["host 10.0.0.2"], Ask(town.Client, 5, "10.0.0.7:8000").Keys);
        Assert.Equal(1, town.Gateway.Inspector.Status().Generation);
        Assert.Equal(["10.0.0.7/24"], town.Gateway.Inspector.Links().Links[0].Addresses);

        // The log says it once all of the gateway goes by it.
        void AwaitAddress(string address) => Programs.Until(() => town.Log.Contains($"links have other addresses (vpc1 {address},", StringComparison.Ordinal), $"the gateway follows {address}");
    }

    // So many requests, each over a connection of its own; every one must be answered. By answer, how often it came.
    private static Dictionary<string, int> Ask(NetworkNamespace place, int requests, string host = Virtual) =>
        place.Call("curl", "-sS", "--fail", "--noproxy", "*", "--max-time", "300", string.Create(CultureInfo.InvariantCulture, $"http://{host}/[1-{requests}]"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(static line => line, StringComparer.Ordinal).ToDictionary(static same => same.Key, static same => same.Count(), StringComparer.Ordinal);

    private static string Configuration(
        string first, string second, string third, string method = "hash", int workers = 1, string health = "{ check: http, path: /healthz, interval: 200ms, timeout: 10s, rise: 2, fall: 2 }",
        string link = $", addresses: [{Town.Inside4}/24]", string at = $"address: {Virtual}") => $$"""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          workers: {{workers}}
          sessions: { capacity: 50000 }
          links:
            - { name: vpc1, driver: afpacket{{link}} }
            - { name: b1, driver: afpacket, addresses: [10.1.1.1/24] }
            - { name: b2, driver: afpacket, addresses: [10.1.2.1/24] }
            - { name: b3, driver: afpacket, addresses: [10.1.3.1/24] }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { port: 80, {{at}}, loadBalancing: { method: {{method}} }, health: {{health}}, backends: [
            { address: 10.1.1.2, port: {{Port}}, {{first}} },
            { address: 10.1.2.2, port: {{Port}}, {{second}} },
            { address: 10.1.3.2, port: {{Port}}, {{third}} } ] }
        """;
}
