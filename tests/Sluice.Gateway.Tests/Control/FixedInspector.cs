using Sluice.Gateway.Control;
using Sluice.Gateway.Objects;
using Sluice.Gateway.Views;
using Sluice.Packets.Addresses;

namespace Sluice.Gateway.Tests.Control;

/// <summary>A gateway in which nothing moves.</summary>
/// <param name="whenAskedOfDrops">Done before what was dropped is told.</param>
internal sealed class FixedInspector(Action? whenAskedOfDrops = null) : IGatewayInspector
{
    public static SessionFacts Session(ulong number, string source, ushort port) =>
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

    public StatusView Status() => new(1, 2, 1, 2, 1, new(10, 1, 8, 1, 0, new Dictionary<string, ulong> { ["NoRoute"] = 2 }));

    public SessionsView Sessions(SessionQuery query) =>
        new(2, [.. query.Of([Session(1, "10.0.0.1", 5), Session(2, "10.0.0.2", 6)]).Select(s => s.ToView())]);

    public DropsView Drops()
    {
        whenAskedOfDrops?.Invoke();
        return new(2, [new("NoRoute", 2, "Nowhere to go.")]);
    }

    public LinksView Links() => new([new("vpc1", "afpacket", "eth1", "vpc-1", ["10.0.0.1/24"], null, 1500, 1, 2, 3, 4)]);

    public RoutesView Routes() => new([new("vpc-1", "10.0.0.0/24", null, "vpc1", "connected")]);

    public MappingsView Mappings(int limit, Func<MappingView, bool> filter) =>
        new(1, [.. new[] { new MappingView("udp", "vpc-1", "10.0.0.1:5", "vpc-2", "203.0.113.1:1024", 1) }.Where(filter).Take(limit)]);

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
}
