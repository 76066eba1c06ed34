using System.Globalization;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Policy.Translations;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Clients that keep their backend from one session to the next.</summary>
public sealed class AffinityTests
{
    private const uint Hour = 3_600_000;

    private static string Web(string backends, string more = "affinity: { by: clientAddress }", string protocol = "TCP") => Net.Of(
        [
            Net.Link("clients", "10.0.0.1/16", "10.0.0.2", realm: "a"),
            Net.Link("servers", "20.0.0.254/24", "20.0.0.1 20.0.0.2 20.0.0.3 20.0.0.4 20.0.0.5", realm: "a"),
        ],
        []) + $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { realm: a, address: 30.0.0.2, port: 80, protocol: {{protocol}}, {{(more.Length > 0 ? more + ", " : "")}}backends: [{{backends}}] }
        """;

    private static string Backends(params string[] backends) => string.Join(", ", backends.Select(static backend =>
    {
        string[] words = backend.Split(' ');
        return $"{{ address: 20.0.0.{words[0]}, port: 8080{string.Concat(words.Skip(1).Select(static word => ", " + word.Replace("=", ": ", StringComparison.Ordinal)))} }}";
    }));

    [Fact]
    public void All_sessions_of_a_client_go_to_the_backend_of_the_first()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4")));
        HashSet<string> had = [];
        for (int client = 2; client < 42; client++)
        {
            string first = Begin(rig, client, 40_000);
            had.Add(first);
            for (int port = 40_001; port < 40_010; port++) Assert.Equal(first, Begin(rig, client, port));
        }

        Assert.Equal(4, had.Count);
    }

    [Fact]
    public void Without_affinity_a_client_has_several_backends()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4"), ""));
        Assert.Equal(4, Enumerable.Range(40_000, 40).Select(port => Begin(rig, 2, port)).Distinct().Count());
        Assert.Equal(0, rig.Engine.Store.Affinity.Count);
    }

    [Fact]
    public void The_sessions_of_one_burst_agree_though_they_are_decided_ahead()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4")));
        string[] left = rig.Send("clients", [.. Enumerable.Range(40_000, 60).Select(port => rig.FrameOf("clients", Syn(2, port)))]);
        Assert.Equal(60, left.Length);
        Assert.Single(left.Select(BackendOf).Distinct());
    }

    [Fact]
    public void A_client_is_remembered_for_three_hours_after_its_last_new_session()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4")));
        Dictionary<int, string> had = Enumerable.Range(2, 40).ToDictionary(client => client, client => Begin(rig, client, 40_000));
        rig.Reload(Web(Backends("1 weight=1", "2 weight=1", "3 weight=1", "4 weight=1", "5 weight=10000")));
        for (int round = 1; round < 4; round++)
        {
            rig.Wait(3 * Hour);
            foreach ((int client, string backend) in had) Assert.Equal(backend, Begin(rig, client, 40_000 + round));
        }

        // A millisecond late each is put to the hash again, which says the heaviest.
        rig.Wait((3 * Hour) + 1);
        foreach (int client in had.Keys) Assert.Equal("20.0.0.5", Begin(rig, client, 50_000));
    }

    [Fact]
    public void Packets_of_a_session_that_lives_dont_prolong_it()
    {
        const string TenSeconds = "affinity: { by: clientAddress, timeout: 10s }";
        using var rig = new Rig(Web(Backends("1"), TenSeconds, "UDP"));
        for (int client = 2; client < 12; client++) Begin(rig, client, 40_000, udp: true);
        rig.Reload(Web(Backends("1 weight=1", "2 weight=10000"), TenSeconds, "UDP"));
        for (int i = 0; i < 3; i++)
        {
            rig.Wait(5000);
            for (int client = 2; client < 12; client++) Assert.Equal("20.0.0.1", Begin(rig, client, 40_000, udp: true));
        }

        for (int client = 2; client < 12; client++) Assert.Equal("20.0.0.2", Begin(rig, client, 40_001, udp: true));
    }

    [Fact]
    public void A_backend_that_is_added_takes_no_client_away()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3")));
        Dictionary<int, string> had = Enumerable.Range(2, 60).ToDictionary(client => client, client => Begin(rig, client, 40_000));
        rig.Reload(Web(Backends("5", "3", "4 weight=300", "2", "1")));
        foreach ((int client, string backend) in had) Assert.Equal(backend, Begin(rig, client, 40_001));
        Assert.Contains("20.0.0.4", Enumerable.Range(100, 20).Select(client => Begin(rig, client, 40_000)));
    }

    [Theory]
    [InlineData("1", "2 state=draining", "3")]
    [InlineData("1", "2 weight=0", "3")]
    [InlineData("1", "3")]
    public void Who_had_a_backend_that_drains_or_is_gone_keeps_the_one_that_he_gets_instead(params string[] after)
    {
        using var rig = new Rig(Web(Backends("1", "2", "3")));
        Dictionary<int, string> had = Enumerable.Range(2, 60).ToDictionary(client => client, client => Begin(rig, client, 40_000));
        Assert.Contains("20.0.0.2", had.Values);
        rig.Reload(Web(Backends(after)));
        Dictionary<int, string> has = [];
        foreach ((int client, string backend) in had)
        {
            string now = has[client] = Begin(rig, client, 40_001);
            if (backend != "20.0.0.2") Assert.Equal(backend, now);
            else Assert.NotEqual("20.0.0.2", now);
            for (int port = 40_002; port < 40_007; port++) Assert.Equal(now, Begin(rig, client, port));
        }

        // Once it is back, nobody goes back to it who has another.
        rig.Reload(Web(Backends("1", "2", "3")));
        foreach ((int client, string backend) in has) Assert.Equal(backend, Begin(rig, client, 40_009));
    }

    [Fact]
    public void A_backend_that_is_down_loses_its_clients()
    {
        using var rig = new Rig(Web(Backends("1", "2")));
        string first = Begin(rig, 2, 40_000);
        VirtualService service = rig.Engine.Rules.Policy.Services[0];
        int place = first == service.Backends[0].Address.ToString() ? 0 : 1;
        rig.Engine.Rules.Policy.SetUp(service.FirstBackend + place, isUp: false);
        string second = Begin(rig, 2, 40_001);
        Assert.NotEqual(first, second);
        rig.Engine.Rules.Policy.SetUp(service.FirstBackend + place, isUp: true);
        for (int port = 40_002; port < 40_012; port++) Assert.Equal(second, Begin(rig, 2, port));
    }

    [Fact]
    public void Two_workers_lead_a_client_to_one_backend()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4")), workers: 2);
        for (int client = 2; client < 22; client++)
        {
            int one = client;
            string[] left = rig.Send("clients", [.. Enumerable.Range(40_000, 20).Select(port => rig.FrameOf("clients", Syn(one, port)))]);
            Assert.Equal(20, left.Length);
            Assert.Single(left.Select(BackendOf).Distinct());
        }

        Assert.All(Enumerable.Range(0, 2), worker => Assert.NotEqual(0ul, rig.Engine.CountersOf(worker).Decided));
    }

    [Fact]
    public void A_session_that_is_refused_leaves_nothing_to_remember()
    {
        using var rig = new Rig(Web(Backends("1", "2", "3", "4")), capacity: 1);
        Begin(rig, 2, 40_000);
        rig.In("clients", Syn(3, 40_000));
        Assert.Contains("drop TableFull", rig.TakeVerdicts());
        Assert.Equal(1, rig.Engine.Store.Affinity.Count);
    }

    private static PacketBuilder Syn(int client, int port) =>
        PacketBuilder.Ip(string.Create(CultureInfo.InvariantCulture, $"10.0.1.{client}"), "30.0.0.2").Tcp(port, 80, TcpFlag.Syn);

    private static string Begin(Rig rig, int client, int port, bool udp = false)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"10.0.1.{client}");
        PacketBuilder packet = udp ? PacketBuilder.Ip(address, "30.0.0.2").Udp(port, 80) : Syn(client, port);
        return BackendOf(Assert.Single(rig.In("clients", packet)));
    }

    // "servers 10.0.1.2:40000 > 20.0.0.1:8080 tcp S ..."
    private static string BackendOf(string line) => line.Split(" > ")[1].Split(':')[0];
}
