using Sluice.Sessions;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Pools, profiles, timers and rules of decisions.</summary>
public class ProfileTests
{
    private const string Games = """
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: NatProfile
        metadata: { name: games }
        spec:
          mapping: addressAndPortDependent
          filtering: addressAndPortDependent
          ports: "2000-2999"
          preservePort: false
          holdTime: 30s
          timers: { udp: 33s, icmp: 3s }
          quotas: { portsPerHost: 7, sessionsPerHost: 8, newSessionsPerSecondPerHost: 9 }
          paired: strict
          rstCheck: none
        """;

    private static (TestPolicy Policy, Decision Decision) Decide(string more, string gateway = "", string others = "")
    {
        TestPolicy policy = Of([End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32", more)) + ", " + End("b", Plain("10.2.0.0/24"))], gateway, others);
        return (policy, policy.Policy.Decide(policy.Packet("a", "10.1.0.5", "10.2.0.5")));
    }

    [Fact]
    public void Without_documents_the_built_in_profile_and_timers_hold()
    {
        (TestPolicy policy, Decision decision) = Decide("");
        Assert.Equal(new SessionProfile(), policy.Policy.Pools[decision.SourcePool].Profile);
        Assert.Equal(TimerSet.Default, policy.Policy.Timers[decision.Timers]);
    }

    [Fact]
    public void A_named_profile_rules_the_pool()
    {
        (TestPolicy policy, Decision decision) = Decide("profile: games", others: Games);
        Assert.Equal(
            new SessionProfile
            {
                Name = "games",
                Mapping = MappingMode.AddressAndPortDependent,
                Filtering = FilteringMode.AddressAndPortDependent,
                Ports = new(2000, 2999),
                PreservePort = false,
                HoldMilliseconds = 30_000,
                PairedStrict = true,
                RstCheck = RstCheck.None,
                PortsPerHost = 7,
                SessionsPerHost = 8,
                NewSessionsPerSecondPerHost = 9,
            },
            policy.Policy.Pools[decision.SourcePool].Profile);
    }

    [Fact]
    public void The_most_specific_timers_win()
    {
        const string gateway = "  timers: { tcpEstablished: 2h, udp: 4m, tcpTransitory: 90s }";
        (TestPolicy policy, Decision decision) = Decide("", gateway);
        Assert.Equal(new TimerSet(7_200_000, 90_000, 90_000, 240_000, 60_000), policy.Policy.Timers[decision.Timers]);
        (policy, decision) = Decide("profile: games", gateway, Games);
        Assert.Equal(new TimerSet(7_200_000, 90_000, 90_000, 33_000, 3_000), policy.Policy.Timers[decision.Timers]);
        (policy, decision) = Decide("profile: games, idleTimeout: 10s", gateway, Games);
        Assert.Equal(new TimerSet(10_000, 90_000, 90_000, 10_000, 3_000), policy.Policy.Timers[decision.Timers]);
    }

    [Fact]
    public void Pools_of_different_profiles_are_different_pools()
    {
        TestPolicy policy = Of(
            [
                End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32", "profile: games")) + ", " + End("c", Plain("10.3.0.0/24")),
                End("b", Masquerade("10.2.0.0/24", "203.0.113.1/32")) + ", " + End("c", Plain("10.3.0.0/24")),
            ], others: Games);
        Assert.Equal(2, policy.Policy.Pools.Length);
        Assert.All(policy.Policy.Pools, pool => Assert.Equal(policy.Realm("c"), pool.Realm));
    }

    [Fact]
    public void A_compiled_pool_equals_the_one_of_an_earlier_compilation()
    {
        var realms = new RealmRegistry();
        string[] peerings = [End("a", Masquerade("10.1.0.0/24", "203.0.113.1/32")) + ", " + End("b", Plain("10.2.0.0/24"))];
        PoolDefinition one = Of(peerings, realms: realms).Policy.Pools[0];
        PoolDefinition other = Of(peerings, realms: realms).Policy.Pools[0];
        Assert.NotSame(one, other);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void A_rule_has_a_name_and_a_place()
    {
        (TestPolicy policy, Decision decision) = Decide("");
        PolicyRule rule = policy.Policy.Rules[(int)decision.Rule];
        Assert.Equal("peering p0, a expose 1 (masquerade)", rule.Name);
        Assert.StartsWith("test.yaml:", rule.Place, StringComparison.Ordinal);
        Assert.Equal("", policy.Policy.Rules[(int)GatewayPolicy.NoRule].Place);
    }
}
