using Sluice.Config;
using Sluice.Dataplane;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Packets.Building;
using Xunit;

namespace Sluice.Gateway.Tests.Composition;

/// <summary>New configurations for a gateway in which sessions live: what each comes to, by rule.</summary>
public sealed class GatewayReloaderTests : IDisposable
{
    private const string Links = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: one, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: two, addresses: [192.168.50.1/24] }
          realms: [{ name: one }, { name: two }, { name: three }]

        """;

    private const string Low = "- { ips: [{ cidr: 10.0.0.0/25 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }";
    private const string High = "- { ips: [{ cidr: 10.0.0.128/25 }], as: [{ cidr: 203.0.113.2/32 }], nat: { masquerade: {} } }";

    private readonly MemorySource source = new();
    private readonly ComposedGateway gateway;
    private readonly StringWriter said = new();
    private readonly GatewayReloader reloader;

    public GatewayReloaderTests()
    {
        gateway = new ComposedGateway(new DataplaneOptions { Capacity = 1000, Seed = 1 }, source);
        reloader = new GatewayReloader(gateway, (set, texts) => gateway.Apply(set, texts), new GatewayLog(said, json: false));
    }

    public void Dispose() => gateway.Dispose();

    [Fact]
    public void Sessions_are_kept_moved_and_ended_by_rule()
    {
        Begin(Low, High);
        ConfigTexts next = Texts(Links, Peering("- { ips: [{ cidr: 10.0.0.0/25 }, { cidr: 10.0.0.192/26 }], as: [{ cidr: 203.0.113.1-203.0.113.2 }], nat: { masquerade: {} } }"));
        Send("10.0.0.2", "10.0.0.3", "10.0.0.200", "10.0.0.201", "10.0.0.130");

        ReloadView foreseen = reloader.Diff(next);
        ReloadView done = reloader.Apply(next, "a test");

        Assert.Equal((2L, 2L, 1L), (done.Sessions!.Kept, done.Sessions.Moved, done.Sessions.Ended));
        Assert.Equal(done.Sessions.Rules, foreseen.Sessions!.Rules);
        Assert.Equal(["ended 1 two", "moved 2 two", "kept 2 one"], done.Sessions.Rules.Select(r => $"{r.Fate} {r.Sessions} {(r.Rule.Contains("expose 1", StringComparison.Ordinal) ? "one" : "two")}"));
        Assert.Equal("gw.yaml:17:9", done.Sessions.Rules[0].Place);
        Assert.Equal("peering p, one expose 1 (masquerade)", done.Sessions.Rules[1].NewRule);
        Assert.Equal(1L, Assert.Single(done.Sessions.Reasons).Value);
        Assert.Equal("NotExposed", done.Sessions.Rules[0].Reason);
        gateway.Engine.Revalidate(gateway.Engine.Clock.Now);
        Assert.Equal(4, gateway.Engine.Store.Count().Total);
        Assert.Contains("configuration 2 is in force, from a test: 2 sessions kept, 2 moved, 1 ended (NotExposed 1)", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_diff_changes_nothing()
    {
        Begin(Low, High);
        Send("10.0.0.2", "10.0.0.200");
        (ConfigInForce? before, ushort generation, int realms) = (gateway.InForce, gateway.Engine.Rules.Generation, gateway.Realms.Count);

        ReloadView view = reloader.Diff(Texts(Links.Replace("{ name: three }", "{ name: four }", StringComparison.Ordinal)));

        Assert.Equal((true, 1L, 2L), (view.Accepted, view.Generation, view.Sessions!.Ended));
        Assert.Same(before, gateway.InForce);
        Assert.Equal((generation, realms), (gateway.Engine.Rules.Generation, gateway.Realms.Count));
        Assert.Equal(2, gateway.Engine.Store.Count().Total);
    }

    [Fact]
    public void What_it_asks_for_otherwise_is_named_with_its_place()
    {
        Begin(Low, High);

        ReloadView view = reloader.Diff(Texts(
            Links.Replace("{ name: b, driver: tun", "{ name: b, driver: tun, mtu: 1400", StringComparison.Ordinal).Replace(", { name: three }", "", StringComparison.Ordinal),
            Peering(High, Low.Replace("masquerade: {}", "masquerade: { idleTimeout: 3m }", StringComparison.Ordinal))));

        Assert.Equal(
            [
                "changed link b (gw.yaml:7:7) mtu: nothing -> 1400",
                "added expose peering p, one expose 2 (gw.yaml:17:9) idleTimeout: nothing -> 3m",
                "removed realm three (gw.yaml:8:42)",
                "removed expose peering p, one expose 1 (gw.yaml:16:9)",
            ],
            view.Changes.Select(Text));
    }

    [Fact]
    public void A_wrong_configuration_changes_nothing_and_each_problem_has_its_place()
    {
        Begin(Low);
        ConfigInForce? before = gateway.InForce;

        ReloadView view = reloader.Apply(Texts(Links, Peering(Low.Replace("cidr: 203", "cdir: 203", StringComparison.Ordinal))), "a test");

        Assert.False(view.Accepted);
        Assert.Null(view.Sessions);
        Assert.Contains(view.Problems, p => p is { File: "gw.yaml", Line: 16, Rule: "UnknownField", Severity: "error" });
        Assert.All(view.Problems, p => Assert.StartsWith("gw.yaml:16:", p.Text, StringComparison.Ordinal));
        Assert.Same(before, gateway.InForce);
        Assert.Contains("the configuration from a test was refused; the old one stays in force", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_cannot_be_opened_leaves_the_old_configuration_in_force()
    {
        Begin(Low);
        source.Refuses = "c";

        Assert.Throws<LinkException>(() => reloader.Apply(Texts(Links.Replace("name: b,", "name: c,", StringComparison.Ordinal)), "a test"));

        Assert.Equal(1, gateway.InForce!.Generation);
        Assert.Contains("error: link c: there is no such interface; the old configuration stays in force", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_kernel_refuses_is_put_back_and_sessions_live_on()
    {
        Begin(Low);
        Send("10.0.0.2");
        ConfigInForce before = gateway.InForce!;
        var followed = new List<(string, int)>();
        var beside = new GatewayReloader(gateway, (set, texts) => gateway.ApplyWith(set, texts, Follow), new GatewayLog(said, json: false));

        // Another pool, another second link: all of it is taken back.
        string next = Links.Replace("name: b, driver: tun", "name: c, driver: tun", StringComparison.Ordinal);
        Assert.Throws<LinkException>(() => beside.Apply(Texts(next, Peering(Low.Replace("203.0.113.1", "203.0.113.7", StringComparison.Ordinal))), "a test"));

        Assert.Equal([("c", 2), ("b", 1)], followed);
        Assert.Equal((before.Set, before.Texts, before.Generation), (gateway.InForce!.Set, gateway.InForce.Texts, gateway.InForce.Generation));
        Assert.Equal(["a", "b"], gateway.Links.Select(static link => link.Spec.Name));
        Assert.Contains("error: link c: the kernel refuses; the old configuration stays in force", said.ToString(), StringComparison.Ordinal);
        Send("10.0.0.2", "10.0.0.3");
        Assert.Equal(2, gateway.Engine.Store.Count().Total);
        Assert.Equal(2, source.Links["b"].TakeSent().Count);

        void Follow()
        {
            followed.Add((gateway.Config!.Gateway.Links[1].Name, (int)gateway.InForce!.Generation));
            if (followed.Count == 1) throw new LinkException("link c: the kernel refuses");
        }
    }

    [Fact]
    public void What_is_made_once_is_said_to_need_a_restart()
    {
        Begin(Low);

        ReloadView view = reloader.Apply(Texts(Links.Replace("spec:", "spec:\n  workers: 2\n  sessions: { capacity: 5 }\n  api: { socket: /x }", StringComparison.Ordinal), Peering(Low)), "a test");

        Assert.Equal(["workers", "sessions.capacity", "api.socket"], view.Problems.Select(p => p.Path["spec.".Length..]));
        Assert.All(view.Problems, p => Assert.Equal(("warning", "Ignored"), (p.Severity, p.Rule)));
    }

    [Fact]
    public void Generations_count_up_unless_an_agent_numbers_them()
    {
        const string agent = "apiVersion: gwint.githedgehog.com/v1alpha1\nkind: GatewayAgent\nmetadata: { name: gw-7, namespace: default, generation: 41 }\nspec: { vpcs: { three: {} } }\n";
        Begin(Low);
        var generations = new List<long> { gateway.InForce!.Generation };
        foreach (ConfigTexts texts in new[] { Texts(Links), Texts(Links, "---\n" + agent), Texts(Links) }) generations.Add(reloader.Apply(texts, "a test").Generation);

        Assert.Equal([1, 2, 41, 42], generations);
    }

    [Fact]
    public void Before_the_first_configuration_there_is_nothing_to_compare_with() =>
        Assert.Throws<ControlException>(() => reloader.Diff(Texts(Links)));

    [Fact]
    public void What_is_in_force_can_be_read_back()
    {
        Begin(Low);
        var inspector = new GatewayInspector(gateway);

        ConfigView listed = inspector.Config(withTexts: false), whole = inspector.Config(withTexts: true);

        Assert.Equal(("gw.yaml", 17, null), (listed.Files[0].Name, listed.Files[0].Lines, listed.Files[0].Text));
        Assert.StartsWith("apiVersion", whole.Files[0].Text, StringComparison.Ordinal);
        Assert.Equal((2, 3, 1, 2), (listed.Counts["link"], listed.Counts["realm"], listed.Counts["Peering"], listed.Counts["expose"]));
        Assert.Equal(1, listed.Generation);
    }

    [Fact]
    public void A_peering_shows_its_exposes_and_the_sessions_of_each()
    {
        Begin(Low, High);
        Send("10.0.0.2", "10.0.0.3", "10.0.0.200");

        PeeringView peering = Assert.Single(new GatewayInspector(gateway).Peerings().Peerings);

        Assert.Equal(("p", "gw.yaml:10:1", 3L), (peering.Name, peering.Place, peering.Sessions));
        Assert.Equal(
            ["one 1 masquerade 10.0.0.0/25 as 203.0.113.1/32 for two: 2", "one 2 masquerade 10.0.0.128/25 as 203.0.113.2/32 for two: 1", "two 1 none 192.168.50.0/24 as 192.168.50.0/24 for one: 0"],
            peering.Exposes.Select(e => $"{e.Realm} {e.Number} {e.Nat} {string.Join(' ', e.Private)} as {string.Join(' ', e.Public)} for {e.To}: {e.Sessions}"));
    }

    private static string Text(ChangeView change) =>
        $"{change.Change} {change.Kind} {change.Name} ({change.Place})"
        + string.Concat(change.Change == "removed" ? [] : change.Fields.Where(f => f.Name is "mtu" or "idleTimeout").Select(f => $" {f.Name}: {f.From ?? "nothing"} -> {f.To}"));

    private static string Peering(params string[] exposes) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: p }
        spec:
          peering:
            one: { expose: [
                {{string.Join(",\n        ", exposes.Select(e => e[2..]))}}] }
            two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }

        """;

    private static ConfigTexts Texts(params string[] parts) => new([new ConfigText("gw.yaml", string.Concat(parts))], []);

    private void Begin(params string[] exposes)
    {
        ConfigTexts texts = Texts(Links, Peering(exposes));
        LoadResult loaded = ConfigLoader.Load(texts);
        gateway.Apply(loaded.Set ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems)), texts);
    }

    private void Send(params string[] from)
    {
        foreach (string host in from) source.Links["a"].Inject(PacketBuilder.Ip(host, "192.168.50.2").Udp(5000, 53).Payload("x").Build());
        gateway.Engine.Step(gateway.Engine.Clock.Now);
    }
}
