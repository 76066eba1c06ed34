using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Sluice.Benchmarks.Core;
using Sluice.Benchmarks.Report;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Policy;
using Sluice.Sessions;

namespace Sluice.Benchmarks.Pipeline;

/// <summary>Rows create and decide: new sessions through the whole pipeline and a policy of a thousand peerings, and one decision with cold caches.</summary>
internal static unsafe class CreateBench
{
    private const int Peerings = 1000;

    // The engine has 256 links; so many of the peers have one, and are spoken to.
    private const int Reached = 200;
    private const int Vector = FrameBank.Vector;
    private const double GoalMillionsPerSecond = 5;
    private const double DecideGoalNanoseconds = 400;
    private static readonly uint[] Sizes = [100_000, 1_000_000];

    public static IEnumerable<BenchRow> Run(BenchOptions options)
    {
        foreach (uint sessions in Sizes)
        {
            if (options.Sessions != 0 && options.Sessions != sessions) continue;
            yield return Create(options, sessions);
        }

        if (options.Sessions == 0) yield return DecideCold(options);
    }

    private static BenchRow Create(BenchOptions options, uint sessions)
    {
        using var pipeline = new Pipeline(Star(), (int)sessions);
        using var arena = new NativeArena();
        byte** frames = (byte**)arena.Allocate<nint>(Vector);
        byte* buffers = arena.Allocate<byte>(Vector * 2112);
        for (int i = 0; i < Vector; i++) frames[i] = buffers + (i * 2112) + 128;
        int runs = options.Quick ? 3 : options.Runs;
        var times = new List<double>();

        // The first run pays for memory that the kernel backs at its first use.
        for (int run = -1; run < runs; run++)
        {
            double time = Fill(pipeline, frames, sessions);
            if (run >= 0) times.Add(time);
            if (pipeline.Engine.Store.Count().Total != sessions) throw new InvalidOperationException("Sessions were refused.");
            Drain(pipeline, sessions);
        }

        return new BenchRow
        {
            Name = $"create ipv4 {sessions}",
            Value = 1000 / times.Min(),
            Median = 1000 / times.Order().ElementAt(times.Count / 2),
            Unit = "M/s",
            Goal = GoalMillionsPerSecond,
            MoreIsBetter = true,
        };
    }

    /// <summary>Makes all sessions, in bursts; the median burst in nanoseconds a session.</summary>
    private static double Fill(Pipeline pipeline, byte** frames, uint sessions)
    {
        BenchQueue hub = pipeline.QueueOf("hub");
        var samples = new List<double>();
        for (uint first = 0; first < sessions; first += Vector)
        {
            int count = (int)Math.Min(Vector, sessions - first);
            for (int i = 0; i < count; i++) Write(frames[i], first + (uint)i);
            hub.Arm(frames, count, 60);
            long start = Stopwatch.GetTimestamp();
            pipeline.Step();
            samples.Add((Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency) / count);
        }

        samples.Sort();
        return samples[samples.Count / 2];
    }

    // All sessions expire, and then their ports' rest is over: two rounds of the sweep for each, which takes at most 1,024 lines a step.
    private static void Drain(Pipeline pipeline, uint sessions)
    {
        uint rounds = 2 * (1000 + (4 * sessions / 1024));
        for (int phase = 0; phase < 2; phase++)
        {
            pipeline.Now += 400_000;
            while (phase == 0 && pipeline.Engine.Store.Count().Total != 0) Advance(pipeline);
            for (uint i = 0; i < rounds; i++) Advance(pipeline);
        }
    }

    private static void Advance(Pipeline pipeline)
    {
        pipeline.Now++;
        pipeline.Step();
    }

    private static void Write(byte* frame, uint session)
    {
        FlowKey4 key = CoreFlows.Key4(session, reply: false);
        uint peer = (session * 0x9E37_79B1) >> 16;
        peer = (peer * Reached) >> 16;
        uint destination = 0xAC10_0000 + (peer << 8) + 1 + (session % 200);
        key.Addresses = (key.Addresses & uint.MaxValue) | ((ulong)BinaryPrimitives.ReverseEndianness(destination) << 32);
        FrameBank.Write4(frame, key);
        if (key.Protocol == IpProtocol.Tcp) frame[EthernetHeader.Bytes + Ipv4Header.Bytes + 13] = TcpFlag.Syn;
    }

    private static BenchRow DecideCold(BenchOptions options)
    {
        using var pipeline = new Pipeline(Star(), 1000);
        const int Samples = 301;
        const int EvictedBytes = 64 << 20;
        byte* evict = (byte*)NativeMemory.AllocZeroed(EvictedBytes);
        var random = new Random(options.Seed);
        double[] samples = new double[Samples];
        double[] clock = new double[Samples];
        for (int i = 0; i < Samples; i++)
        {
            FirstPacket first = First(random);
            FirstPacket other = First(random);
            for (int at = 0; at < EvictedBytes; at += 64) evict[at]++;

            // The code is warm, as it is wherever packets flow; what the policy says of this packet is not.
            _ = pipeline.Policy.Decide(other);
            long start = Stopwatch.GetTimestamp();
            Decision decision = pipeline.Policy.Decide(first);
            long end = Stopwatch.GetTimestamp();
            samples[i] = (end - start) * (1e9 / Stopwatch.Frequency);
            clock[i] = (Stopwatch.GetTimestamp() - end) * (1e9 / Stopwatch.Frequency);
            if (decision.Kind != DecisionKind.Session) throw new InvalidOperationException($"decided {decision.Kind}");
        }

        NativeMemory.Free(evict);
        Array.Sort(samples);
        Array.Sort(clock);
        return new BenchRow
        {
            Name = $"decide ipv4 {Peerings}",
            Value = samples[Samples / 2] - clock[Samples / 2],
            Unit = "ns, cold",
            Goal = DecideGoalNanoseconds,
        };
    }

    private static FirstPacket First(Random random) => new()
    {
        Realm = 0,
        Protocol = IpProtocol.Udp,
        HasPorts = true,
        Source = IpAddress.V4(0x0A00_0000 + (uint)random.Next(1 << 16)),
        SourcePort = (ushort)random.Next(1024, 65536),
        Destination = IpAddress.V4(0xAC10_0000 + ((uint)random.Next(Peerings) << 8) + 9),
        DestinationPort = 53,
    };

    // The hub masquerades 10.0.0.0/8 towards each of a thousand peers by an address of its own; peer i shows it 172.(16..).(i).0/24.
    private static string Star()
    {
        var text = new StringBuilder("""
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: bench }
            spec:
              links:
                - { name: hub, driver: memory, realm: hub, addresses: [192.168.0.1/24] }

            """);
        for (int i = 0; i < Reached; i++)
        {
            string peer = Invariant($"{{ name: t{i}, driver: memory, realm: t{i}, addresses: [192.168.0.1/24], routes: [{{ to: {Prefix(i)}, via: 192.168.0.2 }}] }}");
            text.Append("    - ").Append(peer).Append('\n');
        }

        text.Append("  realms: [{ name: hub }");
        for (int i = 0; i < Peerings; i++) text.Append(Invariant($", {{ name: t{i} }}"));
        text.Append("]\n");
        for (int i = 0; i < Peerings; i++)
        {
            text.Append(Invariant($$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: Peering
                metadata: { name: p{{i}} }
                spec:
                  peering:
                    hub: { expose: [{ ips: [{ cidr: 10.0.0.0/8 }], as: [{ cidr: 100.64.{{i / 256}}.{{i % 256}}/32 }], nat: { masquerade: {} } }] }
                    t{{i}}: { expose: [{ ips: [{ cidr: {{Prefix(i)}} }] }] }

                """));
        }

        return text.ToString();
    }

    private static string Prefix(int peer) => Invariant($"172.{16 + (peer / 256)}.{peer % 256}.0/24");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
