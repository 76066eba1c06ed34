using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Sluice.Sessions;
using Xunit;

namespace Sluice.Policy.Tests;

/// <summary>A compiled policy of every kind of NAT says what a literal reader of its documents says.</summary>
public class LiteralReadingTests(ITestOutputHelper output)
{
    private const int Configurations = 60;
    private const int Packets = 300;

    [Fact]
    public void Every_kind_of_NAT_on_either_end_is_decided_as_it_reads()
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Configurations; i++)
        {
            GeneratedNat documents = Accepted(random, () => new GeneratedNat(random));
            TestPolicy policy = TestPolicy.Of(documents.Yaml, documents.Gateway);
            var literal = new LiteralReading(documents);
            for (int packet = 0; packet < Packets; packet++) Compare(documents, policy, literal, documents.Packet(), words);
        }

        output.WriteLine(string.Join(", ", words.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key} {pair.Value}")));
        foreach (string word in new[] { "drop NotExposed", "drop UnsupportedProtocol", "drop AclDenied", "route", "ask", "stateless", "session", "inbound session", "inbound drop NotExposed" })
            Assert.True(words.GetValueOrDefault(word) > 0, word);
    }

    [Fact]
    public void Live_sessions_are_kept_or_ended_as_the_new_documents_read()
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        int kept = 0, ended = 0;
        for (int i = 0; i < Configurations; i++)
        {
            GeneratedNat before = Accepted(random, () => new GeneratedNat(random)), after = Accepted(random, before.Changed);
            var realms = new RealmRegistry();
            TestPolicy old = TestPolicy.Of(before.Yaml, before.Gateway, realms: realms), changed = TestPolicy.Of(after.Yaml, after.Gateway, realms: realms);
            var literal = new LiteralReading(after);
            for (int n = 0; n < Packets; n++)
            {
                NatPacket packet = before.Packet();
                Decision decision = old.Policy.Decide(First(old, packet));
                if (decision.Kind is not (DecisionKind.Stateless or DecisionKind.Session) || !packet.HasPorts) continue;
                LiveSession live = Live(old, packet, decision, random);
                bool fromPool = live.HasPublicSource;
                bool expected = literal.Keeps(
                    packet, realms.NameOf(decision.RealmTo), live.Reply.Destination, live.Reply.DestinationPort, live.Reply.Source, live.Reply.SourcePort, fromPool);
                bool found = changed.Policy.Redecide(live, out _) == Revalidation.Kept;
                if (expected != found)
                    Assert.Fail($"seed {seed}: {(found ? "kept" : "ended")} {packet} as {live.Reply} ({Said(old, packet, decision)}; now {literal.Decide(packet)}) by\n{Text(before)}\n--- and then\n{Text(after)}");
                if (found) kept++;
                else ended++;
            }
        }

        output.WriteLine($"{kept} kept, {ended} ended");
        Assert.True(kept > 100 && ended > 100);
    }

    private static GeneratedNat Accepted(Random random, Func<GeneratedNat> draw)
    {
        for (int tried = 0; tried < 2000; tried++)
        {
            GeneratedNat documents = draw();
            if (TestPolicy.Load(documents.Yaml, documents.Gateway).Set is not null) return documents;
        }

        throw new InvalidOperationException($"no valid configuration, {random.Next()}");
    }

    private void Compare(GeneratedNat documents, TestPolicy policy, LiteralReading literal, NatPacket packet, Dictionary<string, int> words)
    {
        string expected = literal.Decide(packet);
        Decision decision = policy.Policy.Decide(First(policy, packet));
        string found = Said(policy, packet, decision);
        if (expected != found) Assert.Fail($"'{expected}' and not '{found}' for {packet} in\n{Text(documents)}");
        Count(words, "", expected);
        if (decision.Kind != DecisionKind.AskMappings || expected != $"ask {packet.Realm}") return;

        expected = literal.Inbound(packet);
        decision = policy.Policy.DecideInbound(First(policy, packet), decision.RealmTo, policy.Realm(packet.InsideRealm), packet.Inside);
        found = Said(policy, packet, decision);
        if (expected != found) Assert.Fail($"'{expected}' and not '{found}' for {packet} in\n{Text(documents)}");
        Count(words, "inbound ", expected);
    }

    private static void Count(Dictionary<string, int> words, string prefix, string decided)
    {
        string word = prefix + (decided.StartsWith("drop", StringComparison.Ordinal) ? decided : decided.Split(' ')[0]);
        words[word] = words.GetValueOrDefault(word) + 1;
    }

    private static FirstPacket First(TestPolicy policy, NatPacket packet) => new()
    {
        Realm = policy.Realm(packet.Realm),
        Protocol = packet.Protocol,
        HasPorts = packet.HasPorts,
        Source = packet.Source,
        SourcePort = packet.SourcePort,
        Destination = packet.Destination,
        DestinationPort = packet.DestinationPort,
    };

    private static string Said(TestPolicy policy, NatPacket packet, in Decision decision)
    {
        if (decision.Kind == DecisionKind.Drop) return $"drop {decision.Reason}";
        string to = policy.Realms.NameOf(decision.RealmTo);
        string pool = decision.SourcePool == Decision.NoPool ? "" : string.Join(',', policy.Policy.Pools[decision.SourcePool].Addresses);
        if (decision.Kind == DecisionKind.Route) return $"route {to}";
        if (decision.Kind == DecisionKind.AskMappings) return $"ask {to}{(pool.Length > 0 ? $" as {pool}" : "")}";
        string from = pool.Length > 0 ? $"{pool}:*"
            : decision.RewritesSource ? LiteralReading.Endpoint(decision.Source, decision.SourcePort) : LiteralReading.Endpoint(packet.Source, packet.SourcePort);
        string destination = decision.RewritesDestination
            ? LiteralReading.Endpoint(decision.Destination, decision.DestinationPort)
            : LiteralReading.Endpoint(packet.Destination, packet.DestinationPort);
        return $"{(decision.Kind == DecisionKind.Session ? "session" : "stateless")} {to}: {from} > {destination}";
    }

    private static LiveSession Live(TestPolicy policy, NatPacket packet, in Decision decision, Random random)
    {
        FirstPacket first = First(policy, packet);
        var original = new FlowParts(first.Realm, first.Protocol, first.Source, first.SourcePort, first.Destination, first.DestinationPort);
        (IpAddress Address, ushort Port) from = decision.RewritesSource ? (decision.Source, decision.SourcePort) : (first.Source, first.SourcePort);
        if (decision.SourcePool != Decision.NoPool)
        {
            IpRange range = policy.Policy.Pools[decision.SourcePool].Addresses[0];
            from = (range.First with { Value = range.First.Value + ((UInt128)random.Next(4) & range.Span) }, (ushort)(random.Next(3) == 0 ? 22_000 + random.Next(300) : random.Next(1024, 65536)));
        }

        (IpAddress Address, ushort Port) to = decision.RewritesDestination ? (decision.Destination, decision.DestinationPort) : (first.Destination, first.DestinationPort);
        var reply = new FlowParts(decision.RealmTo, first.Protocol, to.Address, to.Port, from.Address, from.Port);
        return new LiveSession(original, reply, decision.SourcePool != Decision.NoPool, ThroughMapping: false);
    }

    private static string Text(GeneratedNat documents) => string.Join('\n', documents.Yaml) + "\n" + documents.Gateway;
}
