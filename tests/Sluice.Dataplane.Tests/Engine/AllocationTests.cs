using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane.Routing;
using Sluice.Links;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Sluice.Policy;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Packets cost the garbage-collected heap nothing, whatever becomes of them.</summary>
public sealed class AllocationTests
{
    private const int StepsPerRound = 20;

    [Theory]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.2:53 udp")]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.2:80 tcp S")]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.2:80 tcp A")]
    [InlineData("vpc1", "10.0.0.2 > 192.168.50.2 icmp echo request id 7")]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.2:53 udp ttl 1")]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.9:53 udp")]
    [InlineData("vpc1", "10.0.0.2 > 192.168.50.2 protocol 47")]
    [InlineData("vpc1", "10.0.0.2:5000 > 192.168.50.1:53 udp")]
    [InlineData("vpc2", "192.168.50.2:53 > 203.0.113.1:7777 udp")]
    [InlineData("vpc2", "192.168.50.2 > 203.0.113.1 icmp unreachable 3 [203.0.113.1:5000 > 192.168.50.2:53 udp]")]
    [InlineData("vpc3", "172.16.0.2:1 > 10.0.0.2:2 tcp A")]
    public void No_packet_allocates(string link, string line) => AssertNothingAllocated(link, line, newSourcePorts: false);

    [Fact]
    public void Making_sessions_allocates_nothing_either() => AssertNothingAllocated("vpc1", "10.0.0.2:5000 > 192.168.50.2:53 udp", newSourcePorts: true);

    [Theory]
    [InlineData("10.0.0.2:5000 > 30.0.0.2:80 tcp S")]
    [InlineData("10.0.0.2:5000 > 30.0.0.3:80 tcp S")]
    public void Making_sessions_to_virtual_addresses_allocates_nothing_either(string line) => AssertNothingAllocated("vpc1", line, newSourcePorts: true);

    [Theory]
    [InlineData("vpc3", "172.16.0.2:5000 > 10.0.0.2:53 udp")]
    [InlineData("vpc3", "172.16.0.2 > 10.0.0.2 protocol 47")]
    [InlineData("vpc3", "[fd00::2]:5000 > [fd01::2]:53 udp")]
    [InlineData("vpc1", "10.0.0.2:5000 > 172.16.0.2:80 tcp S")]
    public void Source_nat_allocates_nothing_either(string link, string line) => AssertNothingAllocated(link, line, newSourcePorts: true, Leaving);

    private const string Leaving = """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { realm: vpc3, links: [vpc3], addresses: [203.0.113.77], exclude: [192.0.2.0/24] }
        """;

    private const string Services = """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: kept }
        spec:
          realm: vpc1
          address: 30.0.0.2
          port: 80
          affinity: { by: clientAddress }
          backends: [{ address: 10.0.0.2, port: 8080 }, { address: 10.0.0.2, port: 8081, source: { address: 1.2.3.4 } }]
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: Translation
        metadata: { name: refused }
        spec: { realm: vpc1, address: 30.0.0.3, port: 80, backends: [] }
        """;

    private static void AssertNothingAllocated(string link, string line, bool newSourcePorts, string documents = "")
    {
        using var bench = new QuietEngine(documents);
        byte[] frame = PacketScript.Parse(line).Ethernet(QuietLink.Address, MacAddress.Parse("02:00:00:00:99:99")).Build();

        Allocations.AssertNone(_ =>
        {
            for (int i = 0; i < StepsPerRound; i++) bench.Step(link, frame, newSourcePorts);
        });

        Assert.Equal((ulong)(Allocations.Rounds * StepsPerRound * QuietLink.Burst), bench.Engine.Counters().In);
    }

    private sealed class QuietEngine : IDisposable
    {
        private readonly Dictionary<string, QuietLink> links = [];
        private uint now = 1000;

        public QuietEngine(string documents)
        {
            ConfigSet config = ConfigLoader.LoadText("test.yaml", Net.Of(
                [Net.Link("vpc1", "10.0.0.1/24", "10.0.0.2"), Net.Link("vpc2", "192.168.50.1/24", "192.168.50.2"), Net.Link("vpc3", "172.16.0.1/24", "172.16.0.2")],
                [
                    $"vpc1: {Net.Masquerading("10.0.0.0/24", "203.0.113.1/32")}, vpc2: {Net.Plain("192.168.50.0/24")}",
                    $"vpc1: {Net.Plain("10.0.0.0/24")}, vpc3: {Net.Plain("172.16.0.0/24")}",
                ]) + Services + "\n" + documents).Set!;
            var realms = new RealmRegistry();
            foreach (LinkSpec spec in config.Gateway.Links)
            {
                ushort index = Engine.NextLinkIndex();
                Assert.True(realms.TryGetOrAdd(spec.Realm, out ushort realm));
                links.Add(spec.Name, new QuietLink(spec.Name));
                Engine.AddLink(new LinkPort
                {
                    Index = index,
                    Link = links[spec.Name],
                    Realm = realm,
                    Addresses = [.. spec.Addresses.Select(static one => new ConnectedAddress(one.Address, one.Connected))],
                });
                foreach (NeighborSpec neighbor in spec.Neighbors) Engine.Router.Neighbors.Learn(index, neighbor.Address, neighbor.Mac);
            }

            Engine.Apply(PolicyCompiler.Compile(config, realms), [], identity: default);
        }

        // Room for a session of every packet: a round that is refused would prove nothing about making them.
        public PacketEngine Engine { get; } = new(new DataplaneOptions { Capacity = 2 * Allocations.Rounds * StepsPerRound * QuietLink.Burst, Seed = 1, WaitsForNeighbors = true });

        public void Step(string link, byte[] frame, bool newSourcePorts)
        {
            links[link].Queue.Arm(frame, newSourcePorts);
            Engine.Step(now++);
        }

        public void Dispose() => Engine.Dispose();
    }

    private sealed class QuietLink : Link
    {
        public const int Burst = 100;

        [SetsRequiredMembers]
        public QuietLink(string name) => Name = name;

        public static MacAddress Address { get; } = MacAddress.Parse("02:00:00:00:00:01");

        public QuietQueue Queue { get; } = new();

        public override bool HasEthernet => true;

        public override MacAddress Mac => Address;

        public override int Mtu => 1500;

        public override LinkCapabilities Capabilities => LinkCapabilities.None;

        public override LinkQueue OpenQueue(int worker, int workers) => Queue;
    }

    private sealed unsafe class QuietQueue : LinkQueue
    {
        private const int Stride = 2112;
        private readonly byte* buffers = (byte*)NativeMemory.AlignedAlloc(QuietLink.Burst * Stride, 64);
        private int waiting;
        private int length;
        private ushort port = 1024;

        public override int PollDescriptor => -1;

        public override LinkStatistics Statistics => default;

        public void Arm(byte[] frame, bool newSourcePorts)
        {
            waiting = QuietLink.Burst;
            length = frame.Length;
            for (int i = 0; i < QuietLink.Burst; i++)
            {
                byte* data = buffers + (i * Stride) + Packet.Headroom;
                frame.CopyTo(new Span<byte>(data, length));
                if (newSourcePorts) *(ushort*)(data + 34) = port++;
            }
        }

        public override int Receive(Packet* packets, int max)
        {
            int count = waiting;
            waiting = 0;
            for (int i = 0; i < count; i++) packets[i] = new Packet { Data = buffers + (i * Stride) + Packet.Headroom, Length = length };
            return count;
        }

        public override int Send(Packet** packets, int count) => count;

        public override void Release()
        {
        }

        protected override void Dispose(bool disposing)
        {
            NativeMemory.AlignedFree(buffers);
            base.Dispose(disposing);
        }
    }
}
