using Sluice.Packets;
using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Policy.Tests.Acl;

/// <summary>A compiled list says what a reader says who goes through it from top to bottom.</summary>
public class AclPropertyTests(ITestOutputHelper output)
{
    private const string V4A = "10.0.0.0/16", V4B = "192.168.0.0/16", V6A = "2001:db8:a::/48", V6B = "2001:db8:b::/48";

    private static readonly string[] OtherProtocols = ["icmp", "1", "58", "47", "0", "255"];
    private static readonly byte[] Protocols = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.IcmpV6, 47, 0, 255];

    // From one rule to several blocks of them.
    [Theory]
    [InlineData(1, 40)]
    [InlineData(6, 40)]
    [InlineData(70, 10)]
    [InlineData(1200, 2)]
    public void A_list_is_judged_as_it_reads(int rules, int lists)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < lists; i++)
        {
            bool v6 = random.Next(3) == 0;
            Check(random, v6, Generate(random, v6, rules), seen);
        }

        output.WriteLine(string.Join(", ", seen.Select(static pair => $"{pair.Key} {pair.Value}")));
        Assert.True(seen.GetValueOrDefault("drop") > 0 && seen.GetValueOrDefault("session") > 0 && seen.GetValueOrDefault("stateless") > 0);
    }

    private static void Check(Random random, bool v6, LiteralAcl list, Dictionary<string, int> seen)
    {
        TestPolicy policy = TestPolicy.Of([AclPolicy.Peering(
            TestPolicy.End("a", TestPolicy.Plain(Of("a", v6))), TestPolicy.End("b", TestPolicy.Plain(Of("b", v6))), list.Yaml)]);
        for (int i = 0; i < 500; i++)
        {
            (string realm, string to) = random.Next(2) == 0 ? ("a", "b") : ("b", "a");
            FirstPacket packet = Packet(random, policy, v6, realm, to);
            string expected = list.Decide(realm, to, packet);
            Decision decision = policy.Policy.Decide(packet);
            string decided = policy.Say(decision) + AclPolicy.By(policy, decision.Rule);
            if (expected != decided) Assert.Fail($"{expected} and not {decided} for {realm}: {packet.Protocol} {packet.Source}:{packet.SourcePort} > {packet.Destination}:{packet.DestinationPort} in\n{list.Yaml}");
            string kind = expected.Split(' ')[0];
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
            if (decision.Kind == DecisionKind.Drop) continue;

            FirstPacket reply = packet;
            (reply.Realm, reply.Source, reply.SourcePort, reply.Destination, reply.DestinationPort) =
                (policy.Realm(to), packet.Destination, packet.DestinationPort, packet.Source, packet.SourcePort);
            if (!packet.HasPorts) continue;
            bool denied = policy.Policy.IsReplyDenied(AclPolicy.Parts(packet), AclPolicy.Parts(reply), decision.Rule);
            if (denied != list.IsReplyDenied(realm, packet, to, reply)) Assert.Fail($"the answers of {realm}: {AclPolicy.Parts(packet)} in\n{list.Yaml}");
        }
    }

    private static LiteralAcl Generate(Random random, bool v6, int rules) =>
        new(random.Next(2) == 0, [.. Enumerable.Range(0, rules).Select(i => Rule(random, v6, i))]);

    private static LiteralRule Rule(Random random, bool v6, int number)
    {
        string from = random.Next(2) == 0 ? "a" : "b";
        bool transport = random.Next(3) != 0;
        string? proto = transport ? (random.Next(2) == 0 ? "tcp" : "udp") : random.Next(3) == 0 ? null : OtherProtocols[random.Next(OtherProtocols.Length)];
        string? scope = random.Next(3) switch { 0 => "flow", 1 => "packet", _ => null };
        (string here, string there) = v6 ? (V6A, V6B) : (V4A, V4B);
        if (from == "b") (here, there) = (there, here);
        return new LiteralRule(
            $"r{number}", from, random.Next(2) == 0, proto, Entries(random, here, transport), Entries(random, there, transport), scope);
    }

    private static LiteralEntry[] Entries(Random random, string within, bool ports) =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => new LiteralEntry(
            random.Next(4) == 0 ? null : Within(random, IpPrefix.Parse(within)),
            ports && random.Next(2) == 0 ? [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Ports(random))] : []))];

    // Sometimes the whole of it or more, mostly a part.
    private static string Within(Random random, IpPrefix prefix)
    {
        int length = random.Next(6) == 0 ? prefix.Length - random.Next(4) : Math.Min(prefix.Length + random.Next(1, 17), prefix.Address.Bits);
        return new IpPrefix(Near(random, prefix), length).ToString();
    }

    private static string Ports(Random random)
    {
        int first = random.Next(1, 30);
        return random.Next(2) == 0 ? $"{first}" : $"{first}-{(random.Next(8) == 0 ? 65535 : first + random.Next(20))}";
    }

    private static IpAddress Near(Random random, IpPrefix prefix)
    {
        int bits = prefix.Address.Bits - prefix.Length;
        return prefix.First with { Value = prefix.First.Value + ((UInt128)random.Next(1 << 10) << Math.Max(0, bits - 10)) + (UInt128)random.Next(1 << Math.Min(bits - 1, 6)) & prefix.Last.Value };
    }

    private static FirstPacket Packet(Random random, TestPolicy policy, bool v6, string realm, string to)
    {
        byte protocol = random.Next(3) == 0 ? Protocols[random.Next(Protocols.Length)] : random.Next(2) == 0 ? IpProtocol.Tcp : IpProtocol.Udp;
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.IcmpV6 && random.Next(8) != 0;
        return new FirstPacket
        {
            Realm = policy.Realm(realm),
            Protocol = protocol,
            HasPorts = hasPorts,
            Source = Near(random, IpPrefix.Parse(Of(realm, v6))),
            SourcePort = Port(random, hasPorts),
            Destination = Near(random, IpPrefix.Parse(Of(to, v6))),
            DestinationPort = Port(random, hasPorts),
        };
    }

    private static ushort Port(Random random, bool hasPorts) => (ushort)(!hasPorts ? 0 : random.Next(10) == 0 ? 65535 : random.Next(0, 40));

    private static string Of(string realm, bool v6) => (realm, v6) switch { ("a", false) => V4A, ("a", true) => V6A, ("b", false) => V4B, _ => V6B };
}
