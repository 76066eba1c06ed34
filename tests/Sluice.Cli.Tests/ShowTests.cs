using System.Text.Json;
using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;
using Xunit;

namespace Sluice.Cli.Tests;

public sealed class ShowTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-show-").FullName;

    private string Door => Path.Combine(folder, "door.sock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_gateway_that_is_not_there_is_exit_code_3()
    {
        CommandRun run = CommandRun.Of("show", "drops", "--socket", Door);

        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains(Door, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("sessions", "10.0.0.1:5")]
    [InlineData("drops", "Nowhere to go.")]
    [InlineData("links", "vpc1")]
    [InlineData("routes", "10.0.0.0/24")]
    [InlineData("mappings", "203.0.113.1:1024")]
    [InlineData("pools", "64512")]
    [InlineData("peerings", "tcp 22101 to 22")]
    [InlineData("translations", "30.0.0.2 port 80 tcp in default: vip, maglev, clients keep their backend for 3:00:00")]
    [InlineData("sources", "leaving  (gw.yaml:40:1)")]
    [InlineData("config", "configuration 7, in force since 2026-01-31T12:00:00Z")]
    [InlineData("status", "packets in")]
    public void Tables_for_people_are_plain_columns_where_there_is_no_terminal(string what, string expected)
    {
        using ControlSocket socket = ControlSocket.Open(Door, new ControlHandler(new SmallGateway()));

        CommandRun run = CommandRun.Of("show", what, "--socket", Door);

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public void Json_is_what_the_gateway_says()
    {
        using ControlSocket socket = ControlSocket.Open(Door, new ControlHandler(new SmallGateway()));

        CommandRun run = CommandRun.Of("show", "drops", "--json", "--socket", Door);

        JsonElement drop = Assert.Single(JsonDocument.Parse(run.Output).RootElement.GetProperty("drops").EnumerateArray());
        Assert.Equal(("NoRoute", 2), (drop.GetProperty("reason").GetString(), drop.GetProperty("packets").GetInt32()));
    }

    [Fact]
    public void Rows_are_limited_and_the_foot_says_how_many_there_are()
    {
        using ControlSocket socket = ControlSocket.Open(Door, new ControlHandler(new SmallGateway()));

        CommandRun run = CommandRun.Of("show", "sessions", "--limit", "1", "--socket", Door);

        Assert.EndsWith("1 of 2 sessions\n", run.Output, StringComparison.Ordinal);
    }

    private sealed class SmallGateway : IGatewayInspector
    {
        public StatusView Status() => new(1, 2, 1, 2, 1, new(10, 1, 8, 1, 0, new Dictionary<string, ulong> { ["NoRoute"] = 2 }));

        public SessionsView Sessions(SessionQuery query) =>
            new(2, [.. query.Of([Session(1, "10.0.0.1", 5), Session(2, "10.0.0.2", 6)]).Select(s => s.ToView())]);

        public DropsView Drops() => new(2, [new("NoRoute", 2, "Nowhere to go.")]);

        public LinksView Links() => new([new("vpc1", "afpacket", "eth1", "vpc-1", ["10.0.0.1/24"], null, 1500, 1, 2, 3, 4)]);

        public RoutesView Routes() => new([new("vpc-1", "10.0.0.0/24", null, "vpc1", "connected")]);

        public MappingsView Mappings(int limit, Func<MappingView, bool> filter) =>
            new(1, [new("udp", "vpc-1", "10.0.0.1:5", "vpc-2", "203.0.113.1:1024", 1)]);

        public PoolsView Pools() => new([new("203.0.113.1", "udp", 1, 0, 64512)]);

        public PeeringsView Peerings() => new(
        [
            new("web", "gw.yaml:9:1",
        [
            new("vpc-1", "vpc-2", 1, "portForward", ["10.0.0.2/32:22"], ["203.0.113.1/32:22101"], ["tcp 22101 to 22"], "gw.yaml:14:11", 3),
            new("vpc-2", "vpc-1", 1, "default", [], [], [], "gw.yaml:20:11", 0),
        ],
        new("deny", [new("allow-web", "allow", "vpc-1", "vpc-2", "tcp to ports 443", "flow", false, "gw.yaml:22:7", 1)]),
        4),
    ]);

        public TranslationsView Translations(string? name, int limit) => new(
            2,
            [
                .. new[]
                {
                    new TranslationView("web", "gw.yaml:30:1", "default", "30.0.0.2", "80", "tcp", "vip", "maglev", 10_800, Counts(3),
                    [
                        new("20.0.0.1:8080", null, false, "active", 100, 0.75, 2, new("http", true, "2026-01-31T12:00:00Z", false, null), Counts(2)),
                        new("20.0.0.2:8080", "1.2.3.4", false, "draining", 0, 0, 0, null, Counts(1)),
                    ]),
                }.Where(one => name is null || one.Name == name).Take(limit),
            ],
            new AffinityUseView(2, 65_536, 0));

        public SourcesView Sources(string? name, int limit) => new(
            1, [.. new[] { new SourceView("leaving", "gw.yaml:40:1", "default", "none", ["tap0"], ["198.51.100.1"], ["10.0.0.0/8"], [], Counts(4)) }.Where(one => name is null || one.Name == name)]);

        private static StatisticsView Counts(long active) => new(active, 10, 5, new(1, 0, 2, 0), 1, 0, new(12, 900), new(10, 1200));

        public AgentView Agent() => new("gwint.githedgehog.com/v1alpha1", "GatewayAgent", new("gw", "default"), new(7, "2026-01-31T12:00:00Z", "2026-01-31T12:00:09Z",
            new(new("0.1.0"), new(0), new Dictionary<string, AgentVpcView> { ["vpc-1"] = new(2, 112, 1) },
                new Dictionary<string, AgentPeeringView> { ["vpc-1->vpc-2"] = new(2, 112, 0, 56, 1) },
                new(new Dictionary<string, string>()), "2026-01-31T12:00:08Z")));

        public ConfigView Config(bool withTexts) => new(
            7, "2026-01-31T12:00:00Z", [new("gw.yaml", 1, withTexts ? "# nothing" : null)], new Dictionary<string, int> { ["link"] = 2 });

        private static SessionFacts Session(ulong number, string source, ushort port) =>
            new(new Sluice.Sessions.SessionView
            {
                Number = number,
                State = Sluice.Sessions.SessionStateName.Established,
                Original = new(1, 6, IpAddress.Parse(source), port, IpAddress.Parse("198.18.0.1"), 80),
                Reply = new(2, 6, IpAddress.Parse("198.18.0.1"), 80, IpAddress.Parse("203.0.113.1"), 1024),
                RealmTo = 2,
                OriginalPackets = 1,
                OriginalBytes = 60,
                ReplyPackets = 1,
                ReplyBytes = 52,
                IdleMilliseconds = 500,
                IdleLimitMilliseconds = 10_500,
                RemainingMilliseconds = 10_000,
            }, "vpc-1", "vpc-2", "peering web, vpc-1 expose 1 (masquerade)");
    }
}
