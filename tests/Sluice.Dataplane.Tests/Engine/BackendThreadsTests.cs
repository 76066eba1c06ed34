using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane.Routing;
using Sluice.Links.Memory;
using Sluice.Packets.Addresses;
using Sluice.Packets.Headers;
using Sluice.Packets.Tests;
using Sluice.Policy;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Real threads, and backends that come and go under their connections.</summary>
public sealed class BackendThreadsTests(ITestOutputHelper output) : IDisposable
{
    private const int Reloads = 60, PacketsPerReload = 600, Clients = 300;
    private const string First = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }", Direct = "{ address: 20.0.0.3, mode: direct }";

    private readonly RealmRegistry realms = new();
    private readonly PacketEngine engine = new(new DataplaneOptions { Workers = 2, Capacity = 20_000, Seed = 7 });
    private readonly Dictionary<string, MemoryLink> links = [];
    private int resets;

    public void Dispose() => engine.Dispose();

    [Fact]
    public void Connections_end_once_with_their_backends_and_every_account_is_left_empty()
    {
        ConfigSet[] configurations = [Load(Virtual.Web(First)), Load(Virtual.Web($"{First}, {Second}")), Load(Virtual.Web($"{Second}, {Direct}")), Load(Virtual.Links())];
        Open(configurations[0]);
        Apply(configurations[0]);
        engine.Start();
        using var ends = new CancellationTokenSource();
        var sender = new Thread(() => Send(ends.Token)) { IsBackground = true };
        sender.Start();
        for (int i = 1; i <= Reloads; i++)
        {
            Apply(configurations[i % configurations.Length]);
            ulong before = engine.Counters().In;
            Patience.Until(() => engine.Counters().In > before + PacketsPerReload, $"packets come after reload {i}");
        }

        ends.Cancel();
        sender.Join();
        Apply(configurations[^1]);

        // The sweep tells them all, within a second or so on a machine that has time.
        Patience.Until(() => engine.Store.Count().Total == 0, "every session has ended");
        engine.Stop();
        Assert.Null(engine.Failure);
        while (engine.Step(engine.Clock.Now) != 0)
        {
            // What was waiting when the threads stopped.
        }

        output.WriteLine($"in {engine.Counters().In}, resets {resets}, ended {engine.Store.Ended(EndReason.BackendRemoved)}");
        Assert.Equal(0, engine.Counters().Imbalance);
        Assert.Equal(0, engine.Store.Count().Total);
        Assert.Equal(0, engine.Store.InUse);
        Assert.True(engine.Store.Ended(EndReason.BackendRemoved) > 0);
        Assert.True(resets > 0);
        Assert.All(engine.Store.Accounts.Views(), static view => Assert.Equal(0, view.Counts.Active));
    }

    private void Send(CancellationToken ends)
    {
        var random = new Random(3);
        MemoryLink clients = links["clients"];
        while (!ends.IsCancellationRequested)
        {
            for (int i = 0; i < 64; i++)
            {
                string flags = random.Next(3) == 0 ? "S" : "PA";
                clients.Inject(PacketScript.Parse($"10.0.0.2:{40000 + random.Next(Clients)} > 30.0.0.2:80 tcp {flags}").Ethernet(clients.Mac, MacAddress.Parse("02:00:00:00:10:01")).Build());
            }

            while (clients.Pending > 2000 && !ends.IsCancellationRequested) Thread.Yield();
        }
    }

    private void Note(SentFrame frame)
    {
        ReadOnlySpan<byte> ip = frame.Bytes.AsSpan(14);
        if (ip[9] == 6 && (ip[33] & TcpFlag.Rst) != 0) Interlocked.Increment(ref resets);
    }

    private void Open(ConfigSet configuration)
    {
        foreach (LinkSpec spec in configuration.Gateway.Links)
        {
            ushort index = engine.NextLinkIndex();
            var link = new MemoryLink(spec.Name, mac: new MacAddress(0x020000000001UL + index)) { KeepsSent = false, Injecting = engine.Wake, Sending = Note };
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

    private static ConfigSet Load(string yaml)
    {
        LoadResult loaded = ConfigLoader.LoadText("test.yaml", yaml);
        Assert.True(loaded.Set is not null, string.Join('\n', loaded.Problems));
        return loaded.Set;
    }
}
