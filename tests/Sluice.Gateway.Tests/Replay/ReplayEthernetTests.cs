using Sluice.Gateway.Replay;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

public sealed class ReplayEthernetTests : IDisposable
{
    private const string Host = "02:00:00:00:01:02";
    private const string First = "02:00:00:00:00:01";

    private readonly ReplayBench bench = new();

    public ReplayEthernetTests() => bench.Config("""
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - name: a
              driver: afpacket
              realm: one
              addresses: [10.0.0.1/24]
            - name: b
              driver: afpacket
              realm: two
              mac: "02:00:00:00:00:bb"
              addresses: [192.168.50.1/24]
              neighbors: [{ address: 192.168.50.2, mac: "02:00:00:00:02:02" }]
          realms: [{ name: one }, { name: two }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Peering
        metadata: { name: p }
        spec:
          peering:
            one: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 192.168.50.77/32 }], nat: { masquerade: {} } }] }
            two: { expose: [{ ips: [{ cidr: 192.168.50.0/24 }] }] }
        """);

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("a", "10.0.0.2", "10.0.0.1", "consume")]
    [InlineData("b", "192.168.50.2", "192.168.50.77", "consume")]
    [InlineData("a", "10.0.0.2", "10.0.0.9", "drop")]
    public void A_question_for_an_address_of_ours_is_answered_and_another_is_not(string link, string asker, string asked, string verdict)
    {
        MacAddress mac = MacAddress.Parse(Host);
        byte[] question = PacketBuilder.Arp(1, mac, IpAddress.Parse(asker), default, IpAddress.Parse(asked)).Ethernet(MacAddress.Broadcast, mac).Build();

        ReplayRun.Run(bench.Options((link, bench.Capture("q.pcap", CaptureLinkType.Ethernet, (0, question)))));

        Assert.Equal(verdict, Assert.Single(bench.Verdicts()).GetProperty("verdict").GetString());
        Assert.Equal(verdict == "consume" ? 1 : 0, bench.Left(link, ethernet: true).Count);
        Assert.Equal(verdict == "consume" ? 1 : 0, bench.Summary().GetProperty("packets").GetProperty("made").GetInt32());
    }

    [Theory]
    [InlineData("192.168.50.2", First, "forward", null)]
    [InlineData("192.168.50.3", First, "drop", "NoNeighbor")]
    [InlineData("192.168.50.2", "02:00:00:00:00:99", "drop", "NotForUs")]
    public void Frames_go_to_known_neighbours_and_come_by_our_own_address(string destination, string to, string verdict, string? reason)
    {
        byte[] frame = PacketBuilder.Ip("10.0.0.2", destination).Udp(5000, 53).Payload("x").Ethernet(to, Host).Build();

        ReplayRun.Run(bench.Options(("a", bench.Capture("a.pcap", CaptureLinkType.Ethernet, (0, frame)))));

        var told = Assert.Single(bench.Verdicts());
        Assert.Equal((verdict, reason), (told.GetProperty("verdict").GetString(), told.GetProperty("reason").GetString()));
        Assert.Equal(verdict == "forward" ? 1 : 0, bench.Left("b", ethernet: true).Count);
    }
}
