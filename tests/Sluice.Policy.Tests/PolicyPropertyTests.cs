using Sluice.Packets.Addresses;
using Sluice.Packets.Tests;
using Xunit;

namespace Sluice.Policy.Tests;

/// <summary>A compiled policy says what a naive reader of its documents says.</summary>
public class PolicyPropertyTests(ITestOutputHelper output)
{
    [Fact]
    public void Generated_configurations_are_decided_as_they_read()
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        int accepted = 0, tried = 0;
        while (accepted < 60)
        {
            Assert.True(++tried < 20_000, $"only {accepted} of {tried} generated configurations are valid");
            var documents = new GeneratedPeerings(random);
            if (documents.Peerings.Length == 0 || TestPolicy.Load([.. documents.Peerings.Select(static p => p.Yaml)], documents.Gateway).Set is null) continue;
            accepted++;
            Check(documents, kinds);
        }

        output.WriteLine($"{accepted} of {tried} configurations; {string.Join(", ", kinds.Select(static pair => $"{pair.Key} {pair.Value}"))}");
        foreach (string kind in new[] { "drop", "Route", "Stateless", "Session", "AskMappings", "inbound Session", "inbound drop" })
            Assert.True(kinds.GetValueOrDefault(kind) > 0, kind);
    }

    private static void Check(GeneratedPeerings documents, Dictionary<string, int> kinds)
    {
        TestPolicy policy = TestPolicy.Of([.. documents.Peerings.Select(static p => p.Yaml)], documents.Gateway);
        var naive = new NaiveReading(documents);
        for (int i = 0; i < 250; i++)
        {
            (string realm, IpAddress source, IpAddress destination, string insideRealm, IpAddress inside) = documents.Packet();
            string expected = naive.Decide(realm, source, destination);
            FirstPacket packet = policy.Packet(realm, source.ToString(), destination.ToString());
            Decision decision = policy.Policy.Decide(packet);
            if (expected != Words(policy, decision)) Differ(expected, Words(policy, decision), $"{realm}: {source} > {destination}", documents);
            Count(kinds, "", expected);
            if (decision.SourcePool != Decision.NoPool)
                Assert.Contains("(masquerade)", policy.Policy.Rules[(int)decision.Rule].Name, StringComparison.Ordinal);
            if (decision.Kind != DecisionKind.AskMappings || decision.RealmTo != packet.Realm) continue;

            expected = naive.Inbound(realm, source, destination, insideRealm, inside);
            decision = policy.Policy.DecideInbound(packet, packet.Realm, policy.Realm(insideRealm), inside);
            if (expected != Words(policy, decision)) Differ(expected, Words(policy, decision), $"{realm}: {source} > {destination} ({insideRealm} {inside})", documents);
            Count(kinds, "inbound ", expected);
        }
    }

    private static void Differ(string expected, string decided, string packet, GeneratedPeerings documents) =>
        Assert.Fail($"{expected} and not {decided} for {packet} in\n{string.Join('\n', documents.Peerings.Select(static p => p.Yaml))}\n{documents.Gateway}");

    private static void Count(Dictionary<string, int> kinds, string prefix, string expected)
    {
        string kind = prefix + expected.Split(' ')[0];
        kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
    }

    private static string Words(TestPolicy policy, Decision decision)
    {
        if (decision.Kind == DecisionKind.Drop) return "drop";
        string rule = decision.Rule == GatewayPolicy.NoRule ? "-" : policy.Policy.Rules[(int)decision.Rule].Name;
        rule = rule.Replace("peering ", "", StringComparison.Ordinal);
        int end = rule.IndexOf(" (", StringComparison.Ordinal);
        return $"{decision.Kind} {policy.Realms.NameOf(decision.RealmTo)} {(end < 0 ? rule : rule[..end])}";
    }
}
