using Sluice.Sessions;
using Xunit;

namespace Sluice.Dataplane.Tests.Engine;

/// <summary>Connections of a backend that is gone and that are to be left to finish: what the same reload takes away besides, and who may still come in.</summary>
public sealed class FinishingTests
{
    private const string First = "{ address: 20.0.0.1, port: 8080 }", Second = "{ address: 20.0.0.2, port: 8080 }";
    private const string Drain = ", onRemove: drain";
    private const string Seen = ", source: { address: 198.51.100.1 } }", SeenByLink = ", source: { addressOf: servers } }";

    [Theory]
    [InlineData("addresses: [203.0.113.1]", true)]
    [InlineData("addresses: [203.0.113.0/31]", true)]
    [InlineData("addresses: [203.0.113.1], exclude: [20.0.0.0/8]", true)]
    [InlineData("addresses: [203.0.113.2]", false)]
    [InlineData(null, false)]
    public void It_finishes_while_the_public_address_of_its_client_is_the_gateways(string? after, bool isLeft)
    {
        const string Before = "addresses: [203.0.113.1]";
        foreach (bool isDeleted in (bool[])[false, true])
            AssertLeft(isLeft, Web(First) + Policy(Before), (isDeleted ? Virtual.Links() : Web(Second)) + (after is null ? "" : Policy(after)), "203.0.113.1");
    }

    [Fact]
    public void The_port_of_a_public_address_that_goes_is_given_back()
    {
        using Rig rig = Open(Web(First) + Policy("addresses: [203.0.113.1]"), "203.0.113.1");
        rig.Reload(Web(Second));
        Assert.Empty(rig.Engine.Store.Sessions(rig.Now));
        Assert.Equal(0, rig.Engine.Store.Ended(EndReason.PolicyChanged));
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.BackendRemoved));
    }

    [Fact]
    public void It_ends_where_a_policy_now_takes_the_source_that_its_client_had()
    {
        AssertLeft(false, Web(First), Web(Second) + Policy("addresses: [203.0.113.1]"), "10.0.0.2");
        AssertLeft(false, Web(First), Virtual.Links() + Policy("addresses: [203.0.113.1]"), "10.0.0.2");
        AssertLeft(true, Web(First), Web(Second) + Policy("addresses: [203.0.113.1], exclude: [20.0.0.0/8]"), "10.0.0.2");
        AssertLeft(true, Web(First), Virtual.Links() + Policy("addresses: [203.0.113.1], exclude: [20.0.0.0/8]"), "10.0.0.2");
    }

    [Theory]
    [InlineData("{ address: 20.0.0.1, port: 8080" + Seen, "{ address: 20.0.0.2, port: 8080" + Seen, "198.51.100.1", true)]
    [InlineData("{ address: 20.0.0.1, port: 8080" + Seen, Second, "198.51.100.1", false)]
    [InlineData("{ address: 20.0.0.1, port: 8080" + SeenByLink, "{ address: 20.0.0.2, port: 8080" + SeenByLink, "20.0.0.254", true)]
    [InlineData("{ address: 20.0.0.1, port: 8080" + SeenByLink, Second, "20.0.0.254", false)]
    public void It_finishes_while_another_backend_sees_the_source_that_it_saw(string before, string after, string seen, bool isLeft) =>
        AssertLeft(isLeft, Web(before), Web(after), seen);

    [Fact]
    public void A_source_of_backends_ends_with_the_only_translation_that_had_it()
    {
        const string Backend = "{ address: 20.0.0.1, port: 8080" + Seen;
        AssertLeft(false, Web(Backend), Virtual.Links(), "198.51.100.1");
        AssertLeft(true, Web(Backend), Virtual.Links() + Virtual.Translation("other", Backend, port: "port: 81"), "198.51.100.1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backend_that_is_its_own_client_goes_on_with_the_virtual_address(bool isDeleted)
    {
        using var rig = new Rig(Web(First));
        new Play(rig).Run("""
            servers 20.0.0.1:40000 > 30.0.0.2:80 tcp S
              = servers 30.0.0.2:40000 > 20.0.0.1:8080 tcp S
            """);
        string after = isDeleted ? Virtual.Links() : Web(Second);
        Assert.Equal(0, rig.Forecast(after).Total.Ended);
        rig.Reload(after);
        new Play(rig).Run("""
            servers 20.0.0.1:8080 > 30.0.0.2:40000 tcp SA
              = servers 30.0.0.2:80 > 20.0.0.1:40000 tcp SA
            """);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(", sources: [10.0.0.0/24]", true)]
    [InlineData(", sources: [10.0.0.3/32]", false)]
    public void A_client_that_the_translation_is_no_longer_for_does_not_finish(string sources, bool isLeft) =>
        AssertLeft(isLeft, Web(First), Web(Second, sources), "10.0.0.2");

    [Fact]
    public void A_deleted_translation_of_an_address_that_others_have_is_left_to_finish() =>
        AssertLeft(true, Web(First), Virtual.Links() + Virtual.Translation("other", Second, port: "port: 81"), "10.0.0.2");

    [Fact]
    public void A_translation_that_moves_is_left_to_finish_where_it_was()
    {
        AssertLeft(true, Web(First), Virtual.Web(First, port: "port: 81", more: Drain), "10.0.0.2");
        AssertLeft(false, Web(First), Virtual.Web(First, port: "port: 81"), "10.0.0.2");
    }

    [Fact]
    public void The_newest_word_of_a_translation_counts()
    {
        AssertLeft(false, Web(First), Virtual.Web(Second, more: ", onRemove: end"), "10.0.0.2");
        AssertLeft(true, Virtual.Web(First, more: ", onRemove: end"), Web(Second), "10.0.0.2");
        AssertLeft(false, Web(First), Virtual.Links() + Virtual.Translation("another", Second), "10.0.0.2");
    }

    [Theory]
    [InlineData("10.9.0.2", Plain, Plain, true)]
    [InlineData("10.9.0.2", Plain, "10.9.1.0/24", false)]
    [InlineData("203.0.113.1", Hidden, Hidden, true)]
    [InlineData("203.0.113.1", Hidden, Plain, false)]
    [InlineData("203.0.113.1", Hidden, "10.9.0.0/24 203.0.113.2/32 masquerade", false)]
    [InlineData("203.0.113.2", Fixed, Fixed, true)]
    [InlineData("203.0.113.2", Fixed, "10.9.0.0/24 203.0.114.0/24 static", false)]
    public void Through_a_peering_it_finishes_while_the_client_may_come_in_as_whom_it_was(string seen, string before, string after, bool isLeft)
    {
        AssertLeft(isLeft, Peers(before) + Service(First), Peers(after) + Service(Second), seen, "vpc");
        AssertLeft(isLeft, Peers(before) + Service(First), Peers(after), seen, "vpc");
        AssertLeft(isLeft, Peers(before) + Service(First), Peers(after) + Virtual.Translation("other", Second, port: "port: 81"), seen, "vpc");
    }

    [Theory]
    [InlineData("30.0.1.0/24", "")]
    [InlineData("30.0.0.0/24", "}, acl: { default: deny, rules: [{ from: a, action: allow, match: {} }]")]
    public void Through_a_peering_it_ends_where_the_virtual_address_may_be_reached_no_more(string shown, string acl)
    {
        AssertLeft(false, Peers(Plain) + Service(First), Peers(Plain, shown, acl) + Service(Second), "10.9.0.2", "vpc");
        AssertLeft(false, Peers(Plain) + Service(First), Peers(Plain, shown, acl), "10.9.0.2", "vpc");
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("}, acl: { default: deny, rules: [{ from: a, action: allow, match: {} }]", 0)]
    public void Through_a_peering_a_deleted_translation_resets_whoever_may_speak(string acl, int resets)
    {
        using Rig rig = Open(Peers(Plain) + Virtual.Translation("web", First), "10.9.0.2", "vpc");
        Assert.Equal(resets, rig.Reload(Peers(Plain, acl: acl) + Virtual.Translation("other", Second, port: "port: 81")).Length);
        Assert.Empty(rig.Engine.Store.Sessions(rig.Now));
    }

    [Fact]
    public void It_ends_where_the_address_of_a_link_that_its_client_was_seen_by_is_another()
    {
        string before = Web(First) + Policy("addressesOf: [servers]"), after = Web(Second) + Policy("addressesOf: [servers]");
        AssertLeft(true, before, after, "20.0.0.254");
        AssertLeft(false, before, after.Replace("20.0.0.254", "20.0.0.253", StringComparison.Ordinal), "20.0.0.254");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_association_is_left_to_finish_as_a_connection_is(bool isDeleted)
    {
        using Rig rig = Associated(Drain);
        rig.Reload(isDeleted ? Virtual.Links() : Virtual.Web(Second, "SCTP", more: Drain));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 sctp data tag 22
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 sctp data tag 22
            servers 20.0.0.1:8080 > 10.0.0.2:40000 sctp data tag 11
              = clients 30.0.0.2:80 > 10.0.0.2:40000 sctp data tag 11
            """);
    }

    [Fact]
    public void An_association_that_ends_with_its_backend_is_aborted_by_the_next_one_that_its_client_meets()
    {
        using Rig rig = Associated("");
        Assert.Empty(rig.Reload(Virtual.Web(Second, "SCTP")));
        Assert.Equal(1, rig.Engine.Store.Ended(EndReason.BackendRemoved));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 sctp data tag 22
              = servers 10.0.0.2:40000 > 20.0.0.2:8080 sctp data tag 22
            servers 20.0.0.2:8080 > 10.0.0.2:40000 sctp abort tag 22
              = clients 30.0.0.2:80 > 10.0.0.2:40000 sctp abort tag 22
            """);
    }

    [Fact]
    public void An_association_that_finds_no_backend_hears_that_nobody_listens()
    {
        using var rig = new Rig(Virtual.Web("", "SCTP"));
        string left = Assert.Single(rig.In("clients", PacketScript.Parse("10.0.0.2:40000 > 30.0.0.2:80 sctp init tag 0 itag 7")));
        Assert.StartsWith("clients 10.0.0.1 > 10.0.0.2 icmp unreachable 3", left, StringComparison.Ordinal);
        Assert.Equal(["drop NoBackend"], rig.TakeVerdicts());
    }

    private static Rig Associated(string more)
    {
        var rig = new Rig(Virtual.Web(First, "SCTP", more: more));
        new Play(rig).Run("""
            clients 10.0.0.2:40000 > 30.0.0.2:80 sctp init tag 0 itag 11
              = servers 10.0.0.2:40000 > 20.0.0.1:8080 sctp init tag 0 itag 11
            servers 20.0.0.1:8080 > 10.0.0.2:40000 sctp init-ack tag 11 itag 22
              = clients 30.0.0.2:80 > 10.0.0.2:40000 sctp init-ack tag 11 itag 22
            """);
        return rig;
    }

    private const string Plain = "10.9.0.0/24", Hidden = "10.9.0.0/24 203.0.113.1/32 masquerade", Fixed = "10.9.0.0/24 203.0.113.0/24 static";

    private static string Web(string backends, string more = "") => Virtual.Web(backends, more: Drain + more);

    private static string Service(string backends) => Virtual.Translation("web", backends, more: Drain);

    private static string Policy(string spec) => $$"""
        ---
        apiVersion: sluice.dev/v1alpha1
        kind: SourceNat
        metadata: { name: leaving }
        spec: { realm: a, links: [clients], {{spec}} }

        """;

    // Clients in a realm of their own, exposed as said ("private", or "private public kind"), and servers in realm a, which shows virtual addresses.
    private static string Peers(string clients, string shown = "30.0.0.0/24", string acl = "")
    {
        string[] words = clients.Split(' ');
        string end = words.Length == 1 ? Net.Plain(words) : Net.Masquerading(words[0], words[1], $"{words[2]}: {{}}");
        return Net.Of(
            [Net.Link("vpc", "10.9.0.1/24 10.9.1.1/24", "10.9.0.2"), Net.Link("servers", "20.0.0.254/24", "20.0.0.1 20.0.0.2", realm: "a")],
            [$"vpc: {end}, a: {Net.Plain(shown)}{acl}"]);
    }

    private static Rig Open(string config, string seen, string link = "clients")
    {
        var rig = new Rig(config);
        string client = link == "vpc" ? "10.9.0.2" : "10.0.0.2";
        new Play(rig).Run($$"""
            {{link}} {{client}}:40000 > 30.0.0.2:80 tcp S seq 100
              = servers {{seen}}:40000 > 20.0.0.1:8080 tcp S
            servers 20.0.0.1:8080 > {{seen}}:40000 tcp SA seq 500 ack 101
              = {{link}} 30.0.0.2:80 > {{client}}:40000 tcp SA
            {{link}} {{client}}:40000 > 30.0.0.2:80 tcp A seq 101 ack 501
              = servers {{seen}}:40000 > 20.0.0.1:8080 tcp A
            """);
        return rig;
    }

    // What is foretold is what happens, and what is left passes both ways as it did; by the sweep, and by the next packet.
    private static void AssertLeft(bool isLeft, string before, string after, string seen, string link = "clients")
    {
        string client = link == "vpc" ? "10.9.0.2" : "10.0.0.2";
        using Rig rig = Open(before, seen, link);
        Assert.Equal(isLeft ? 0 : 1, rig.Forecast(after).Total.Ended);
        rig.Reload(after);
        Assert.Equal(isLeft ? 1 : 0, rig.Engine.Store.Count().Total);
        using Rig other = Open(before, seen, link);
        other.ApplyOnly(after);
        string[] left = other.In(link, PacketScript.Parse($"{client}:40000 > 30.0.0.2:80 tcp PA seq 101 ack 501 len 10"));
        Assert.Equal(isLeft, left.Length == 1 && left[0].StartsWith($"servers {seen}:40000 > 20.0.0.1:8080 tcp PA", StringComparison.Ordinal));
        if (!isLeft) return;
        left = other.In("servers", PacketScript.Parse($"20.0.0.1:8080 > {seen}:40000 tcp PA seq 501 ack 111 len 10"));
        Assert.StartsWith($"{link} 30.0.0.2:80 > {client}:40000 tcp PA", Assert.Single(left), StringComparison.Ordinal);
    }
}
