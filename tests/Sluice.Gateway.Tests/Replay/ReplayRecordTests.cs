using Sluice.Gateway.Replay;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

/// <summary>What rules with <c>log: true</c> tell in a replay.</summary>
public sealed class ReplayRecordTests : IDisposable
{
    private const string Listed = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: inside, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: outside, addresses: [198.51.100.1/24] }
          realms: [{ name: inside }, { name: outside }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: egress }
        spec:
          peering:
            inside: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }] }] }
            outside: { expose: [{ ips: [{ cidr: 198.51.100.0/24 }] }] }
          acl:
            rules:
              - { name: no-telnet, from: inside, action: deny, log: true, match: { proto: tcp, dst: [{ ports: ["23"] }] } }
              - { name: web, from: inside, action: allow, log: true, match: { proto: tcp, dst: [{ ports: ["80"] }] } }
              - { name: gre, from: inside, action: allow, log: true, match: { proto: "47" } }

        """;

    private readonly ReplayBench bench = new();

    public ReplayRecordTests() => bench.Config(Listed);

    public void Dispose() => bench.Dispose();

    private static byte[] Tcp(ushort port, ushort source = 5000) => PacketBuilder.Ip("10.0.0.5", "198.51.100.7").Tcp(source, port, 2).Build();

    private IReadOnlyList<string> Messages(params (long, byte[])[] packets)
    {
        ReplayResult result = ReplayRun.Run(bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.RawIp, packets))));
        Assert.NotNull(result.Summary);
        return result.Messages;
    }

    [Fact]
    public void A_logged_rule_is_told_of_with_its_name_and_place_and_the_packet()
    {
        IReadOnlyList<string> messages = Messages((1, Tcp(23)), (2, Tcp(80)), (3, Tcp(80)), (4, Tcp(81)));
        Assert.Equal(2, messages.Count);
        Assert.StartsWith("1700000000.001: denied by peering egress, acl rule \"no-telnet\" (deny) at ", messages[0], StringComparison.Ordinal);
        Assert.EndsWith(":19:9: tcp inside 10.0.0.5:5000 > outside 198.51.100.7:23", messages[0], StringComparison.Ordinal);

        // An allowed flow is told of when its session is made, not with each packet.
        Assert.StartsWith("1700000000.002: allowed by peering egress, acl rule \"web\" (allow, flow) at ", messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_is_told_of_five_times_and_then_once_a_second_with_what_was_passed_over()
    {
        IReadOnlyList<string> messages = Messages([.. Enumerable.Range(0, 300).Select(i => ((long)i * 10, Tcp(23, (ushort)(1000 + i))))]);
        Assert.Equal(7, messages.Count);
        Assert.All(messages.Take(5), static message => Assert.DoesNotContain("before it", message, StringComparison.Ordinal));
        Assert.EndsWith("(and 95 before it)", messages[5], StringComparison.Ordinal);
    }
}
