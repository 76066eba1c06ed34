using Sluice.Config;
using Sluice.Gateway.Health;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Policy;
using Sluice.Policy.Translations;
using Xunit;

namespace Sluice.Gateway.Tests.Health;

/// <summary>The schedule of checks, in virtual time, and what their answers change.</summary>
public sealed class HealthMonitorTests : IDisposable
{
    private const string Check = "{ check: tcp, interval: 1s, rise: 2, fall: 3 }";

    private readonly VirtualTime time = new();
    private readonly FakeProber prober = new();
    private readonly HealthBoard board = new();
    private readonly StringWriter log = new();
    private readonly RealmRegistry realms = new();
    private readonly Dictionary<int, ConnectionCounts> connections = [];
    private readonly HealthMonitor monitor;
    private GatewayPolicy policy = null!;

    public HealthMonitorTests() =>
        monitor = new HealthMonitor(board, prober, time, new Random(1), new GatewayLog(log, json: false), number => connections.GetValueOrDefault(number));

    public void Dispose() => log.Dispose();

    private VirtualService Service => policy.Services[0];

    [Fact]
    public void A_backend_that_fails_its_first_check_gets_no_sessions()
    {
        prober.Wrong["20.0.0.2"] = ProbeResult.Failed("the port is closed");
        Follow(Check);
        Assert.Equal(["20.0.0.1", "20.0.0.2", "20.0.0.3"], Chosen());

        Pass(0.2);

        Assert.Equal(["20.0.0.1", "20.0.0.3"], Chosen());
        Assert.Equal("sluice: warning: translation web: backend 20.0.0.2:8080 is down: the port is closed\n", log.ToString());
        BackendHealth health = board.Of(Service, BackendAt("20.0.0.2"))!;
        Assert.Equal((false, "the port is closed", "tcp"), (health.IsUp, health.LastError, health.Check));
        Assert.InRange(health.Since - time.GetUtcNow(), TimeSpan.FromSeconds(-0.2), TimeSpan.Zero);
        Assert.True(board.Of(Service, BackendAt("20.0.0.1"))!.IsUp);
    }

    [Fact]
    public void A_backend_that_has_been_well_falls_after_so_many_checks_and_rises_after_so_many()
    {
        Follow(Check);
        Pass(0.5);
        prober.Wrong["20.0.0.1"] = ProbeResult.Failed("no answer within 1s");
        Pass(1.9);
        Assert.Equal(3, Chosen().Length);
        Pass(1.6);
        Assert.Equal(["20.0.0.2", "20.0.0.3"], Chosen());
        prober.Wrong.Clear();
        Pass(0.9);
        Assert.Equal(2, Chosen().Length);
        Pass(1.5);
        Assert.Equal(3, Chosen().Length);
        Assert.EndsWith("sluice: translation web: backend 20.0.0.1:8080 is up\n", log.ToString(), StringComparison.Ordinal);
        Assert.Equal("no answer within 1s", board.Of(Service, BackendAt("20.0.0.1"))!.LastError);
    }

    [Fact]
    public void Each_backend_is_asked_once_an_interval_give_or_take_a_tenth()
    {
        Follow(Check);
        Pass(60);
        foreach (var asked in prober.Asked.GroupBy(request => request.Address)) Assert.InRange(asked.Count(), 58, 62);
        Assert.All(prober.Asked, request => Assert.Equal(8080, request.Port));
        Assert.True(prober.Asked.Take(12).Select(request => request.Address).Distinct().Count() == 3);
    }

    [Fact]
    public void A_reload_forgets_nothing_and_flaps_nobody()
    {
        prober.Wrong["20.0.0.2"] = ProbeResult.Failed("the port is closed");
        Follow(Check);
        Pass(5);
        log.GetStringBuilder().Clear();

        // Another order, another weight, another interval: the same backends.
        Follow("{ check: tcp, interval: 3s }", "{ address: 20.0.0.3, port: 8080, weight: 7 }, { address: 20.0.0.2, port: 8080 }, { address: 20.0.0.1, port: 8080 }, { address: 20.0.0.4, port: 8080 }");

        Assert.Equal(["20.0.0.1", "20.0.0.3", "20.0.0.4"], Chosen());
        Pass(30);
        Assert.Equal(["20.0.0.1", "20.0.0.3", "20.0.0.4"], Chosen());
        Assert.Equal("", log.ToString());
        prober.Wrong.Clear();
        Pass(10);
        Assert.Equal(4, Chosen().Length);
    }

    [Fact]
    public void A_policy_is_marked_before_it_is_in_force()
    {
        prober.Wrong["20.0.0.2"] = ProbeResult.Failed("the port is closed");
        Follow(Check);
        Pass(1);
        (ConfigSet config, policy) = Compile(Check, Three);
        Assert.Equal(3, Chosen().Length);
        board.Mark(config, policy);
        Assert.Equal(["20.0.0.1", "20.0.0.3"], Chosen());
    }

    [Fact]
    public void Who_is_checked_no_more_is_up()
    {
        prober.Wrong["20.0.0.2"] = ProbeResult.Failed("the port is closed");
        Follow(Check);
        Pass(1);
        Follow("null");
        Assert.Equal(3, Chosen().Length);
        Assert.Equal(0, board.Count);
        int asked = prober.Asked.Count;
        Pass(10);
        Assert.Equal(asked, prober.Asked.Count);
    }

    [Fact]
    public void An_answer_for_a_backend_that_is_gone_changes_nothing()
    {
        prober.Waits = true;
        prober.Wrong["20.0.0.2"] = ProbeResult.Failed("the port is closed");
        Follow(Check);
        Pass(1);
        Assert.Equal(3, prober.Open);
        Follow(Check, "{ address: 20.0.0.1, port: 8080 }");
        prober.AnswerAll();
        Assert.Equal(["20.0.0.1"], Chosen());
        Assert.Equal("", log.ToString());
        Assert.Equal(0, monitor.UnderWay);
    }

    [Fact]
    public void Who_comes_back_while_its_check_is_under_way_is_asked_again()
    {
        prober.Waits = true;
        Follow(Check);
        Pass(1);
        Follow(Check, "{ address: 20.0.0.1, port: 8080 }");
        Follow(Check);
        prober.AnswerAll();
        prober.Asked.Clear();
        prober.Waits = false;
        Pass(1.3);
        Assert.Equal(3, prober.Asked.Select(request => request.Address).Distinct().Count());
    }

    [Fact]
    public void What_can_not_be_asked_stays_as_it_is_and_is_said_once()
    {
        prober.Wrong["20.0.0.2"] = ProbeResult.Impossible("no interface");
        Follow(Check);
        Pass(20);
        Assert.Equal(3, Chosen().Length);
        Assert.Equal("sluice: warning: translation web: backend 20.0.0.2:8080 can't be checked: no interface\n", log.ToString());
        Assert.Equal("no interface", board.Of(Service, BackendAt("20.0.0.2"))!.LastError);
    }

    [Fact]
    public void No_more_than_so_many_are_asked_at_once()
    {
        prober.Waits = true;
        string many = string.Join(", ", Enumerable.Range(0, 300).Select(i => $"{{ address: 20.0.{i / 250}.{i % 250}, port: 8080 }}"));
        Follow(Check, many);
        Pass(2);
        Assert.Equal(HealthMonitor.AtOnce, prober.Open);
        prober.AnswerAll();
        Pass(0.01);
        prober.AnswerAll();
        Pass(0.01);
        Assert.Equal(300, prober.Asked.Take(300).Select(request => request.Address).Distinct().Count());
    }

    [Fact]
    public void Clients_connections_eject_a_backend_whatever_its_checks_say()
    {
        Follow("{ check: tcp, interval: 1s, passive: { refused: 3, ejectFor: 10s } }");
        Pass(5);
        connections[Service.FirstBackend] = new ConnectionCounts(0, 3, 0);
        Pass(1.1);
        Assert.Equal(["20.0.0.2", "20.0.0.3"], Chosen());
        Assert.True(board.Of(Service, BackendAt("20.0.0.1"))!.IsEjected);
        Assert.Contains("backend 20.0.0.1:8080 is down: refused 3 connections", log.ToString(), StringComparison.Ordinal);
        Pass(8);
        Assert.Equal(2, Chosen().Length);
        Pass(2);
        Assert.Equal(3, Chosen().Length);
    }

    [Fact]
    public void A_backend_without_an_address_of_its_own_is_not_asked()
    {
        Follow(Check, "{ port: 8080 }, { address: 20.0.0.1, port: 8080 }");
        Pass(3);
        Assert.All(prober.Asked, request => Assert.Equal("20.0.0.1", request.Address.ToString()));
        Assert.Equal(1, board.Count);
    }

    private const string Three = "{ address: 20.0.0.1, port: 8080 }, { address: 20.0.0.2, port: 8080 }, { address: 20.0.0.3, port: 8080 }";

    private void Follow(string health, string backends = Three)
    {
        (ConfigSet config, policy) = Compile(health, backends);
        board.Mark(config, policy);
        monitor.Follow(config, policy);
    }

    private (ConfigSet Config, GatewayPolicy Policy) Compile(string health, string backends)
    {
        LoadResult loaded = ConfigLoader.LoadTexts(
        [
            ("t.yaml", $"apiVersion: sluice.dev/v1alpha1\nkind: Translation\nmetadata: {{ name: web }}\nspec: {{ address: 30.0.0.2, port: 80, backends: [{backends}], health: {health} }}\n"),
        ]);
        Assert.NotNull(loaded.Set);
        return (loaded.Set, PolicyCompiler.Compile(loaded.Set, realms));
    }

    // Time passes in steps of ten milliseconds, as a thread would see it pass.
    private void Pass(double seconds)
    {
        for (int step = 0; step < (int)(seconds * 100); step++)
        {
            monitor.Tick();
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        monitor.Tick();
    }

    private Backend BackendAt(string address) => Service.Backends.Single(backend => backend.Address == IpAddress.Parse(address));

    // The backends that new sessions go to.
    private string[] Chosen() =>
    [
        .. Enumerable.Range(1024, 2000).Select(port => policy.Decide(new FirstPacket
        {
            Realm = 0, Source = IpAddress.Parse("10.0.0.1"), Destination = IpAddress.Parse("30.0.0.2"), Protocol = IpProtocol.Tcp, HasPorts = true,
            SourcePort = (ushort)port, DestinationPort = 80, TcpFlags = 2,
        })).Where(decision => decision.Kind == DecisionKind.Session).Select(decision => decision.Destination.ToString()).Distinct().Order(StringComparer.Ordinal),
    ];
}
