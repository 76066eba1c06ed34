using Xunit;
using static Sluice.Policy.Tests.TestPolicy;
using static Sluice.Policy.Tests.Translations.ServicePolicy;

namespace Sluice.Policy.Tests.Translations;

/// <summary>Live sessions to virtual IPs under a new configuration.</summary>
public sealed class ServiceRedecideTests
{
    private const string Client = "10.0.0.5:4";
    private const string Web = "30.0.0.2:80";

    private static TestPolicy With(params string[] backends) => WithMore("", backends);

    private static TestPolicy WithMore(string more, params string[] backends) => Of(Translation("30.0.0.2 80 TCP vip", more, backends), Translation("30.0.0.2 80 UDP vip", more, backends), Translation("30.0.0.2 80 SCTP vip", more, backends));

    private static Revalidation After(TestPolicy after, string backend, string? seenAs = null, string protocol = "tcp", string client = Client) =>
        after.Policy.Redecide(after.Session(client, Web, backend, seenAs, protocol), out _);

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public void A_session_keeps_its_backend_while_that_is_listed(string protocol)
    {
        for (int i = 1; i <= 8; i++)
        {
            TestPolicy after = With([.. Enumerable.Range(1, 8).Select(static n => $"20.0.0.{n}:8080")]);
            LiveSession live = after.Session(Client, Web, $"20.0.0.{i}:8080", protocol: protocol);
            Assert.Equal(Revalidation.Kept, after.Policy.Redecide(live, out Decision decision));
            Assert.Equal($"20.0.0.{i}", decision.Destination.ToString());
        }
    }

    [Fact]
    public void A_draining_or_unreachable_backend_keeps_its_sessions()
    {
        Assert.Equal(Revalidation.Kept, After(With("20.0.0.1 state=draining", "20.0.0.2"), "20.0.0.1:80"));
        Assert.Equal(Revalidation.Kept, After(With("20.0.0.1 weight=0", "20.0.0.2"), "20.0.0.1:80", protocol: "udp"));
        TestPolicy down = With("20.0.0.1", "20.0.0.2");
        down.SetUp("20.0.0.1", isUp: false);
        Assert.Equal(Revalidation.Kept, After(down, "20.0.0.1:80"));
    }

    [Fact]
    public void The_sessions_of_a_removed_backend_end_or_are_left_to_finish()
    {
        TestPolicy ends = With("20.0.0.2"), drains = WithMore("onRemove: drain", "20.0.0.2");
        Assert.Equal(Revalidation.Changed, After(ends, "20.0.0.1:80"));
        Assert.Equal(Revalidation.Changed, After(ends, "20.0.0.1:80", protocol: "udp"));
        Assert.Equal(Revalidation.Changed, After(ends, "20.0.0.2:81"));
        Assert.Equal(Revalidation.Changed, After(drains, "20.0.0.1:80", protocol: "udp"));
        Assert.Equal(Revalidation.Kept, After(drains, "20.0.0.1:80"));
        Assert.Equal(Revalidation.Kept, After(drains, "20.0.0.1:80", protocol: "132"));
    }

    [Fact]
    public void A_session_that_is_left_to_finish_has_the_source_that_its_backend_saw_while_another_backend_sees_it()
    {
        TestPolicy same = WithMore("onRemove: drain", "20.0.0.2 source=1.2.3.4"), gone = WithMore("onRemove: drain", "20.0.0.2");
        LiveSession live = same.Session(Client, Web, "20.0.0.1:80", seenAs: "1.2.3.4:4");
        Assert.Equal(Revalidation.Kept, same.Policy.Redecide(live, out Decision decision));
        Assert.Equal(("20.0.0.1", "1.2.3.4"), (decision.Destination.ToString(), decision.Source.ToString()));
        Assert.Equal(Revalidation.Changed, gone.Policy.Redecide(live, out _));
    }

    [Fact]
    public void Without_any_backend_left_a_session_is_forbidden_or_left_to_finish()
    {
        Assert.Equal(Revalidation.Forbidden, After(With(), "20.0.0.1:80"));
        Assert.Equal(Revalidation.Forbidden, After(WithMore("onRemove: drain"), "20.0.0.1:80", protocol: "udp"));
        Assert.Equal(Revalidation.Kept, After(WithMore("onRemove: drain"), "20.0.0.1:80"));
    }

    [Fact]
    public void A_session_whose_translation_is_gone_ends()
    {
        Assert.Equal(Revalidation.Forbidden, After(Of(Translation("30.0.0.2 81 TCP vip", "", "20.0.0.1")), "20.0.0.1:80"));
        Assert.Equal(Revalidation.Changed, After(Of(Translation("30.0.0.3 80 TCP vip", "", "20.0.0.1")), "20.0.0.1:80"));
    }

    [Fact]
    public void A_session_keeps_the_source_that_its_backend_sees_though_its_port_had_to_change()
    {
        TestPolicy fixedSource = With("20.0.0.1 source=1.2.3.4");
        Assert.Equal(Revalidation.Kept, After(fixedSource, "20.0.0.1:80", seenAs: "1.2.3.4:4"));
        Assert.Equal(Revalidation.Kept, After(fixedSource, "20.0.0.1:80", seenAs: "1.2.3.4:5"));
        Assert.Equal(Revalidation.Changed, After(fixedSource, "20.0.0.1:80", seenAs: "1.2.3.5:4"));
        Assert.Equal(Revalidation.Changed, After(fixedSource, "20.0.0.1:80"));
        Assert.Equal(Revalidation.Changed, After(With("20.0.0.1"), "20.0.0.1:80", seenAs: "1.2.3.4:4"));
        Assert.Equal(Revalidation.Kept, After(With("20.0.0.1"), "20.0.0.1:80", seenAs: "30.0.0.2:4", client: "20.0.0.1:4"));
    }

    [Fact]
    public void A_session_of_a_peer_lives_while_the_address_is_shown_to_it()
    {
        string web = Translation("30.0.0.2 80 TCP vip", "", "20.0.0.1");
        string[] Peering(string shown, string behind) => [End("a", Plain(shown)) + ", " + End("b", Masquerade("10.2.0.0/24", behind))];
        TestPolicy before = Of(Peering("30.0.0.0/24", "203.0.113.1/32"), [web]);
        LiveSession live = before.LiveOf("b", "10.2.0.5:4", Web, "tcp", publicSource: "203.0.113.1:5555");
        Revalidation Under(string shown, string behind) => Of(Peering(shown, behind), [web], before.Realms).Policy.Redecide(live, out _);
        Assert.Equal(Revalidation.Kept, Under("30.0.0.0/24", "203.0.113.1/32"));
        Assert.Equal(Revalidation.Kept, Under("30.0.0.2/32", "203.0.113.0/31"));
        Assert.Equal(Revalidation.Changed, Under("30.0.0.0/24", "203.0.113.2/32"));
        Assert.Equal(Revalidation.Changed, Under("30.0.1.0/24", "203.0.113.1/32"));
    }

    [Fact]
    public void A_session_that_was_routed_plainly_ends_where_a_translation_comes()
    {
        Assert.Equal(Revalidation.Changed, After(With("20.0.0.1"), "30.0.0.2:80"));
        Assert.Equal(Revalidation.Changed, After(With("20.0.0.1 mode=direct"), "30.0.0.2:80"));
    }

    [Fact]
    public void A_session_of_a_direct_backend_stays_while_that_very_backend_is_listed()
    {
        TestPolicy policy = With("20.0.0.1 mode=direct", "20.0.0.2 mode=direct");
        LiveSession live = policy.Session("10.0.0.5:40000", "30.0.0.2:80", "30.0.0.2:80");
        Assert.Equal(Revalidation.Kept, policy.Policy.Redecide(live with { Backend = 2 }, out Decision decision));
        Assert.Equal(2, decision.Backend);
        Assert.Equal(Revalidation.Changed, policy.Policy.Redecide(live, out _));
    }

    [Fact]
    public void A_session_keeps_its_port_of_an_address_that_a_link_has_while_its_backend_sees_that_address()
    {
        const string Links = "  links: [{ name: l, driver: tun, realm: a, addresses: [20.0.0.254/24] }]";
        static TestPolicy Seen(string source) => Of([], [Translation("30.0.0.2 80 TCP vip", "", $"20.0.0.1{source}")], gateway: Links);
        TestPolicy before = Seen(" source=20.0.0.254");
        Decision decision = before.Policy.Decide(before.Packet("a", Client, Web, "tcp"));
        Assert.Equal((false, "20.0.0.254"), (decision.RewritesSource, before.Policy.Pools[decision.SourcePool].Addresses.Single().ToString()));

        LiveSession live = before.Session(Client, Web, "20.0.0.1:80", "20.0.0.254:1024") with { HasPublicSource = true };
        Assert.Equal(Revalidation.Kept, before.Policy.Redecide(live, out decision));
        Assert.Equal(Revalidation.Changed, Seen("").Policy.Redecide(live, out _));
        Assert.Equal(Revalidation.Changed, Seen(" source=20.0.0.253").Policy.Redecide(live, out _));
    }
}
