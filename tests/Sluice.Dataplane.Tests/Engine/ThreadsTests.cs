using System.Buffers.Binary;
using System.Collections.Concurrent;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane.Routing;
using Sluice.Links.Memory;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Tests;
using Sluice.Policy;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Real threads on memory links, with reloads in the midst of traffic.</summary>
public sealed class ThreadsTests(ITestOutputHelper output) : IDisposable
{
    private const int Reloads = 120, PacketsPerReload = 200;
    private readonly RealmRegistry realms = new();
    private readonly PacketEngine engine = new(new DataplaneOptions { Workers = 2, Capacity = 20_000, Seed = 7 });
    private readonly Dictionary<string, MemoryLink> links = [];

    // By inside endpoint: the public endpoints that it was seen with.
    private readonly ConcurrentDictionary<uint, ConcurrentDictionary<ulong, byte>> seen = new();

    public void Dispose() => engine.Dispose();

    [Fact]
    public void Sessions_that_stay_allowed_keep_their_public_endpoints_through_reloads_under_traffic()
    {
        // 10.0.0.0/26 is always exposed, 10.0.0.64/26 only two times of three; the ports to choose from change too.
        ConfigSet[] configurations =
        [
            Load("10.0.0.0/25", "203.0.113.0/30", ""), Load("10.0.0.0/26", "203.0.113.0/30", ""), Load("10.0.0.0/25", "203.0.113.0/30", "ports: \"20000-60000\""),
        ];
        Open(configurations[0]);
        Apply(configurations[0]);
        engine.Start();
        using var ends = new CancellationTokenSource();
        var sender = new Thread(() => Send(ends.Token)) { IsBackground = true };
        sender.Start();
        for (int i = 1; i <= Reloads; i++)
        {
            Apply(configurations[i % configurations.Length]);
            ulong before = engine.Counters().Out;
            Patience.Until(() => engine.Counters().Out > before + PacketsPerReload, $"packets leave after reload {i}");
        }

        ends.Cancel();
        sender.Join();
        engine.Stop();
        Assert.Null(engine.Failure);
        while (engine.Step(engine.Clock.Now) != 0)
        {
            // What was waiting when the threads stopped.
        }

        DataplaneCounters counters = engine.Counters();
        output.WriteLine($"in {counters.In}, out {counters.Out}, dropped {counters.Dropped}, sessions {engine.Store.Count().Total}");
        Assert.Equal(0, counters.Imbalance);
        Assert.True(counters.Out > 0);
        Assert.NotEmpty(seen);
        foreach ((uint inside, ConcurrentDictionary<ulong, byte> publics) in seen)
            if ((inside >> 16) % 128 < 64) Assert.True(publics.Count == 1, $"inside endpoint {inside:x8} had {publics.Count} public endpoints");
    }

    private void Send(CancellationToken ends)
    {
        // The payload says whose packet it is. 40 hosts, half of them never forbidden; 32 ports each.
        var random = new Random(3);
        while (!ends.IsCancellationRequested)
        {
            for (int i = 0; i < 64; i++)
            {
                int host = random.Next(2, 22) + (64 * random.Next(2)), port = 5000 + random.Next(32);
                byte[] identity = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(identity, (uint)(host << 16 | port));
                PacketBuilder packet = PacketBuilder.Ip($"10.0.0.{host}", "192.168.50.2").Udp(port, 53).Payload(identity);
                links["vpc1"].Inject(packet.Ethernet(links["vpc1"].Mac, MacAddress.Parse("02:00:00:00:99:99")).Build());
            }

            // Not faster than the workers, on whatever machine.
            while (links["vpc1"].Pending > 2000 && !ends.IsCancellationRequested) Thread.Yield();
        }
    }

    private void Note(SentFrame frame)
    {
        ReadOnlySpan<byte> ip = frame.Bytes.AsSpan(14);
        if (ip[9] != 17) return;
        uint inside = BinaryPrimitives.ReadUInt32BigEndian(ip[28..]);
        ulong endpoint = (ulong)BinaryPrimitives.ReadUInt32BigEndian(ip[12..]) << 16 | BinaryPrimitives.ReadUInt16BigEndian(ip[20..]);
        seen.GetOrAdd(inside, static _ => new()).TryAdd(endpoint, 0);
    }

    private void Open(ConfigSet configuration)
    {
        foreach (LinkSpec spec in configuration.Gateway.Links)
        {
            ushort index = engine.NextLinkIndex();
            var link = new MemoryLink(spec.Name, mac: new MacAddress(0x020000000001UL + index)) { KeepsSent = false, Injecting = engine.Wake };
            if (spec.Name == "vpc2") link.Sending = Note;
            links.Add(spec.Name, link);
            Assert.True(realms.TryGetOrAdd(spec.Realm, out ushort realm));
            engine.AddLink(new LinkPort
            {
                Index = index,
                Link = link,
                Realm = realm,
                Addresses = [.. spec.Addresses.Select(static one => new ConnectedAddress(one.Address, one.Connected))],
            });
            foreach (NeighborSpec neighbor in spec.Neighbors) engine.Router.Neighbors.Learn(index, neighbor.Address, neighbor.Mac);
        }
    }

    private void Apply(ConfigSet configuration) => engine.Apply(PolicyCompiler.Compile(configuration, realms), [], identity: default);

    private static ConfigSet Load(string inside, string publics, string profile)
    {
        LoadResult loaded = ConfigLoader.LoadText("test.yaml", Net.Of(
            [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2")],
            [$"vpc1: {Net.Masquerading(inside, publics)}, vpc2: {Net.Plain("192.168.50.0/24")}"],
            profile));
        Assert.True(loaded.Set is not null, string.Join('\n', loaded.Problems));
        return loaded.Set;
    }
}
