using System.Text;
using Xunit;

namespace Sluice.Config.Tests.Yaml;

/// <summary>Damaged texts are refused with a place or accepted; nothing throws.</summary>
public class FuzzTests
{
    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ":", ": ", "- ", ",", "\n", "\n  ", "'", "\"", "*a", "&a ", "!!str ", "!x ", "|", ">", "?", "---\n", "...\n", "#", "%YAML 9.9\n", "null", "~", "0", "-1",
        "99999999999999999999", "1e400", ".nan", "0x", "\\x", "\u0000", "\uFFFE", "\ud800", "\t", "<<", "::/0", "10.0.0.0/33", "10.0.0.1-10.0.0.0", "'0-0'", "2h4", "default", "ext.",
    ];

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public void Mutated_configurations_never_throw(int seed)
    {
        Random random = new(seed);
        string[] seeds = Seeds();
        for (int round = 0; round < 600; round++)
        {
            StringBuilder text = new(seeds[random.Next(seeds.Length)]);
            for (int cuts = random.Next(1, 6); cuts > 0 && text.Length > 4; cuts--) Mutate(text, random, seeds);
            string mutated = text.ToString();
            try
            {
                LoadResult result = ConfigLoader.LoadText("f.yaml", mutated);
                Assert.Equal(result.Set is null, result.Problems.Any(problem => problem.IsError));
                Assert.All(result.Problems, problem => Assert.True(problem.Place.Line > 0 && problem.Place.Column > 0 && problem.Message.Length > 0, problem.ToString()));
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {seed} round {round}: {failure}\n{mutated}");
            }
        }
    }

    [Theory]
    [InlineData(105)]
    public void Random_words_never_throw(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 3000; round++)
        {
            StringBuilder text = new();
            for (int words = random.Next(1, 30); words > 0; words--) text.Append(Words[random.Next(Words.Length)]);
            Exception? failure = Record.Exception(() => ConfigLoader.LoadText("f.yaml", text.ToString()));
            Assert.True(failure is null, $"seed {seed} round {round}: {failure}\n{text}");
        }
    }

    internal static void Mutate(StringBuilder text, Random random, string[] seeds)
    {
        int at = random.Next(text.Length);
        switch (random.Next(6))
        {
            case 0:
                text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                break;
            case 1:
                text.Insert(at, Words[random.Next(Words.Length)]);
                break;
            case 2:
                text[at] = (char)random.Next(1, 256);
                break;
            case 3:
                string other = seeds[random.Next(seeds.Length)];
                int from = random.Next(other.Length);
                text.Insert(at, other.AsSpan(from, Math.Min(random.Next(60), other.Length - from)));
                break;
            case 4:
                // A whole line goes, or comes twice.
                string whole = text.ToString();
                int begin = whole.LastIndexOf('\n', Math.Max(at - 1, 0)) + 1, end = whole.IndexOf('\n', at);
                if (end < begin) break;
                string line = whole[begin..(end + 1)];
                if (random.Next(2) == 0) text.Insert(begin, line);
                else text.Remove(begin, line.Length);
                break;
            default:
                text.Length = at + 1;
                break;
        }
    }

    internal static string[] Seeds() =>
    [
        Samples.Vpc("vpc-1", "{vni: 3000, vpcID: AAAAA, subnets: {a: {cidr: 10.0.1.0/24}}}") + Samples.Vpc("vpc-2", "{vni: 3001}")
            + Samples.Peering("[{ips: [{vpcSubnet: a}, {not: 10.0.1.0/25}], as: [{cidr: 2.0.0.1/32}], nat: {masquerade: {idleTimeout: 2m0s}}}]", "[{default: true}]",
                acl: "{default: deny, rules: [{name: r, from: vpc-1, action: allow, match: {proto: tcp, dst: [{ports: ['80', '8000-8100']}]}, scope: flow, log: true}]}"),
        Samples.Peering(
            "[{ips: [{cidr: 10.0.0.0/24, ports: '4001-5000'}], as: [{cidr: 2.0.0.0/24, ports: '5001-6000'}], nat: {static: {}}}]",
            "[{ips: [{cidr: 192.168.0.1/32}], as: [{cidr: 3.0.0.1/32}], nat: {portForward: {idleTimeout: 10m, ports: [{proto: tcp, port: '22', as: '22101'}]}}}]", native: true),
        """
        apiVersion: sluice.dev/v1alpha1
        kind: Gateway
        metadata: { name: gw-1 }
        spec:
          links:
            - name: vpc1
              driver: tun
              realm: vpc-1
              addresses: [10.0.0.1/24, "2001:db8::1/64"]
              routes: [{ to: 10.7.0.0/16, via: 10.0.0.254 }]
              mtu: 1500
            - { name: underlay, driver: memory, mac: "02:00:00:00:00:09", vlan: 7, neighbors: [{ address: 10.9.9.9, mac: "02:00:00:00:00:07" }], vxlan: { local: 172.30.128.1, port: 4789 } }
          realms: [{ name: vpc-1, vni: 1001, remotes: [{ prefix: 10.0.0.0/24, vtep: 172.30.8.3, mac: "02:00:00:00:00:03" }] }]
          sessions: { capacity: 1000000 }
          timers: { tcpEstablished: 2h4m, tcpTransitory: 4m, udp: 5m, icmp: 60s, fragments: 2s }
          identity: [192.0.0.8, "2001:db8::8"]
          logging: { level: debug }
          api: { socket: /run/sluice.sock }
          workers: 2
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: NatProfile
        metadata: { name: default }
        spec: { mapping: endpointIndependent, ports: "1024-65535", quotas: { portsPerHost: 3 }, refuse: { inside: silent }, paired: strict, mssClamp: 1360 }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: web }
        spec: { address: 30.0.0.2, port: 80, protocol: TCP, affinity: { by: clientAddress, timeout: 3h }, backends: [{ address: 20.0.0.1, port: 8080, source: { address: 1.2.3.4 } }] }
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { links: [vpc1], addresses: [198.51.100.1, "30::1"], exclude: [10.0.0.0/8], rewrites: [{ prefix: 1.0.0.0/8, to: 2.0.0.1, match: source }] }
        """,
        """
        apiVersion: gwint.githedgehog.com/v1alpha1
        kind: GatewayAgent
        metadata: { name: gw-1, namespace: default, generation: 7 }
        spec:
          agentVersion: v1
          gateway: { protocolIP: 172.30.8.3/32, vtepIP: 172.30.12.3/32, vtepMAC: "02:00:00:00:00:03", asn: 65534, interfaces: { e1: { kernel: eth1, ips: [10.1.1.1/31], mtu: 9000 } }, groups: [{ name: default, priority: 1 }] }
          vpcs: { vpc-1: { vni: 1, internalID: AAAAA, subnets: { a: { cidr: 10.0.0.0/24 } } }, vpc-2: { vni: 2, internalID: AAAAB } }
          peerings: { p: { gatewayGroup: default, peering: { vpc-1: { expose: [{ ips: [{ cidr: 10.0.0.0/25 }] }] }, vpc-2: { expose: [{ default: true }] } } } }
          groups: { default: { members: [{ name: gw-1, priority: 1, vtepIP: 172.30.12.3/32 }] } }
          communities: { "0": "50001:0" }
          config: { fabricBFD: true }
        """,
    ];
}
