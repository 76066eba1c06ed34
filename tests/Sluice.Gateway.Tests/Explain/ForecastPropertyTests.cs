using System.Buffers.Binary;
using Sluice.Config;
using Sluice.Config.Documents;
using Sluice.Dataplane;
using Sluice.Dataplane.Workers;
using Sluice.Gateway.Composition;
using Sluice.Gateway.Explain;
using Sluice.Gateway.Views;
using Sluice.Links;
using Sluice.Links.Memory;
using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Building;
using Sluice.Packets.Headers;
using Sluice.Policy;
using Xunit;

namespace Sluice.Gateway.Tests.Explain;

/// <summary>What is explained is what happens: packets are explained first and then handed in, one after another, so that sessions and mappings count too.</summary>
public sealed class ForecastPropertyTests
{
    private const int Configurations = 60;
    private const int Packets = 150;

    [Theory]
    [InlineData(1, IpFamily.V4)]
    [InlineData(2, IpFamily.V4)]
    [InlineData(3, IpFamily.V4)]
    [InlineData(4, IpFamily.V6)]
    [InlineData(5, IpFamily.V6)]
    public void A_packet_becomes_what_was_explained(int seed, IpFamily family)
    {
        var random = new Random(seed);
        var drawn = new ExplainedConfigs(random, family);
        int done = 0;
        var verdicts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int tried = 0; done < Configurations; tried++)
        {
            Assert.True(tried < Configurations * 20, $"seed {seed}: hardly any configuration is valid");
            if (drawn.Draw() is not { } config) continue;
            done++;
            using var run = new Run(config);
            for (int i = 0; i < Packets; i++)
            {
                int realm = random.Next(3);
                byte[] protocols = [IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Udp, family == IpFamily.V4 ? IpProtocol.Icmp : IpProtocol.IcmpV6, 47];
                byte protocol = protocols[random.Next(protocols.Length)];
                bool hasPorts = protocol != 47;
                bool isQuery = protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
                FirstPacket packet = run.NextFrom(random) ?? new FirstPacket
                {
                    Protocol = protocol,
                    TcpFlags = protocol == IpProtocol.Tcp ? random.Next(4) == 0 ? TcpFlag.Ack : TcpFlag.Syn : (byte)0,
                    HasPorts = hasPorts,
                    Source = drawn.Source(realm),
                    SourcePort = hasPorts ? drawn.Port() : (ushort)0,
                    Destination = drawn.Destination(),
                    DestinationPort = hasPorts && !isQuery ? drawn.Port() : (ushort)0,
                };
                string told = run.Check($"{ExplainedConfigs.Realms[packet.Realm == 0 ? realm : packet.Realm - 1]}0", packet with { Realm = 0 }, $"seed {seed}, configuration {done}, packet {i}");
                verdicts[told] = verdicts.GetValueOrDefault(told) + 1;
            }

            verdicts["Covered"] = verdicts.GetValueOrDefault("Covered") + run.Covered;
        }

        foreach (string expected in (string[])["Forward", "NotExposed", "NoMapping", "AclDenied", "MidstreamTcp", "UnsupportedProtocol", "Consume", "Covered"])
            Assert.True(verdicts.GetValueOrDefault(expected) > 0, $"seed {seed} shows no {expected}: {string.Join(", ", verdicts)}");
    }

    /// <summary>A gateway of memory links that one packet at a time is put through.</summary>
    private sealed unsafe class Run : IBurstObserver, IDisposable
    {
        private readonly ComposedGateway gateway;
        private readonly Explainer explainer;
        private readonly MemorySource source = new();
        private readonly List<FirstPacket> answers = [];
        private Verdict verdict;
        private DropReason reason;
        private ushort outLink;

        public Run(ConfigSet config)
        {
            gateway = new ComposedGateway(new DataplaneOptions { Capacity = 4096, Seed = 1, Time = new VirtualTime() }, source);
            gateway.Engine.Observe(this);
            gateway.Apply(config);
            explainer = new Explainer(gateway);
        }

        public void Dispose() => gateway.Dispose();

        public void Observe(LinkPort port, Packet* packets, int count)
        {
            Assert.Equal(1, count);
            (verdict, reason, outLink) = (packets->Verdict, packets->Reason, packets->OutLink);
        }

        /// <summary>Packets that a source-NAT policy gave a source.</summary>
        public int Covered { get; private set; }

        /// <summary>Now and then an answer to what was sent; its realm is one more than its number among the realms.</summary>
        public FirstPacket? NextFrom(Random random) => answers.Count > 0 && random.Next(3) == 0 ? answers[random.Next(answers.Count)] : null;

        /// <summary>Explains a packet, sends it, and compares.</summary>
        public string Check(string link, FirstPacket packet, string which)
        {
            (_, LinkPort port) = gateway.Links.First(l => l.Spec.Name == link);
            packet.Realm = port.Realm;
            packet.Link = port.Index;
            PacketForecast forecast = PacketForecast.Of(gateway.Engine, packet);
            Assert.True(explainer.TryExplain(Question(link, packet), out ExplanationView? view, out string? problem), problem);
            foreach (MemoryLink other in source.Links.Values) other.TakeSent();
            source.Links[link].Inject(Frame(packet));
            gateway.Engine.Step(gateway.Engine.Clock.Now);

            string told = $"{which}: {view.Packet} in by {link}: explained {forecast.Verdict} {forecast.Reason}, became {verdict} {reason}";
            bool fromPool = forecast.Decision is { SourcePool: not Decision.NoPool };
            if (verdict == Verdict.Forward && forecast.Decision is { SourceNat: not 0, SourcePool: not Decision.NoPool }) Covered++;
            if (forecast.Mapping is not null && fromPool && reason == DropReason.FilteredInbound) return nameof(DropReason.FilteredInbound);
            Assert.True((forecast.Verdict, forecast.Reason) == (verdict, reason), told);
            Assert.Equal((verdict.ToString().ToLowerInvariant(), verdict == Verdict.Drop ? reason.ToString() : null), (view.Verdict, view.Reason));
            if (verdict != Verdict.Forward) return verdict == Verdict.Drop ? reason.ToString() : verdict.ToString();
            Assert.True(view.Out == gateway.NameOfLink(outLink), told);
            Leaves(packet, forecast, view, told);
            return nameof(Verdict.Forward);
        }

        private void Leaves(FirstPacket packet, PacketForecast forecast, ExplanationView view, string told)
        {
            byte[] sent = Assert.Single(source.Links[view.Out!].TakeSent(), frame => ProtocolOf(frame.Bytes) == packet.Protocol).Bytes.ToArray();
            (IpAddress from, ushort fromPort, IpAddress to, ushort toPort) = Tuple(sent, packet);
            Assert.True((forecast.Destination, forecast.DestinationPort) == (to, toPort), $"{told}, and went to {to}:{toPort} instead of {forecast.Destination}:{forecast.DestinationPort}");
            if (forecast.Session is null && forecast.Decision is { SourcePool: not Decision.NoPool } decision)
            {
                Assert.True(gateway.Engine.Rules.Policy.Pools[decision.SourcePool].Addresses.Any(range => range.Contains(from)), $"{told}, and came from {from}");
            }
            else if (forecast.Destination == packet.Source && packet.HasPorts)
            {
                // Who speaks to itself through the gateway may find its own tuple taken; then it gets another port.
                Assert.Equal(view.Source![..view.Source!.LastIndexOf(':')].Trim('[', ']'), from.ToString());
            }
            else if (forecast.Session is null || !packet.HasPorts || packet.Protocol is IpProtocol.Tcp or IpProtocol.Udp)
            {
                string expected = packet.HasPorts ? from.IsV4 ? $"{from}:{fromPort}" : $"[{from}]:{fromPort}" : $"{from}";
                Assert.True(view.Source == expected, $"{told}, and came from {expected} instead of {view.Source}");
            }

            // An answer, as the far end would send it.
            if (packet.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp) || answers.Count >= 64) return;
            int realm = Array.IndexOf(ExplainedConfigs.Realms, gateway.Realms.NameOf(forecast.RealmTo));
            answers.Add(packet with
            {
                Realm = (ushort)(realm + 1),
                TcpFlags = packet.Protocol == IpProtocol.Tcp ? (byte)(TcpFlag.Syn | TcpFlag.Ack) : (byte)0,
                Source = to,
                SourcePort = toPort,
                Destination = from,
                DestinationPort = fromPort,
            });
        }

        private static ExplainQuestion Question(string link, in FirstPacket packet)
        {
            bool isQuery = packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6;
            string flags = packet.TcpFlags switch { TcpFlag.Syn => "syn", TcpFlag.Ack => "ack", _ => "syn,ack" };
            return new ExplainQuestion(
                link,
                isQuery ? "icmp" : $"{packet.Protocol}",
                packet.HasPorts ? $"[{packet.Source}]:{packet.SourcePort}".Replace("[", packet.Source.IsV4 ? "" : "[", StringComparison.Ordinal).Replace("]", packet.Source.IsV4 ? "" : "]", StringComparison.Ordinal) : $"{packet.Source}",
                !packet.HasPorts || isQuery ? $"{packet.Destination}" : packet.Destination.IsV4 ? $"{packet.Destination}:{packet.DestinationPort}" : $"[{packet.Destination}]:{packet.DestinationPort}",
                packet.Protocol == IpProtocol.Tcp ? flags : null);
        }

        private static byte[] Frame(in FirstPacket packet)
        {
            PacketBuilder builder = PacketBuilder.Ip(packet.Source, packet.Destination);
            builder = packet.Protocol switch
            {
                IpProtocol.Tcp => builder.Tcp(packet.SourcePort, packet.DestinationPort, packet.TcpFlags, 1, 0),
                IpProtocol.Udp => builder.Udp(packet.SourcePort, packet.DestinationPort),
                IpProtocol.Icmp or IpProtocol.IcmpV6 => builder.Echo(packet.SourcePort),
                _ => builder.Protocol(packet.Protocol).Payload(8),
            };
            return builder.Build();
        }

        private static byte ProtocolOf(ReadOnlySpan<byte> ip)
        {
            byte protocol = ip[0] >> 4 == 4 ? ip[9] : ip[6];

            // What the gateway says of its own is not the packet that left.
            bool isError = protocol == IpProtocol.Icmp && ip[20] is 3 or 11 || protocol == IpProtocol.IcmpV6 && ip[40] < 128;
            return isError ? (byte)0 : protocol;
        }

        private static (IpAddress From, ushort FromPort, IpAddress To, ushort ToPort) Tuple(byte[] ip, in FirstPacket packet)
        {
            bool v4 = packet.Source.IsV4;
            int header = v4 ? 20 : 40;
            IpAddress from = IpAddress.FromBytes(v4 ? ip.AsSpan(12, 4) : ip.AsSpan(8, 16));
            IpAddress to = IpAddress.FromBytes(v4 ? ip.AsSpan(16, 4) : ip.AsSpan(24, 16));
            if (!packet.HasPorts) return (from, 0, to, 0);
            if (packet.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6) return (from, BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(header + 4)), to, 0);
            return (from, BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(header)), to, BinaryPrimitives.ReadUInt16BigEndian(ip.AsSpan(header + 2)));
        }
    }

    private sealed class MemorySource : LinkSource
    {
        public Dictionary<string, MemoryLink> Links { get; } = new(StringComparer.Ordinal);

        public override bool AnswersForOwnAddresses => true;

        public override Link Open(LinkSpec spec, int order) => Links[spec.Name] = new MemoryLink(spec.Name, ethernet: false);
    }
}
