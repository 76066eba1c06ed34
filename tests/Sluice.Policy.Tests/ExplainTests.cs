using Sluice.Packets;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

public class ExplainTests
{
    private static readonly string[] Everything =
    [
        End("a", Masquerade("10.0.0.0/24", "203.0.113.0/31"), Forward("10.0.0.5/32", "203.0.113.0/32", "tcp 2222>22"), Static("10.0.1.0/24", "10.9.1.0/24"))
            + ", " + End("b", Plain("10.1.0.0/24"), Static("10.1.1.0/24", "10.9.2.0/24")),
        End("a", Forward("10.0.0.6/32", "198.51.100.1/32", "tcp 80>8080")) + ", " + End("ext.net", Default),
    ];

    private static readonly string[] Everything6 =
    [
        End("a", Masquerade("2001:db8:a::/64", "2001:db8:ff::0/127"), Forward("2001:db8:a::5/128", "2001:db8:ff::0/128", "tcp 2222>22"), Static("2001:db8:a1::/64", "2001:db8:91::/64"))
            + ", " + End("b", Plain("2001:db8:b::/64"), Static("2001:db8:b1::/64", "2001:db8:92::/64")),
    ];

    [Theory]
    [InlineData("a", "10.0.0.9:1", "10.1.0.7:80", "Exposed b expose 1 (no NAT) from a expose 1 (masquerade)")]
    [InlineData("a", "10.0.1.9:1", "10.9.2.7:80", "Translated b expose 2 (static) from a expose 3 (static)")]
    [InlineData("a", "10.0.0.5:22", "10.1.0.7:80", "Exposed b expose 1 (no NAT) from a expose 2 (portForward tcp 2222 to 22)")]
    [InlineData("a", "10.0.9.9:1", "10.1.0.7:80", "Exposed b expose 1 (no NAT) from nothing")]
    [InlineData("a", "10.0.0.9:1", "203.0.113.1:80", "PoolHere nothing from a expose 1 (masquerade)")]
    [InlineData("a", "10.0.0.9:1", "203.0.113.0:2222", "TranslatedHere a expose 2 (portForward tcp 2222 to 22) from a expose 1 (masquerade)")]
    [InlineData("a", "10.0.0.9:1", "192.0.2.1:80", "Exposed ext.net expose 1 (default) from nothing")]
    [InlineData("a", "10.0.0.6:9", "192.0.2.1:80", "Exposed ext.net expose 1 (default) from nothing")]
    [InlineData("b", "10.1.0.7:1", "203.0.113.0:2222", "Translated a expose 2 (portForward tcp 2222 to 22) from b expose 1 (no NAT)")]
    [InlineData("b", "10.1.0.7:1", "203.0.113.0:22", "Pool")]
    [InlineData("b", "10.1.0.7:1", "10.0.0.9:22", "Stays")]
    [InlineData("ext.net", "192.0.2.1:1", "198.51.100.1:80", "Translated a expose 1 (portForward tcp 80 to 8080) from ext.net expose 1 (default)")]
    [InlineData("ext.net", "192.0.2.1:1", "198.51.100.1:81", "NobodysPort a expose 1 (portForward tcp 80 to 8080)")]
    public void Each_look_up_is_told_by_its_rule(string realm, string source, string destination, string expected) =>
        Assert.Equal(expected, Tell(Of(Everything), realm, source, destination));

    [Theory]
    [InlineData("a", "[2001:db8:a::9]:1", "[2001:db8:b::7]:80", "Exposed b expose 1 (no NAT) from a expose 1 (masquerade)")]
    [InlineData("a", "[2001:db8:a1::9]:1", "[2001:db8:92::7]:80", "Translated b expose 2 (static) from a expose 3 (static)")]
    [InlineData("b", "[2001:db8:b::7]:1", "[2001:db8:ff::]:2222", "Translated a expose 2 (portForward tcp 2222 to 22) from b expose 1 (no NAT)")]
    [InlineData("b", "[2001:db8:b::7]:1", "[2001:db8:ff::1]:2222", "Pool")]
    [InlineData("b", "[2001:db8:b::7]:1", "[2001:db8:a::9]:22", "Stays")]
    [InlineData("a", "[2001:db8:a::9]:1", "[2001:db8:ff::1]:80", "PoolHere nothing from a expose 1 (masquerade)")]
    public void So_it_is_in_IPv6(string realm, string source, string destination, string expected) =>
        Assert.Equal(expected, Tell(Of(Everything6), realm, source, destination));

    [Fact]
    public void Who_only_has_forwards_may_not_begin_and_who_is_masqueraded_beside_may()
    {
        TestPolicy both = Of(Everything);

        Assert.True(both.Policy.Explain(both.Packet("a", "10.0.0.5:22", "10.1.0.7:80", "tcp")).MayBegin);

        TestPolicy forwards = Of([End("a", Forward("10.0.0.6/32", "198.51.100.1/32", "tcp 80>8080")) + ", " + End("b", Plain("10.1.0.0/24"))]);
        PolicyFindings found = forwards.Policy.Explain(forwards.Packet("a", "10.0.0.6:8080", "10.1.0.7:80", "tcp"));
        Assert.False(found.MayBegin);
        Assert.NotEqual(GatewayPolicy.NoRule, found.SourceRule);
    }

    [Fact]
    public void A_mapping_tells_whose_a_public_address_is()
    {
        TestPolicy policy = Of(Everything);
        FirstPacket packet = policy.Packet("b", "10.1.0.7:1", "203.0.113.1:4000", "udp");

        PolicyFindings found = policy.Policy.ExplainInbound(packet, policy.Realm("b"), policy.Realm("a"), Packets.Addresses.IpAddress.Parse("10.0.0.9"));

        Assert.Equal("Pool a expose 1 (masquerade) from b expose 1 (no NAT)", Say(policy, found));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void What_is_found_and_what_is_decided_agree(int seed)
    {
        var random = new Random(seed);
        int asked = 0;
        while (asked < 20_000)
        {
            var generated = new GeneratedPeerings(random);
            string[] peerings = [.. generated.Peerings.Select(static peering => peering.Yaml)];
            if (peerings.Length == 0 || Load(peerings, generated.Gateway).Set is null) continue;
            TestPolicy policy = Of(peerings, generated.Gateway);
            for (int i = 0; i < 200; i++, asked++)
            {
                (string realm, Packets.Addresses.IpAddress source, Packets.Addresses.IpAddress destination, _, _) = generated.Packet();
                if (source.Family != destination.Family) continue;
                FirstPacket packet = policy.Packet(realm, source.ToString(), destination.ToString(), random.Next(4) == 0 ? (byte)47 : IpProtocol.Udp, hasPorts: true);
                Decision decision = policy.Policy.Decide(packet);
                PolicyFindings found = policy.Policy.Explain(packet);
                string told = $"seed {seed}: {realm} {source} > {destination} protocol {packet.Protocol}: {Say(policy, found)}, and {policy.Say(decision)}";
                Assert.True((found.Destination == DestinationFinding.Stays) == (decision.Kind == DecisionKind.Route), told);
                if (found.HasPeer) Assert.True((decision is { Kind: DecisionKind.Drop, Reason: DropReason.NotExposed }) == !found.MayBegin, told);
                if (decision.Rule != GatewayPolicy.NoRule) Assert.True(decision.Rule == found.SourceRule || decision.Rule == found.DestinationRule, told);
                if (decision.Kind is DecisionKind.Stateless or DecisionKind.Session) Assert.True(found.HasPeer && found.DestinationRule != GatewayPolicy.NoRule, told);
            }
        }
    }

    private static string Tell(TestPolicy policy, string realm, string source, string destination) =>
        Say(policy, policy.Policy.Explain(policy.Packet(realm, source, destination, "tcp")));

    private static string Say(TestPolicy policy, PolicyFindings found)
    {
        string text = found.Destination.ToString();
        if (found.HasPeer) return $"{text} {Name(found.DestinationRule)} from {Name(found.SourceRule)}";
        return found.DestinationRule == GatewayPolicy.NoRule ? text : $"{text} {Name(found.DestinationRule)}";

        string Name(uint rule) => rule == GatewayPolicy.NoRule ? "nothing" : policy.Policy.Rules[(int)rule].Name.Split(", ")[1];
    }
}
