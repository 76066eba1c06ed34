using Sluice.Gateway.Replay;
using Sluice.Packets.Captures;
using Xunit;

namespace Sluice.Gateway.Tests.Replay;

/// <summary>One merged GatewayAgent does to packets what documents of their own do.</summary>
public sealed class AgentReplayTests : IDisposable
{
    private const string Links = """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw }
        spec:
          links:
            - { name: a, driver: tun, realm: vpc-1, addresses: [10.0.0.1/24] }
            - { name: b, driver: tun, realm: ext.net, addresses: [192.168.50.1/24] }
        ---

        """;

    private const string Peering =
        "{ gatewayGroup: default, peering: { "
        + "vpc-1: { expose: [{ ips: [{ vpcSubnet: hosts }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: { idleTimeout: 3m } } }] }, "
        + "ext.net: { expose: [{ default: true }] } } }\n";

    private const string Separate = """
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: VPCInfo
        metadata: { name: vpc-1 }
        spec: { vni: 1001, vpcID: AAAA1, subnets: { hosts: { cidr: 10.0.0.0/24 } } }
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: VPCInfo
        metadata: { name: ext.net }
        spec: { vni: 1002, vpcID: AAAA2 }
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: GatewayGroup
        metadata: { name: default }
        ---
        apiVersion: gateway.githedgehog.com/v1alpha1
        kind: GatewayPeering
        metadata: { name: out }
        spec:
        """;

    private const string Agent = """
        apiVersion: gwint.githedgehog.com/v1alpha1
        kind: GatewayAgent
        metadata: { name: gw, namespace: default, generation: 5 }
        spec:
          agentVersion: v0.1
          gateway: { protocolIP: 172.30.8.3/32, vtepIP: 172.30.12.3/32, vtepMAC: "02:00:00:00:00:03", vtepMTU: 9000, asn: 65534, workers: 4 }
          vpcs:
            vpc-1: { vni: 1001, internalID: AAAA1, subnets: { hosts: { cidr: 10.0.0.0/24 } } }
            ext.net: { vni: 1002, internalID: AAAA2 }
          groups: { default: { members: [{ name: gw, priority: 1, vtepIP: 172.30.12.3/32 }] } }
          communities: { "0": "50001:0" }
          config: { fabricBFD: true }
          peerings:
            out:
        """;

    private readonly ReplayBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_merged_document_and_separate_ones_give_the_same_bytes()
    {
        string[] outcomes = [.. new[] { $"{Links}{Separate} {Peering}", $"{Links}{Agent} {Peering}" }.Select(Replay)];

        Assert.Equal(outcomes[0], outcomes[1]);
    }

    [Fact]
    public void A_swap_of_one_for_the_other_keeps_every_session()
    {
        bench.Config($"{Links}{Separate} {Peering}");
        string agent = bench.Config($"{Links}{Agent} {Peering}", "agent.yaml");
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (2000, ReplayBench.Request()));

        ReplayResult result = ReplayRun.Run(bench.Options(("a", a)) with { Changes = [new ReplayChange(ReplayBench.Start + 1_000_000_000, [agent])] });

        Assert.Equal((1L, 0L, 0L), (result.Summary!.Applies[0].Sessions!.Kept, result.Summary.Applies[0].Sessions!.Moved, result.Summary.Applies[0].Sessions!.Ended));
        Assert.Equal([1UL, 1UL], bench.Verdicts().Select(v => v.GetProperty("session").GetUInt64()));
    }

    private string Replay(string config)
    {
        bench.Config(config);
        string a = bench.Capture("a.pcap", CaptureLinkType.RawIp, (0, ReplayBench.Request()), (10, ReplayBench.Request(port: 6000)), (20, ReplayBench.Request(source: "10.0.1.2")));
        string b = bench.Capture("b.pcap", CaptureLinkType.RawIp, (5, ReplayBench.Answer()), (30, ReplayBench.Answer(port: 7000)));
        ReplayResult result = ReplayRun.Run(bench.Options(("a", a), ("b", b)));
        Assert.True(result.Summary is not null, string.Join('\n', result.Messages));
        Assert.Equal(["forward", "forward", "forward", "drop", "drop"], bench.Verdicts().Select(v => v.GetProperty("verdict").GetString()));
        return bench.Everything();
    }
}
