using Sluice.Packets;
using Xunit;
using static Sluice.Policy.Tests.TestPolicy;

namespace Sluice.Policy.Tests;

/// <summary>Live sessions under a new configuration.</summary>
public class RedecideTests
{
    private static readonly string B = End("b", Plain("10.2.0.0/24"));

    private static string A(string ips, string publics, string more = "") => End("a", Masquerade(ips, publics, more));

    // Before: a masquerades 10.1.0.0/24 to 203.0.113.0/30 towards b.
    private static (LiveSession Live, RealmRegistry Realms) Outbound()
    {
        TestPolicy before = Of([A("10.1.0.0/24", "203.0.113.0/30") + ", " + B]);
        return (before.Live("a", "10.1.0.5", "10.2.0.5", publicSource: "203.0.113.2"), before.Realms);
    }

    private static Revalidation Judge(string[] after, out Decision decision)
    {
        (LiveSession live, RealmRegistry realms) = Outbound();
        return Of(after, realms: realms).Policy.Redecide(live, out decision);
    }

    [Fact]
    public void Nothing_changes_and_the_session_goes_on()
    {
        Assert.Equal(Revalidation.Kept, Judge([A("10.1.0.0/24", "203.0.113.0/30") + ", " + B], out Decision decision));
        Assert.Equal(DecisionKind.Session, decision.Kind);
    }

    [Fact]
    public void A_pool_that_still_has_the_public_address_keeps_the_session_and_new_timers_count()
    {
        Assert.Equal(Revalidation.Kept, Judge([A("10.1.0.0/24", "198.51.100.0/24 203.0.113.2/31", "idleTimeout: 77s") + ", " + B], out Decision decision));
        (LiveSession live, RealmRegistry realms) = Outbound();
        TestPolicy after = Of([A("10.1.0.0/24", "203.0.113.0/30", "idleTimeout: 77s") + ", " + B], realms: realms);
        after.Policy.Redecide(live, out decision);
        Assert.Equal(77_000u, after.Policy.Timers[decision.Timers].Udp);
    }

    [Fact]
    public void A_pool_without_the_public_address_ends_it()
    {
        Assert.Equal(Revalidation.Changed, Judge([A("10.1.0.0/24", "203.0.113.0/30 !203.0.113.2/32") + ", " + B], out _));
    }

    [Fact]
    public void A_source_or_destination_that_is_no_longer_exposed_ends_it()
    {
        Assert.Equal(Revalidation.Forbidden, Judge([A("10.1.0.0/24 !10.1.0.5/32", "203.0.113.0/30") + ", " + B], out Decision decision));
        Assert.Equal(DropReason.NotExposed, decision.Reason);
        Assert.Equal(Revalidation.Changed, Judge([A("10.1.0.0/24", "203.0.113.0/30") + ", " + End("b", Plain("10.2.0.128/25"))], out decision));
        Assert.Equal(DecisionKind.Route, decision.Kind);
        Assert.Equal(Revalidation.Changed, Judge([], out _));
    }

    [Fact]
    public void A_destination_that_leads_to_another_realm_ends_it()
    {
        Assert.Equal(Revalidation.Changed, Judge([A("10.1.0.0/24", "203.0.113.0/30") + ", " + End("c", Plain("10.2.0.0/24"))], out _));
    }

    [Fact]
    public void An_exclusion_elsewhere_and_a_new_peering_change_nothing()
    {
        Assert.Equal(Revalidation.Kept, Judge(
            [
                A("10.1.0.0/24 !10.1.0.6/32", "203.0.113.0/30 !203.0.113.3/32") + ", " + End("b", Plain("10.2.0.0/24 !10.2.0.6/32")),
                End("a", Plain("10.1.0.0/24")) + ", " + End("c", Plain("10.3.0.0/24")),
            ], out _));
    }

    [Fact]
    public void Masquerade_that_becomes_plain_ends_the_session_and_the_reverse_too()
    {
        Assert.Equal(Revalidation.Changed, Judge([End("a", Plain("10.1.0.0/24")) + ", " + B], out _));

        TestPolicy plain = Of([End("a", Plain("10.1.0.0/24")) + ", " + B]);
        LiveSession live = plain.Live("a", "10.1.0.5", "10.2.0.5");
        Assert.Equal(Revalidation.Kept, plain.Policy.Redecide(live, out _));
        TestPolicy after = Of([A("10.1.0.0/24", "203.0.113.0/30") + ", " + B], realms: plain.Realms);
        Assert.Equal(Revalidation.Changed, after.Policy.Redecide(live, out _));
    }

    [Fact]
    public void An_inbound_session_lives_as_long_as_its_inside_endpoint_has_its_public_one()
    {
        TestPolicy before = Of([A("10.1.0.0/24", "203.0.113.0/30") + ", " + B]);
        LiveSession live = before.Live("b", "10.2.0.5", "203.0.113.2", inside: ("a", "10.1.0.5"));
        Assert.Equal(Revalidation.Kept, before.Policy.Redecide(live, out Decision decision));
        Assert.Equal((DecisionKind.Session, before.Realm("a")), (decision.Kind, decision.RealmTo));

        Revalidation After(params string[] peerings) => Of(peerings, realms: before.Realms).Policy.Redecide(live, out _);
        Assert.Equal(Revalidation.Kept, After(A("10.1.0.0/25", "203.0.113.2/32") + ", " + B));
        Assert.Equal(Revalidation.Forbidden, After(A("10.1.0.128/25", "203.0.113.0/30") + ", " + B));
        Assert.Equal(Revalidation.Changed, After(A("10.1.0.0/24", "203.0.113.0/31") + ", " + B));
        Assert.Equal(Revalidation.Forbidden, After(A("10.1.0.0/24", "203.0.113.0/30") + ", " + End("b", Plain("10.2.0.128/25"))));
        Assert.Equal(Revalidation.Changed, After());
    }

    [Fact]
    public void A_hairpin_session_is_judged_as_one_also_in_its_second_realm()
    {
        string[] peerings =
        [
            A("10.1.0.0/24", "203.0.113.1/32") + ", " + B,
            A("10.1.0.0/25", "203.0.113.1/32") + ", " + End("c", Plain("10.3.0.0/24")),
        ];
        TestPolicy before = Of(peerings);
        LiveSession live = before.Live("a", "10.1.0.5", "203.0.113.1", publicSource: "203.0.113.1", inside: ("a", "10.1.0.6"));
        Assert.Equal(Revalidation.Kept, before.Policy.Redecide(live, out _));
        Assert.Equal(Revalidation.Kept, Of(peerings[1..], realms: before.Realms).Policy.Redecide(live, out _));
        Assert.Equal(Revalidation.Changed, Of([End("a", Plain("10.1.0.0/24")) + ", " + B], realms: before.Realms).Policy.Redecide(live, out _));
    }
}
