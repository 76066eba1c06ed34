using Sluice.Policy.Translations;
using Xunit;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

public sealed class ServiceAffinityTests
{
    private const string Kept = "affinity: { by: clientAddress, timeout: 2h }";

    [Fact]
    public void A_decision_says_whether_its_client_is_to_be_remembered()
    {
        TestPolicy with = Of(Translation("30.0.0.2 80 TCP vip", Kept, "20.0.0.1:8080"));
        TestPolicy without = Of(Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1:8080"));
        Decision decision = with.Policy.Decide(with.Packet("a", "10.0.0.5:4", "30.0.0.2:80", "tcp"));
        Assert.True(decision.HasAffinity);
        Assert.True(with.Policy.TryGetAffinity(decision.Backend, out AffinityTerms terms));
        Assert.Equal(TimeSpan.FromHours(2), terms.Lasts);
        decision = without.Policy.Decide(without.Packet("a", "10.0.0.5:4", "30.0.0.2:80", "tcp"));
        Assert.False(decision.HasAffinity);
        Assert.False(without.Policy.TryGetAffinity(decision.Backend, out _));
        Assert.False(with.Policy.Decide(with.Packet("a", "10.0.0.5:4", "30.0.0.9:80", "tcp")).HasAffinity);
    }

    [Fact]
    public void Without_a_time_it_is_three_hours()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", "affinity: { by: clientAddress }", "20.0.0.1:8080"));
        Assert.Equal(TimeSpan.FromSeconds(10_800), policy.Service().Affinity);
    }

    /// <summary>Workers and gateways that see sessions of one client at one moment need not hear of each other's.</summary>
    [Theory]
    [InlineData("method: hash")]
    [InlineData("method: maglev, tableSize: 101")]
    [InlineData("method: hash, hashFields: [srcPort]")]
    [InlineData("method: hash, reverse: true")]
    [InlineData("method: hash, symmetric: true")]
    public void Whichever_session_of_a_client_is_its_first_gets_the_same_backend(string balancing)
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", $"{Kept}, loadBalancing: {{ {balancing} }}", "20.0.0.1:8080", "20.0.0.2:8080", "20.0.0.3:8080"));
        HashSet<int> chosen = [];
        for (int client = 1; client < 30; client++)
        {
            HashSet<int> ofClient = [.. Enumerable.Range(40_000, 20).Select(port => policy.Policy.Decide(policy.Packet("a", $"10.0.0.{client}:{port}", "30.0.0.2:80", "tcp")).Backend)];
            chosen.Add(Assert.Single(ofClient));
        }

        Assert.Equal(3, chosen.Count);
    }

    [Fact]
    public void A_translation_and_a_backend_are_known_by_the_same_numbers_in_other_configurations()
    {
        TestPolicy before = Of(Translation("30.0.0.2 80 TCP vip", Kept, "20.0.0.3:8080", "20.0.0.1:8080"));
        TestPolicy after = Of(
            Translation("30.0.0.1 80 TCP vip", Kept, "20.0.0.1:8080"),
            Translation("30.0.0.2 80 TCP vip", Kept + ", loadBalancing: { method: maglev }", "20.0.0.2:8080", "20.0.0.1:8080 weight=7", "20.0.0.3:8080"));
        VirtualService service = after.Service(1);
        Dictionary<string, AffinityTerms> old = TermsOf(before, before.Service()), now = TermsOf(after, service);
        Assert.Equal(old["20.0.0.1"], now["20.0.0.1"]);
        Assert.Equal(old["20.0.0.3"], now["20.0.0.3"]);
        Assert.Equal(3, now.Values.Select(static terms => terms.Backend).Distinct().Count());
        Assert.NotEqual(TermsOf(after, after.Service())["20.0.0.1"].Translation, now["20.0.0.1"].Translation);
        Assert.True(after.Policy.TryGetPinned(service.FirstBackend, old["20.0.0.3"].Backend, out int number));
        Assert.True(after.Policy.TryGetBackend(number, out _, out int place));
        Assert.Equal("20.0.0.3", service.Backends[place].Address.ToString());
    }

    [Fact]
    public void Whatever_a_session_with_a_backend_is_made_of_tells_backends_apart()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", Kept,
            "20.0.0.1", "20.0.0.1:80", "20.0.0.1:81", "20.0.0.1:80 source=1.2.3.4", "20.0.0.1:80 source=1.2.3.4:9", "20.0.0.1 mode=direct", "20.0.0.1:80 source=1.2.3.5"));
        VirtualService service = policy.Service();
        HashSet<ulong> known = [];
        for (int place = 0; place < service.Backends.Length; place++)
        {
            Assert.True(policy.Policy.TryGetAffinity(service.FirstBackend + place, out AffinityTerms terms));
            Assert.True(known.Add(terms.Backend), $"{service.Backends[place]} is known by the number of another");
            Assert.NotEqual(0ul, terms.Backend);
        }
    }

    [Fact]
    public void A_backend_that_drains_is_down_or_is_gone_may_not_be_had()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", Kept, "20.0.0.1:8080", "20.0.0.2:8080 state=draining", "20.0.0.3:8080"));
        Dictionary<string, AffinityTerms> terms = TermsOf(policy, policy.Service());
        Assert.True(May("20.0.0.1"));
        Assert.False(May("20.0.0.2"));
        Assert.False(policy.Policy.TryGetPinned(policy.Service().FirstBackend, 4711, out _));
        policy.SetUp("20.0.0.1", false);
        Assert.False(May("20.0.0.1"));
        policy.SetUp("20.0.0.3", false);
        Assert.True(May("20.0.0.2"), "who drains serves where nobody else can");
        policy.SetUp("20.0.0.2", false);
        Assert.False(May("20.0.0.2"));

        bool May(string address) => policy.Policy.TryGetPinned(policy.Service().FirstBackend, terms[address].Backend, out _);
    }

    [Fact]
    public void A_packet_led_to_a_backend_is_decided_as_if_that_had_been_chosen()
    {
        TestPolicy policy = Of(Translation("30.0.0.2 80 TCP vip", Kept,
            "20.0.0.1:8080", "20.0.0.2:8081 source=1.2.3.4", "20.0.0.3 mode=direct", "10.0.0.5:8080"));
        VirtualService service = policy.Service();
        FirstPacket packet = policy.Packet("a", "10.0.0.5:4", "30.0.0.2:80", "tcp");
        List<string> led = [];
        for (int place = 0; place < service.Backends.Length; place++)
        {
            Decision decision = policy.Policy.Decide(packet);
            policy.Policy.LeadTo(packet, service.FirstBackend + place, ref decision);
            Assert.Equal((DecisionKind.Session, service.FirstBackend + place, true), (decision.Kind, decision.Backend, decision.HasAffinity));
            string to = decision.IsRoutedBy ? $"by {decision.RouteBy}" : $"{decision.Destination}:{decision.DestinationPort}";
            led.Add($"{(decision.RewritesSource ? decision.Source : packet.Source)} > {to}");
        }

        Assert.Equal(["1.2.3.4 > 20.0.0.2:8081", "10.0.0.5 > 20.0.0.1:8080", "10.0.0.5 > by 20.0.0.3", "30.0.0.2 > 10.0.0.5:8080"], led.Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, AffinityTerms> TermsOf(TestPolicy policy, VirtualService service)
    {
        Dictionary<string, AffinityTerms> terms = [];
        for (int place = 0; place < service.Backends.Length; place++)
        {
            Assert.True(policy.Policy.TryGetAffinity(service.FirstBackend + place, out AffinityTerms one));
            terms.Add(service.Backends[place].Address.ToString()!, one);
        }

        return terms;
    }
}
