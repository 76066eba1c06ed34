using System.Diagnostics;
using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Report;
using Sluice.Dataplane;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>Rows established and memory: whole pipeline, from a link's receive to a link's send, for packets of sessions that live.</summary>
internal static unsafe class EstablishedBench
{
    private const int Vector = FrameBank.Vector;
    private static readonly (uint Sessions, double Goal)[] Sizes = [(10_000, 35), (100_000, 38), (1_000_000, 45), (4_000_000, 55)];

    public static IEnumerable<BenchRow> Run(BenchOptions options)
    {
        foreach ((uint sessions, double goal) in Sizes)
        {
            if ((options.Quick && sessions > 1_000_000) || (options.Sessions != 0 && options.Sessions != sessions)) continue;
            foreach (BenchRow row in Measure(options, IpFamily.V4, sessions, goal)) yield return row;
            foreach (BenchRow row in Measure(options, IpFamily.V6, sessions, goal)) yield return row;
        }

        const uint Some = 100_000;
        const string Dependent = "mapping: addressAndPortDependent, filtering: addressAndPortDependent";
        if (options.Sessions is not (0 or Some)) yield break;
        yield return Memory(IpFamily.V4, Some, "", "default", 304, options.Seed);
        yield return Memory(IpFamily.V6, Some, "", "default", 480, options.Seed);
        yield return Memory(IpFamily.V4, Some, Dependent, "dependent", 208, options.Seed);
        yield return Memory(IpFamily.V6, Some, Dependent, "dependent", 352, options.Seed);
    }

    private static List<BenchRow> Measure(BenchOptions options, IpFamily family, uint sessions, double goal)
    {
        using var pipeline = new Pipeline(Documents(family, ""), (int)sessions);
        using var traffic = new PipelineTraffic(family, sessions, options.Seed);
        Establish(pipeline, traffic, sessions);
        long decided = (long)pipeline.Engine.Counters().Decided;

        var touch = new TouchCore();
        var runs = new List<double>();
        var bounds = new List<double>();
        long allocated = 0;
        for (int run = -1; run < options.Runs; run++)
        {
            double bound = MedianOfRounds(options.Rounds, traffic, pipeline, vector => Touch(touch, traffic, vector), ref allocated, measuresAllocation: false);
            double time = MedianOfRounds(options.Rounds, traffic, pipeline, vector => Pass(pipeline, traffic, vector), ref allocated, measuresAllocation: run >= 0);
            if (run < 0) continue;
            runs.Add(time);
            bounds.Add(bound);
        }

        DataplaneCounters counters = pipeline.Engine.Counters();
        if (counters.Imbalance != 0 || counters.Dropped != 0 || (long)counters.Decided != decided || pipeline.Engine.Store.Count().Total != sessions)
            throw new InvalidOperationException($"Not what was to be measured: {counters.Dropped} dropped, {(long)counters.Decided - decided} decided anew.");
        return
        [
            new BenchRow
            {
                Name = $"established {(family == IpFamily.V4 ? "ipv4" : "ipv6")} {sessions}",
                Value = runs.Min(),
                Median = runs.Order().ElementAt(runs.Count / 2),
                Unit = "ns/packet",
                Goal = goal,
                Bound = bounds.Min(),
                Allocated = allocated,
                AllocatedGoal = 0,
            },
        ];
    }

    // The median pass drops those that another job of the machine interrupted.
    private static double MedianOfRounds(int rounds, PipelineTraffic traffic, Pipeline pipeline, Func<int, long> pass, ref long allocated, bool measuresAllocation)
    {
        const int Vectors = PipelineTraffic.Frames / Vector;
        double[] samples = new double[rounds * Vectors];
        for (int round = 0; round < rounds; round++)
        {
            traffic.Fill();
            pipeline.Now++;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int vector = 0; vector < Vectors; vector++) samples[(round * Vectors) + vector] = pass(vector) * (1e9 / Stopwatch.Frequency) / (2 * Vector);
            if (measuresAllocation) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(samples);
        return samples[samples.Length / 2];
    }

    private static long Pass(Pipeline pipeline, PipelineTraffic traffic, int vector)
    {
        pipeline.QueueOf("inside").Arm(traffic.Inside + (vector * Vector), Vector, traffic.FrameLength);
        pipeline.QueueOf("outside").Arm(traffic.Outside + (vector * Vector), Vector, traffic.FrameLength);
        long start = Stopwatch.GetTimestamp();
        int received = pipeline.Step();
        long ticks = Stopwatch.GetTimestamp() - start;
        return received == 2 * Vector ? ticks : throw new InvalidOperationException($"{received} packets were received.");
    }

    private static long Touch(TouchCore touch, PipelineTraffic traffic, int vector)
    {
        Packet* packets = stackalloc Packet[2 * Vector];
        for (int i = 0; i < Vector; i++)
        {
            packets[i] = new Packet { Data = traffic.Inside[(vector * Vector) + i] };
            packets[Vector + i] = new Packet { Data = traffic.Outside[(vector * Vector) + i] };
        }

        long start = Stopwatch.GetTimestamp();
        touch.Process(packets, 2 * Vector);
        return Stopwatch.GetTimestamp() - start;
    }

    /// <summary>Opens every session: first packet, answer, and for TCP the acknowledgement.</summary>
    private static void Establish(Pipeline pipeline, PipelineTraffic traffic, uint sessions)
    {
        BenchQueue inside = pipeline.QueueOf("inside"), outside = pipeline.QueueOf("outside");
        for (uint first = 0; first < sessions; first += Vector)
        {
            int count = (int)Math.Min(Vector, sessions - first);
            uint next = first;
            outside.Sending = packet => traffic.Learn(next++, (Packet*)packet);
            for (int i = 0; i < count; i++) traffic.Write(traffic.Inside[i], first + (uint)i, reply: false, TcpFlag.Syn);
            inside.Arm(traffic.Inside, count, traffic.FrameLength);
            pipeline.Step();
            outside.Sending = null;
            if (next != first + count) throw new InvalidOperationException($"{first + count - next} of {count} sessions were refused.");

            for (int i = 0; i < count; i++) traffic.Write(traffic.Outside[i], first + (uint)i, reply: true, TcpFlag.Syn | TcpFlag.Ack);
            for (int i = 0; i < count; i++) traffic.Write(traffic.Inside[i], first + (uint)i, reply: false);
            outside.Arm(traffic.Outside, count, traffic.FrameLength);
            pipeline.Step();
            inside.Arm(traffic.Inside, count, traffic.FrameLength);
            pipeline.Step();
        }

        // From here on both directions have acknowledged.
        for (uint first = 0; first < sessions; first += Vector)
        {
            int count = (int)Math.Min(Vector, sessions - first);
            for (int i = 0; i < count; i++) traffic.Write(traffic.Outside[i], first + (uint)i, reply: true);
            outside.Arm(traffic.Outside, count, traffic.FrameLength);
            pipeline.Step();
        }
    }

    // Two public addresses: enough for so many sessions, and none of them hardly used.
    private static BenchRow Memory(IpFamily family, uint sessions, string profile, string name, double goal, int seed)
    {
        using var pipeline = new Pipeline(Documents(family, profile, few: true), (int)sessions);
        using var traffic = new PipelineTraffic(family, sessions, seed);
        Establish(pipeline, traffic, sessions);
        return new BenchRow
        {
            Name = $"memory {name} {(family == IpFamily.V4 ? "ipv4" : "ipv6")} {sessions}",
            Value = (double)pipeline.Engine.Store.Memory.Total / sessions,
            Unit = "B/session",
            Goal = goal,
        };
    }

    private static string Documents(IpFamily family, string profile, bool few = false)
    {
        (string inside, string remote, string publics, string near, string far, string nearHop, string farHop) = family == IpFamily.V4
            ? ("10.0.0.0/8", "93.184.0.0/16", few ? "203.0.113.0/31" : "203.0.113.0/24", "172.16.0.1/24", "198.18.0.1/24", "172.16.0.2", "198.18.0.2")
            : ("2001:db8:a::/64", "2001:db8:b::/64", few ? "2001:db8:c::/127" : "2001:db8:c::/120", "2001:db8:1::1/64", "2001:db8:2::1/64", "2001:db8:1::2", "2001:db8:2::2");
        return $$"""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: bench }
            spec:
              links:
                - { name: inside, driver: memory, realm: inside, addresses: ["{{near}}"], routes: [{ to: "{{inside}}", via: "{{nearHop}}" }] }
                - { name: outside, driver: memory, realm: outside, addresses: ["{{far}}"], routes: [{ to: "{{remote}}", via: "{{farHop}}" }] }
              realms: [{ name: inside }, { name: outside }]
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: Peering
            metadata: { name: one }
            spec:
              peering:
                inside: { expose: [{ ips: [{ cidr: "{{inside}}" }], as: [{ cidr: "{{publics}}" }], nat: { masquerade: {} } }] }
                outside: { expose: [{ ips: [{ cidr: "{{remote}}" }] }] }
            ---
            apiVersion: sluice.dev/v1alpha1
            kind: NatProfile
            metadata: { name: default }
            spec: { {{profile}} }
            """;
    }
}
