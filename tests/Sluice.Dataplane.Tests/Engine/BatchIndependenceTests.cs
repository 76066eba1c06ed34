using System.Text.RegularExpressions;
using Sluice.Packets.Building;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>A verdict does not depend on how packets were batched, nor on which worker saw them.</summary>
public sealed partial class BatchIndependenceTests
{
    private const int Batches = 24;
    private const int BatchSize = 90;

    // Frames in a burst, workers.
    private static readonly (int Chunk, int Workers)[] Variants = [(BatchSize, 1), (1, 1), (7, 1), (BatchSize, 2), (BatchSize, 3), (7, 3)];

    [Fact]
    public void The_same_packets_get_the_same_verdicts_and_leave_the_same()
    {
        int first = Seeds.Next();
        for (int round = 0; round < 6; round++)
        {
            int seed = first + round;
            (int Chunk, int Workers) reference = Variants[0];
            bool everyKind = round % 2 == 1;
            (Dictionary<int, string> verdicts, Dictionary<int, string> left) = Run(seed, everyKind, reference.Chunk, reference.Workers);
            Assert.Contains("forward", verdicts.Values);
            foreach ((int chunk, int workers) in Variants[1..])
            {
                (Dictionary<int, string> otherVerdicts, Dictionary<int, string> otherLeft) = Run(seed, everyKind, chunk, workers);
                string which = $"seed {seed}, bursts of {chunk}, {workers} workers";
                Assert.Equal(verdicts.Count, otherVerdicts.Count);
                foreach ((int id, string verdict) in verdicts) Assert.True(verdict == otherVerdicts[id], $"{which}, packet {id}: {otherVerdicts[id]}, not {verdict}");
                Assert.Equal(left.Count, otherLeft.Count);
                foreach ((int id, string line) in left) Assert.True(line == otherLeft[id], $"{which}, packet {id}: {otherLeft[id]}, not {line}");
            }
        }
    }

    private static (Dictionary<int, string> Verdicts, Dictionary<int, string> Left) Run(int seed, bool everyKind, int chunk, int workers)
    {
        var random = new Random(seed);

        // Between workers there is no order, so no packet of a burst may depend on one of another flow: with this filtering, packets from outside begin
        // nothing that another could be about. And ports rest for longer than the exchange: what an endpoint is given after that is a choice among free ports.
        const string Profile = "preservePort: false, holdTime: 10m, filtering: addressAndPortDependent, timers: { udp: 20s }";
        using var rig = new Rig(everyKind ? EveryKind(Profile) : Net.Masquerade(Profile), workers, capacity: 4000, seed: (ulong)seed);
        var frames = new Dictionary<int, byte[]>();
        var left = new Dictionary<int, string>();
        int id = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            bool inside = batch % 2 == 0;
            string link = inside ? "vpc1" : "vpc2";
            var pending = new List<byte[]>();
            for (int i = 0; i < BatchSize; i++)
            {
                // Both lines are drawn always, so every run draws alike.
                id++;
                string fresh = Fresh(random, inside);
                int about = random.Next(1, id + 1), way = random.Next(3);
                PacketBuilder packet = !inside && way != 0 && frames.TryGetValue(about, out byte[]? sent) ? Answer(sent, way == 1) : PacketScript.Parse(fresh);
                pending.Add(rig.FrameOf(link, packet.Identification(id)));
            }

            for (int at = 0; at < pending.Count; at += chunk)
            {
                foreach (byte[] frame in pending.Skip(at).Take(chunk)) rig.Put(link, frame);
                string[] lines = rig.Work();
                for (int i = 0; i < lines.Length; i++)
                {
                    byte[] ip = rig.Frames[i][14..];
                    int packet = ip[4] << 8 | ip[5];
                    // What the gateway makes itself has no number, and is limited by time.
                    if (packet == 0) continue;
                    left[packet] = Chosen().Replace(lines[i], "*");
                    if (inside) frames[packet] = ip;
                }
            }

            rig.Wait((uint)random.Next(9000));
        }

        return (rig.VerdictById, left);
    }

    // A masquerade with forwards beside it, one-to-one NAT at the other end, and an access list.
    private static string EveryKind(string profile) => Net.Of(
        [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2 10.0.0.3 10.0.0.4"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2 192.168.50.3")],
        ["vpc1: { expose: [{ ips: [{ cidr: 10.0.0.0/24 }], as: [{ cidr: 203.0.113.1/32 }], nat: { masquerade: {} } }, " +
            "{ ips: [{ cidr: 10.0.0.2/32 }], as: [{ cidr: 203.0.113.1/32 }], nat: { portForward: { ports: [{ port: \"40-41\", as: \"52-53\" }] } } }] }, " +
            "vpc2: { expose: [{ ips: [{ cidr: 192.168.50.0/25 }] }, { ips: [{ cidr: 192.168.50.128/25 }], as: [{ cidr: 198.51.100.0/25 }], nat: { static: {} } }] } }, " +
            "acl: { default: deny-unless-exposed, rules: [{ name: no, from: vpc1, action: deny, match: { proto: tcp, dst: [{ ports: [\"51\"] }] } }, " +
            "{ name: all, from: vpc2, action: allow, scope: flow, match: { proto: udp } }]"],
        profile) + """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { realm: vpc2, links: [vpc2], addresses: [203.0.113.77], exclude: [10.0.0.3/32] }
        """;

    private static string Fresh(Random random, bool inside)
    {
        string source = inside ? $"10.0.0.{random.Next(2, 5)}" : $"192.168.50.{random.Next(2, 4)}";
        string destination = inside ? $"192.168.50.{random.Next(1, 4)}" : random.Next(2) == 0 ? "203.0.113.1" : "10.0.0.2";
        int port = 4000 + random.Next(40), service = 50 + random.Next(4), kind = random.Next(8);
        string flags = new[] { "S", "S", "A", "FA", "R" }[random.Next(5)];
        int ttl = random.Next(10) == 0 ? 1 : 64;
        return kind switch
        {
            0 => $"{source} > {destination} icmp echo request id {port} ttl {ttl}",
            1 => $"{source} > {destination} protocol 47",
            2 => $"{source} > {destination} fragment of protocol 17 id 1 offset 64 len 8",
            < 5 => $"{source}:{port} > {destination}:{service} tcp {flags} ttl {ttl}",
            _ => $"{source}:{port} > {destination}:{service} udp ttl {ttl}",
        };
    }

    private static PacketBuilder Answer(byte[] sent, bool asError)
    {
        string[] words = PacketText.Describe(sent, hasEthernet: false).Split(' ');
        string from = words[0], to = words[2];
        if (asError) return PacketBuilder.Ip(to.Split(':')[0], from.Split(':')[0]).Error(3, 3, sent);
        return PacketScript.Parse(words[3] switch
        {
            "tcp" => $"{to} > {from} tcp SA",
            "icmp" => $"{to} > {from} icmp echo reply id {words[Array.IndexOf(words, "id") + 1]}",
            _ => $"{to} > {from} udp",
        });
    }

    // The port or identifier that a public address was given: which of the free ones is left open.
    [GeneratedRegex(@"(?<=203\.0\.113\.\d+:)\d+|(?<=203\.0\.113\.\d+ > .* id )\d+|(?<=> 203\.0\.113\.\d+ .* id )\d+")]
    private static partial Regex Chosen();
}
