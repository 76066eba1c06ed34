using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Live sessions of one-to-one NAT, forwards and both together under a new configuration.</summary>
public class RedecideTranslationTests
{
    private static readonly string B = End("b", Plain("10.2.0.0/24"));

    private static string Masq(string publics = "203.0.113.1/32", string ips = "10.1.0.0/24") => Masquerade(ips, publics);

    private static string Fwd(string ports = "tcp 8080>80", string host = "10.1.0.2/32", string publics = "203.0.113.1/32") => Forward(host, publics, ports.Split(", "));

    private static TestPolicy With(params string[] exposes) => Of([End("a", exposes) + ", " + B]);

    private static Revalidation After(TestPolicy before, LiveSession live, params string[] exposes) =>
        Of([End("a", exposes) + ", " + B], realms: before.Realms).Policy.Redecide(live, out _);

    [Fact]
    public void A_forwarded_session_lives_while_its_forward_leads_to_the_same_inside_endpoint()
    {
        TestPolicy before = With(Masq(), Fwd());
        LiveSession live = before.LiveOf("b", "10.2.0.5:1", "203.0.113.1:8080", "tcp");
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd()));
        Assert.Equal(Revalidation.Kept, After(before, live, Fwd("8001-8101>1-101")));
        Assert.Equal(Revalidation.Kept, After(before, live, Fwd("8080>80"), Masq("198.51.100.1/32")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("tcp 8080>81")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd(host: "10.1.0.3/32")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq()));
        Assert.Equal(Revalidation.Forbidden, After(before, live, Fwd("udp 8080>80")));
        Assert.Equal(Revalidation.Forbidden, After(before, live, Fwd("tcp 8081>80")));
        Assert.Equal(Revalidation.Changed, After(before, live, Plain("10.1.0.0/24")));
        Assert.Equal(Revalidation.Changed, After(before, live, Static("10.1.0.3/32", "203.0.113.1/32")));
        Assert.Equal(Revalidation.Changed, After(before, live, Static("10.1.0.2/32", "203.0.113.1/32")));
        Assert.Equal(Revalidation.Forbidden, Of([End("a", Masq(), Fwd()) + ", " + End("b", Plain("10.2.0.128/25"))], realms: before.Realms).Policy.Redecide(live, out _));
    }

    [Fact]
    public void A_forward_that_claims_a_masqueraded_sessions_public_endpoint_ends_it()
    {
        TestPolicy before = With(Masq());
        LiveSession live = before.LiveOf("a", "10.1.0.5:1", "10.2.0.5:443", "tcp", publicSource: "203.0.113.1:8080");
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd("tcp 8081>80")));
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd("udp 8080>80")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("tcp 8080>80")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("8000-8099>1-100")));
    }

    [Fact]
    public void A_masqueraded_session_of_an_endpoint_that_is_forwarded_now_keeps_what_it_has()
    {
        TestPolicy before = With(Masq());
        LiveSession live = before.LiveOf("a", "10.1.0.2:80", "10.2.0.5:443", "tcp", publicSource: "203.0.113.1:5555");
        TestPolicy after = Of([End("a", Masq(), Fwd()) + ", " + B], realms: before.Realms);
        Assert.Equal(Revalidation.Kept, after.Policy.Redecide(live, out Decision decision));
        Assert.Equal((0, false), (decision.SourcePool, decision.RewritesSource));
        after = Of([End("a", Masq(), Fwd("tcp 5555>80", "10.1.0.2/32")) + ", " + B], realms: before.Realms);
        Assert.Equal(Revalidation.Kept, after.Policy.Redecide(live, out decision));
        Assert.Equal((0, true, 5555), (decision.SourcePool, decision.RewritesSource, decision.SourcePort));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq("198.51.100.1/32"), Fwd()));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd(), Fwd("tcp 5555>99", "10.1.0.3/32")));
        Assert.Equal(Revalidation.Forbidden, After(before, live, Fwd()));
    }

    [Fact]
    public void What_a_forwarded_endpoint_began_lives_while_the_forward_gives_it_that_endpoint()
    {
        TestPolicy before = With(Masq(), Fwd());
        LiveSession live = before.LiveOf("a", "10.1.0.2:80", "10.2.0.5:443", "tcp");
        Assert.Equal("203.0.113.1", live.Reply.Destination.ToString());
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd()));

        // Another forward is listed first, but the old one is there too.
        TestPolicy both = Of([End("a", Masq(), Fwd("tcp 9090>80, tcp 8080>80")) + ", " + B], realms: before.Realms);
        Assert.Equal(Revalidation.Kept, both.Policy.Redecide(live, out Decision decision));
        Assert.Equal(("203.0.113.1", 8080), (decision.Source.ToString(), decision.SourcePort));

        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("tcp 9090>80")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("tcp 8080>81")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq()));
        Assert.Equal(Revalidation.Forbidden, After(before, live, Fwd()));
        Assert.Equal(Revalidation.Changed, After(before, live, Plain("10.1.0.0/24")));
    }

    [Fact]
    public void An_inbound_session_through_a_mapping_ends_when_a_forward_gives_its_endpoint_to_another()
    {
        TestPolicy before = With(Masq());
        LiveSession live = before.Live("b", "10.2.0.5", "203.0.113.1", inside: ("a", "10.1.0.2"));
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd("udp 2001>2000")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("udp 2000>2001")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("udp 2000>2000", "10.1.0.3/32")));

        // To the endpoint itself: the translation is the same.
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd("udp 2000>2000")));
    }

    [Fact]
    public void A_session_between_a_masquerade_and_one_to_one_NAT_keeps_while_both_translate_alike()
    {
        string before = Static("10.2.0.0/24", "198.51.100.0/24");
        TestPolicy policy = Of([End("a", Masq()) + ", " + End("b", before)]);
        LiveSession live = policy.LiveOf("a", "10.1.0.2:80", "198.51.100.7:443", "tcp", publicSource: "203.0.113.1:5555");
        Revalidation Now(string a, string b) => Of([End("a", a) + ", " + End("b", b)], realms: policy.Realms).Policy.Redecide(live, out _);
        Assert.Equal(Revalidation.Kept, Now(Masq(), before));
        Assert.Equal(Revalidation.Kept, Now(Masq("203.0.113.0/31"), Static("10.2.0.0/25", "198.51.100.0/25")));
        Assert.Equal(Revalidation.Changed, Now(Masq(), Static("10.2.0.0/25", "198.51.100.1-198.51.100.128")));
        Assert.Equal(Revalidation.Changed, Now(Masq(), Plain("198.51.100.0/24")));
        Assert.Equal(Revalidation.Changed, Now(Static("10.1.0.0/24", "203.0.113.0/24"), before));
        Assert.Equal(Revalidation.Changed, Now(Plain("10.1.0.0/24"), before));
        Assert.Equal(Revalidation.Changed, Now(Masq(), Plain("10.2.0.0/24")));
    }

    [Fact]
    public void A_source_port_that_was_changed_because_its_return_tuple_was_taken_stays_changed()
    {
        string forward = Forward("10.2.0.7/32", "198.51.100.7/32", "tcp 443>8443");
        foreach (string sender in new[] { Plain("10.1.0.0/24"), Static("10.1.0.0/24", "203.0.113.0/24") })
        {
            TestPolicy policy = Of([End("a", sender) + ", " + End("b", forward)]);
            LiveSession live = policy.LiveOf("a", "10.1.0.2:80", "198.51.100.7:443", "tcp");
            live = live with { Reply = live.Reply with { DestinationPort = 40000 } };
            Assert.Equal(Revalidation.Kept, policy.Policy.Redecide(live, out _));
            TestPolicy after = Of([End("a", Static("10.1.0.0/24", "192.0.2.0/24")) + ", " + End("b", forward)], realms: policy.Realms);
            Assert.Equal(Revalidation.Changed, after.Policy.Redecide(live, out _));
        }
    }

    [Fact]
    public void A_session_that_is_stateful_on_both_ends_is_judged_on_both()
    {
        string forward = Forward("10.2.0.7/32", "198.51.100.7/32", "tcp 443>8443"), others = Masquerade("10.2.0.0/24", "198.51.100.7/32");
        TestPolicy policy = Of([End("a", Masq()) + ", " + End("b", others, forward)]);
        LiveSession live = policy.LiveOf("a", "10.1.0.2:80", "198.51.100.7:443", "tcp", publicSource: "203.0.113.1:5555");
        Revalidation Now(string a, params string[] b) => Of([End("a", a) + ", " + End("b", b)], realms: policy.Realms).Policy.Redecide(live, out _);
        Assert.Equal(Revalidation.Kept, Now(Masq(), others, forward));
        Assert.Equal(Revalidation.Kept, Now(Masq(), forward));
        Assert.Equal(Revalidation.Changed, Now(Masq("203.0.113.2/32"), others, forward));
        Assert.Equal(Revalidation.Changed, Now(Masq(), others));
        Assert.Equal(Revalidation.Changed, Now(Masq(), Forward("10.2.0.8/32", "198.51.100.7/32", "tcp 443>8443")));
        Assert.Equal(Revalidation.Forbidden, Now(Masq(ips: "10.1.1.0/24"), others, forward));
    }

    [Fact]
    public void A_hairpin_through_a_forward_is_judged_by_what_both_have()
    {
        TestPolicy before = With(Masq(), Fwd());
        LiveSession live = before.LiveOf("a", "10.1.0.9:80", "203.0.113.1:8080", "tcp", publicSource: "203.0.113.1:5555");
        Assert.Equal(Revalidation.Kept, After(before, live, Masq(), Fwd()));
        Assert.Equal(Revalidation.Kept, After(before, live, Masq("203.0.113.0/30"), Fwd()));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq("203.0.113.2/32"), Fwd()));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq(), Fwd("tcp 8080>81")));
        Assert.Equal(Revalidation.Changed, After(before, live, Masq()));
    }

    [Fact]
    public void Sides_that_exchange_their_roles_end_the_session()
    {
        TestPolicy before = Of([End("a", Static("10.1.0.0/24", "203.0.113.0/24")) + ", " + End("b", Masquerade("10.2.0.0/24", "198.51.100.1/32"))]);
        LiveSession live = before.LiveOf("b", "10.2.0.5:1", "203.0.113.7:443", "tcp", publicSource: "198.51.100.1:5555");
        TestPolicy after = Of([End("a", Plain("203.0.113.0/24")) + ", " + End("b", Static("10.2.0.0/24", "198.51.100.0/24"))], realms: before.Realms);
        Assert.Equal(Revalidation.Changed, after.Policy.Redecide(live, out _));
    }
}
